// Opens connections until a stream is over, for transports that do not come back by themselves.

import { StreamGone, waitAfter, type Tokens } from './resuming.ts';

/** Tries until an attempt says that all is over; a token between two losses makes the wait short. */
export async function untilOver(
  tokens: Tokens,
  attempt: () => Promise<boolean>,
  isStopped: () => boolean = () => false,
): Promise<void> {
  for (let losses = 0, last = 0; !isStopped(); losses++) {
    try {
      if (await attempt()) return;
    } catch (error) {
      if (error instanceof StreamGone) throw error;
    }
    if (tokens.last > last) losses = 0;
    last = tokens.last;
    if (!isStopped()) await waitAfter(losses);
  }
}
