// When a server or a load generator counts as being at its end, by the share of the window in which its event loop did not wait.

import type { MeasuredStep } from '../../contract/search.ts';

/** Beyond it, the client's own queue is part of what it measures. */
export const CLIENT_LIMIT = 0.7;
/** A server that waits less than a tenth of the time has nothing left for a burst. */
const SERVER_LIMIT = 0.9;

type Utilisation = Pick<MeasuredStep, 'serverUtilisation' | 'clientUtilisation'>;

export function isClientAtEnd({ clientUtilisation }: Utilisation): boolean {
  return clientUtilisation > CLIENT_LIMIT;
}

export function isServerAtEnd({ serverUtilisation }: Utilisation): boolean {
  return serverUtilisation >= SERVER_LIMIT;
}
