// Judges the validity of one trial of scenario `browser-limits`. Nothing is due at a moment, so no process must be fast; but
// the page and the server must count the same streams.

import { countStreams } from '../../../contract/browser-limits.ts';
import type { Gate } from '../../../contract/run-file.ts';
import type { MeasuredBrowserLimits } from './measure.ts';
import { atMost, tracerGate } from '../../../trial/gate.ts';

export function checkBrowserLimitsGates({ tally, host, tracers }: Pick<MeasuredBrowserLimits, 'tally' | 'host' | 'tracers'>): Gate[] {
  const environment = 'environment';
  const correctness = 'correctness';
  const { opened } = countStreams(tally.oneByOne);
  return [
    atMost({ id: 'N1', kind: environment, title: 'CPU time stolen, mean', limit: 0.02, unit: 'ratio' }, host.stealMean),
    atMost({ id: 'N1max', kind: environment, title: 'CPU time stolen, worst second', limit: 0.1, unit: 'ratio' }, host.stealMax),
    tracerGate(tracers),
    atMost(
      {
        id: 'C11',
        kind: correctness,
        title: 'streams that are open to the page and not to the server, or the other way round',
        limit: 0,
        unit: 'count',
      },
      Math.abs(opened - tally.serverStreams),
      `the page had ${opened} open, the server ${tally.serverStreams}`,
    ),
    atMost(
      { id: 'C12', kind: correctness, title: 'streams that ended while the page held them open', limit: 0, unit: 'count' },
      tally.brokenStreams,
    ),
  ];
}
