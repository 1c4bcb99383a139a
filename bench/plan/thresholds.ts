// Reads `--fail-if '[arm:]metric > limit'`. The expression states when the run fails, not, as in
// some load generators, what must hold; a limit carries a unit that fits its metric.

import { thresholdOperators, type Threshold } from '../analysis/thresholds.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import { readings } from '../scenarios/readings.ts';
import { DEFAULT_SCENARIO } from '../scenarios/registry.ts';
import { inFlag, pickName, usageError } from './quantities.ts';
import { readCondition } from './read-condition.ts';

const FLAG = '--fail-if';
const EXAMPLE = 'delivery.p99 > 50ms';

/**
 * `arms` are the names of the plan's arms, `scenario` that of the run, whose metrics may be named.
 * @throws BenchError USAGE or UNKNOWN_NAME with the flag, the text and the problem.
 */
export function parseThreshold(
  text: string,
  arms: readonly string[],
  scenario: ScenarioId = DEFAULT_SCENARIO,
): Threshold {
  const condition = readCondition(text, { flag: FLAG, metrics: readings[scenario].metrics });
  if (condition === undefined)
    throw usageError(
      FLAG,
      text,
      `[arm:]metric, one of ${thresholdOperators.join(' ')}, and a limit, such as ${EXAMPLE}`,
    );
  const { arm } = condition;
  return {
    text,
    ...condition,
    arm: arm === undefined ? undefined : inFlag(FLAG, text, () => pickName('arm', arm, arms)),
  };
}
