// Parses `--canary` into its part of the plan.

import { transports } from '../contract/arms/transports.ts';
import type { CanaryPlan } from '../contract/canary.ts';
import { BenchError } from '../contract/errors.ts';
import type { Plan, ScenarioId } from '../contract/run-file.ts';
import type { RunFlags } from './build-plan.ts';

/** Enough for a median in a window of one second, and little compared with the tokens of any load. */
const REQUESTS_PER_SECOND = 50;

/** undefined for scenarios whose trials have one window in which streams run; for the others, the obstacle. */
const obstacles: Record<ScenarioId, string | undefined> = {
  stream: undefined,
  connect: undefined,
  fanout: undefined,
  'slow-reader': undefined,
  burst: undefined,
  reconnect: 'its servers are broken on purpose',
  herd: 'its server is replaced',
  memory: 'its connections would be counted with those that are measured',
  capacity: 'each of its trials is many steady ones, and this would ask for two more seconds at each',
  completions: 'its own clients send ordinary requests, as many as are answered',
  'browser-limits': 'the browser itself sends ordinary requests',
};

export function takesCanary(scenario: ScenarioId): boolean {
  return obstacles[scenario] === undefined;
}

/** Returns undefined without the flag. @throws BenchError USAGE when the scenario or the arms cannot have a canary. */
export function planCanary({ canary }: Pick<RunFlags, 'canary'>, scenario: ScenarioId, arms: Plan['arms']): CanaryPlan | undefined {
  if (canary !== true) return undefined;
  const obstacle = obstacles[scenario];
  if (obstacle !== undefined) {
    const able = (Object.keys(obstacles) as ScenarioId[]).filter(takesCanary);
    throw new BenchError('USAGE', `--canary has no place in scenario ${scenario}: ${obstacle}`, {
      hint: `scenarios that take it: ${able.join(', ')}`,
    });
  }
  if (arms.every(({ transport }) => transports[transport].isNullArm))
    throw new BenchError('USAGE', '--canary needs an arm that answers HTTP, not only the null arm', {
      hint: 'add --transports sse,ws,tcp',
    });
  return { requestsPerSecond: REQUESTS_PER_SECOND };
}
