// A made-up run of scenario `head-of-line` for the tests of this folder: shared connections hold
// their streams up behind a large message, others do not. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { fixtureDistribution } from '../../analysis/trial-fixture.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { MIB, NS_PER_MS } from '../../contract/units.ts';
import { headOfLineReading } from './reading.ts';

const arms: readonly Arm[] = [
  { transport: 'sse', client: 'probe', path: 'direct' },
  { transport: 'ws', client: 'probe', path: 'direct' },
  { transport: 'sse-h2', streamsPerConnection: 6, client: 'probe', path: 'direct' },
  { transport: 'ws-mux', streamsPerConnection: 6, client: 'probe', path: 'direct' },
];

const point = { connections: 24, isOfStreams: true, largeBytes: MIB } as const;

function held(trial: CompletedTrial): CompletedTrial {
  const { arm, loadPoint, distributions } = trial;
  const spanMs = loadPoint.linkBytesPerSecond === undefined ? 2 : 84;
  // The noise that the fixture has drawn for this trial.
  const noise = (distributions.deliveryScheduledNs?.mean ?? NS_PER_MS) / NS_PER_MS;
  const around = (ms: number) => fixtureDistribution(ms * noise * NS_PER_MS);
  return {
    ...trial,
    distributions: {
      ...distributions,
      largeMessageNs: { ...around(spanMs + 1), count: 12 },
      behindLargeNs: around(arm.streamsPerConnection === undefined ? 1.5 : spanMs / 2),
      awayFromLargeNs: around(1),
    },
  };
}

export function headOfLineAnalysis(): Analysis {
  const run = fixtureRun({
    plan: {
      scenario: 'head-of-line',
      payload: 'lean',
      arms: [...arms],
      loadPoints: [point, { ...point, linkBytesPerSecond: 12.5e6 }],
      backpressureBytes: 8 * MIB,
    },
    edit: held,
    command: 'streamduel run head-of-line --seed 1',
  });
  return analyse(run, headOfLineReading);
}
