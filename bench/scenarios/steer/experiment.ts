// A server that takes inputs up late must be found with just that: in the way back, not in the way up.

import type { MeasuredArm } from '../../analysis/measured-trials.ts';
import type { Metric } from '../../analysis/metrics/metric.ts';
import { findMetric } from '../../analysis/scenario-reading.ts';
import { mean } from '../../analysis/statistics/moments.ts';
import { quantileOf } from '../../contract/distribution.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { formatValue } from '../../report/format.ts';
import type { Experiment, MeasuredExperiment } from '../../selftest/experiment.ts';
import { isUntouched, recovers, type Finding } from '../../selftest/finding.ts';
import { cellOf, warmWayOf } from './cell-values.ts';
import { steerReading } from './reading.ts';

const LATE_NS = 25 * NS_PER_MS;
const LABEL = 'late';
/** Timers of Node have whole milliseconds, and fire after the one that they were set to. */
const TIMER_NS = 2 * NS_PER_MS;

export const steerExperiment: Experiment = {
  id: 'steer',
  scenario: 'steer',
  flags: { blocks: '6', connections: '8', duration: '2s' },
  arms: [{ label: LABEL, injection: { kind: 'late-steer', delayNs: LATE_NS } }],
  checks: [
    {
      id: 'late-steer',
      title: 'a server that takes input up late',
      injected: `+${LATE_NS / NS_PER_MS} ms from receipt to token`,
      explanation:
        'The server waits between the receipt of an input and the token that carries it: what comes back is so much later, and the receipt is not.',
      judge: judgeLateness,
    },
  ],
};

function judgeLateness(measured: MeasuredExperiment): readonly Finding[] {
  const pair = measured.pair(LABEL);
  const [plain, late] = [takenNs(pair.plain), takenNs(pair.injected)];
  const by = plain === undefined || late === undefined ? undefined : late - plain;
  return [
    {
      subject: 'From receipt to token, by the server’s clock',
      expected: `${formatValue(LATE_NS, 'ns')} to ${formatValue(LATE_NS + TIMER_NS, 'ns')} more`,
      found: by === undefined ? 'not measured' : `${formatValue(by, 'ns')} more`,
      outcome:
        by !== undefined && by > LATE_NS - NS_PER_MS && by < LATE_NS + TIMER_NS
          ? 'passed'
          : 'failed',
    },
    recovers({ metric: metricOf('steer.back.active.p50'), ...pair, by }),
    recovers({ metric: metricOf('steer.back.quiet.p50'), ...pair, by }),
    isUntouched({ metric: metricOf('steer.up.active.p50'), ...pair }),
  ];
}

/** The effect as the server itself saw it: mean over trials of the median. */
function takenNs({ arm, completed }: MeasuredArm): number | undefined {
  const way = warmWayOf(arm.transport);
  const medians = completed.flatMap((trial) => {
    if (trial.outcome !== 'steers' || way === undefined) return [];
    return quantileOf(cellOf(trial, { way, state: 'active' })?.takenNs, 0.5) ?? [];
  });
  return medians.length === 0 ? undefined : mean(medians);
}

function metricOf(id: string): Metric {
  const metric = findMetric(steerReading, id);
  if (metric === undefined) throw new Error(`there is no metric ${id}`);
  return metric;
}
