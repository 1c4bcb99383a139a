// Parses `--canary` into its part of the plan.

import { answersPlainHttp } from '../contract/arms/arms.ts';
import type { CanaryPlan } from '../contract/canary.ts';
import { BenchError } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';

/**
 * Enough for a median in a window of one second, and little compared with the tokens of any load.
 */
const REQUESTS_PER_SECOND = 50;

/** Returns undefined without the flag. @throws BenchError USAGE when no arm can have a canary. */
export function planCanary(
  { canary }: Pick<RunFlags, 'canary'>,
  arms: Plan['arms'],
): CanaryPlan | undefined {
  if (canary !== true) return undefined;
  if (!arms.some(answersPlainHttp))
    throw new BenchError('USAGE', '--canary needs an arm that answers plain HTTP/1.1', {
      hint: 'add --transports sse,ws,tcp',
    });
  return { requestsPerSecond: REQUESTS_PER_SECOND };
}
