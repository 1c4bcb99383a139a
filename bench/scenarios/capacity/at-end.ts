// Decides whether a server or a load generator is saturated, by the share of the window in which
// its event loop did not wait.

import type { MeasuredStep } from '../../contract/search.ts';

/** Beyond this share, the client's own queue is part of its measurements. */
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
