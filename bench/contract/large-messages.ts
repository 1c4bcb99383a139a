// Large messages among small ones: now and then the next token of a drawn stream is a text of a MiB.
// The seed decides which tokens these are, so that server, client and analysis know it without
// being told, and it is the same in every arm of a block.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LoadPoint } from './load-point.ts';
import { planAllOffsetsNs, type Population } from './population.ts';
import { deriveSeed, drawBelow, seededDraw } from './random.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';
import type { OtherTexts } from './workload.ts';

export const largeMessagesSchema = z.object({
  /** Length of the text of each, in characters of one byte. */
  bytes: z.int().positive(),
  /** One in each of these times, ns since T0, from `fromNs` on. */
  everyNs: z.number().positive(),
  fromNs: z.number().nonnegative(),
  toNs: z.number().nonnegative(),
  /**
   * Each counts as under way for this long, by the plan: in every arm the tokens due in this time
   * are those that may wait for it.
   */
  spanNs: z.number().positive(),
});

export type LargeMessages = z.infer<typeof largeMessagesSchema>;

/**
 * Time for which a large message is under way without a limit to the bandwidth: longer than any arm
 * took for one of 1 MiB over loopback, encoding, system calls and reading included.
 */
const UNLIMITED_SPAN_NS = 10 * NS_PER_MS;

/** A large message of a load point takes this long by the plan. */
export function largeSpanNs({
  largeBytes = 0,
  linkBytesPerSecond,
}: Pick<LoadPoint, 'largeBytes' | 'linkBytesPerSecond'>): number {
  return linkBytesPerSecond === undefined
    ? UNLIMITED_SPAN_NS
    : (largeBytes / linkBytesPerSecond) * NS_PER_S;
}

/** A token that is a large message: its place in its stream, from 0, and when it is due, since T0. */
export interface LargeMessage {
  readonly stream: number;
  readonly index: number;
  readonly dueNs: number;
}

type PlannedTrial = Parameters<typeof planAllOffsetsNs>[0] & {
  readonly large?: LargeMessages | undefined;
};

const LARGE_SEED = 0x6c6172;
/** The moment is drawn within this share of its time, so that the next is never near. */
const DRAWN_SHARE = 0.25;

/**
 * In order of time; none without `large`. The drawn stream's first token after the drawn moment is
 * the large one, unless it is the last, which ends the stream.
 */
export function planLargeMessages(
  trial: PlannedTrial,
  population: Population,
): readonly LargeMessage[] {
  const { large, workloadSeed } = trial;
  if (large === undefined) return [];
  const draw = seededDraw(deriveSeed(workloadSeed, LARGE_SEED));
  const offsetsNs = planAllOffsetsNs(trial, population);
  const messages: LargeMessage[] = [];
  for (let fromNs = large.fromNs; fromNs + large.everyNs <= large.toNs; fromNs += large.everyNs) {
    const stream = drawBelow(draw, population.streams);
    const startNs = population.startNs[stream] as number;
    const atNs = fromNs + draw() * DRAWN_SHARE * large.everyNs;
    const offsets = offsetsNs[stream] as Float64Array;
    const index = offsets.findIndex((offset) => startNs + offset >= atNs);
    if (index === -1 || index === offsets.length - 1) continue;
    messages.push({ stream, index, dueNs: startNs + (offsets[index] as number) });
  }
  return messages;
}

/** The large tokens by stream; empty without `large`. */
export function largeTokensOf(
  trial: PlannedTrial,
  population: Population,
): ReadonlyMap<number, OtherTexts> {
  if (trial.large === undefined) return new Map();
  const text = largeText(trial.large.bytes);
  const byStream = Map.groupBy(planLargeMessages(trial, population), ({ stream }) => stream);
  return new Map(
    Array.from(byStream, ([stream, messages]) => [
      stream,
      new Map(messages.map(({ index }) => [index, text])),
    ]),
  );
}

/** As base64 of drawn bytes: no character needs an escape, and little can be compressed. */
function largeText(bytes: number): string {
  return createHash('shake256', { outputLength: Math.ceil((bytes * 3) / 4) })
    .update('a large message')
    .digest('base64')
    .slice(0, bytes);
}
