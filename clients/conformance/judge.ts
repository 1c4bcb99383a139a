// All vectors through a receiver, each whole and byte by byte, and what of it is news.

import { isDeepStrictEqual } from 'node:util';
import { knownDivergenceOf } from './known-divergences.ts';
import { describeDifferences, expectedOf, observe } from './observe.ts';
import { receiverTitles, type Receiver } from './receiver.ts';
import { deliveries, startVectorServer, type Delivery, type VectorServer } from './vector-server.ts';
import { vectors, type Vector } from './vectors.ts';

export interface Judgement {
  readonly vector: Vector;
  readonly delivery: Delivery;
  /** From the standard, in words; empty where there are none. */
  readonly differences: readonly string[];
  /** What `known-divergences.ts` did not foretell, and what to do about it; undefined where there is nothing new. */
  readonly news: string | undefined;
  /** The only news is that the receiver came back later than foretold. */
  readonly isLate: boolean;
}

type Trial = Parameters<typeof observe>[1];

/** In two waves, since most of the time is spent in waiting: those that ask for a time are not to be held up by the others. */
export async function judge(receiver: Receiver, server: VectorServer): Promise<Judgement[]> {
  const trials = vectors.flatMap((vector) => deliveries.map((delivery) => ({ server, vector, delivery })));
  const { false: others = [], true: timed = [] } = Object.groupBy(trials, ({ vector }) => `${vector.retryMs !== undefined}`);
  const judgements: Judgement[] = [];
  for (const wave of [others, timed]) judgements.push(...(await Promise.all(wave.map(async (trial) => await judgeOne(receiver, trial)))));
  // A machine that is short of processors makes a receiver late, so that lateness only counts of one that is asked alone.
  const again: Judgement[] = [];
  for (const judgement of judgements) again.push(judgement.isLate ? await judgeOne(receiver, { ...judgement, server }) : judgement);
  return again;
}

/** On a server of its own. */
export async function judgeAlone(receiver: Receiver): Promise<Judgement[]> {
  await using server = await startVectorServer();
  return await judge(receiver, server);
}

async function judgeOne(receiver: Receiver, trial: Trial): Promise<Judgement> {
  const { vector, delivery } = trial;
  const expected = expectedOf(vector);
  const known = knownDivergenceOf(receiver.id, vector.name);
  const foretold = { ...expected, ...known?.seen };
  const seen = await observe(receiver, trial, foretold.waitMs !== undefined);
  const differences = describeDifferences(expected, seen);
  // Compared as values, not in words: these leave out what is too long.
  const isForetold = isDeepStrictEqual(seen, foretold);
  const where = `${receiverTitles[receiver.id]} ${receiver.version}, ${vector.name}, ${delivery}`;
  const remedy = 'change clients/conformance/known-divergences.ts';
  const news = isForetold
    ? undefined
    : differences.length === 0
      ? `${where}: mended, it is as the standard says now; ${remedy}`
      : `${where}: ${differences.join('; ')}, where ${describeDifferences(seen, foretold).join('; ')} was expected; ${remedy}, or mend it`;
  const isLate =
    !isForetold &&
    isDeepStrictEqual({ ...seen, waitMs: foretold.waitMs }, foretold) &&
    (seen.waitMs ?? Infinity) > (foretold.waitMs ?? Infinity);
  return { vector, delivery, differences, news, isLate };
}
