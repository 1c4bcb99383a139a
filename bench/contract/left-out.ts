// Transports that a run over all of them could not measure, in words.

import type { RunHeader } from './run-file.ts';

export type LeftOut = NonNullable<RunHeader['leftOut']>;

/**
 * `ndjson, buffered (is not spoken by client stack browser); …`: transports share a reason that
 * they have in common. Empty for none.
 */
export function leftOutWords(leftOut: LeftOut): string {
  return [...Map.groupBy(leftOut, ({ why }) => why)]
    .map(([why, those]) => `${those.map(({ transport }) => transport).join(', ')} (${why})`)
    .join('; ');
}
