// Whether a difference between two ways to get a connection was shown.

import type { Estimate } from '../../analysis/statistics/estimate.ts';

/** True when its interval excludes zero. */
export function isShown({ low, high }: Estimate): boolean {
  return low !== undefined && high !== undefined && (low > 0 || high < 0);
}
