// A distribution of the lengths of streams as a table of quantiles, linear in between: it fits
// lengths that cluster, which no distribution with two parameters does.

import { z } from 'zod';

export const streamLengthsSchema = z
  .strictObject({
    /** Share of streams that are at most this long, and the length in tokens; from 0 to 1. */
    quantiles: z.array(z.tuple([z.number().min(0).max(1), z.int().min(1).max(1_000_000)])).min(2),
  })
  .refine(({ quantiles }) => quantiles[0]?.[0] === 0 && quantiles.at(-1)?.[0] === 1, {
    error: 'the first share is 0 and the last is 1',
  })
  .refine(
    ({ quantiles }) =>
      quantiles.every(([share, tokens], index) => {
        const [before = -1, fewer = 0] = quantiles[index - 1] ?? [];
        return share > before && tokens >= fewer;
      }),
    { error: 'shares rise from entry to entry, and lengths do not fall' },
  );

export type StreamLengths = z.infer<typeof streamLengthsSchema>;

/** Length in tokens, not rounded. @param share From 0 to 1. */
export function lengthAt({ quantiles }: StreamLengths, share: number): number {
  const after = Math.max(
    1,
    quantiles.findIndex(([upTo]) => share <= upTo),
  );
  const [from, fewer] = quantiles[after - 1] as [number, number];
  const [to, more] = quantiles[after] as [number, number];
  return fewer + ((share - from) / (to - from)) * (more - fewer);
}

/** Mean length in tokens. */
export function meanLength({ quantiles }: StreamLengths): number {
  let mean = 0;
  for (const [index, [share, tokens]] of quantiles.entries()) {
    const [before, fewer] = quantiles[index - 1] ?? [share, tokens];
    mean += ((share - before) * (fewer + tokens)) / 2;
  }
  return mean;
}
