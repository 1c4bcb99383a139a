// A server that goes on after each stop must be found with just so many tokens more in vain.

import type { Metric } from '../../analysis/metrics/metric.ts';
import { findMetric } from '../../analysis/scenario-reading.ts';
import type { Experiment } from '../../selftest/experiment.ts';
import { recovers } from '../../selftest/finding.ts';
import { cancelReading } from './reading.ts';

const LATE_TOKENS = 9;
const LABEL = 'late';
/** The last of them may be due with the stop, or a gap later. */
const ONE_TOKEN = 1 / LATE_TOKENS;

export const cancelExperiment: Experiment = {
  id: 'cancel',
  scenario: 'cancel',
  flags: { blocks: '6' },
  arms: [{ label: LABEL, injection: { kind: 'late-stop', tokens: LATE_TOKENS } }],
  checks: [
    {
      id: 'late-stop',
      title: 'a server that stops late',
      injected: `+${LATE_TOKENS} tokens after each stop`,
      explanation:
        'The server goes on for so many tokens after it has learnt of a stop: they are generated in vain, in whichever way it learnt of it.',
      judge: (measured) => {
        const pair = measured.pair(LABEL);
        return (['say', 'leave'] as const).map((kind) =>
          recovers({
            metric: metricOf(`vain.${kind}.active`),
            ...pair,
            by: LATE_TOKENS,
            uncertainty: ONE_TOKEN,
          }),
        );
      },
    },
  ],
};

function metricOf(id: string): Metric {
  const metric = findMetric(cancelReading, id);
  if (metric === undefined) throw new Error(`there is no metric ${id}`);
  return metric;
}
