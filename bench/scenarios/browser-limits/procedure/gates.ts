// Judges the validity of one trial in which pages request streams. Nothing is due at a moment, so
// no process must be fast; but the page and the server must count the same streams.

import { countStreams } from '../../../contract/browser-limits.ts';
import type { Gate } from '../../../contract/run-file.ts';
import { atMost } from '../../../trial/gate.ts';
import { stealGates, tracerGate } from '../../../trial/machine-gates.ts';
import type { MeasuredPage } from './measure.ts';

export function checkPageGates({
  tally,
  host,
  tracers,
}: Pick<MeasuredPage, 'tally' | 'host' | 'tracers'>): Gate[] {
  const kind = 'correctness';
  const { opened } = countStreams(tally.oneByOne);
  return [
    ...stealGates(host),
    tracerGate(tracers),
    atMost(
      {
        id: 'C11',
        kind,
        title: 'streams that are open to the page and not to the server, or the other way round',
        limit: 0,
        unit: 'count',
      },
      Math.abs(opened - tally.serverStreams),
      `the page had ${opened} open, the server ${tally.serverStreams}`,
    ),
    atMost(
      {
        id: 'C12',
        kind,
        title: 'streams that ended while the page held them open',
        limit: 0,
        unit: 'count',
      },
      tally.brokenStreams,
    ),
  ];
}
