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
}

/** All at once: most of the time is spent in waiting for receivers to come back. */
export async function judge(receiver: Receiver, server: VectorServer): Promise<Judgement[]> {
  const trials = vectors.flatMap((vector) => deliveries.map((delivery) => ({ server, vector, delivery })));
  return await Promise.all(trials.map(async (trial) => await judgeOne(receiver, trial)));
}

/** On a server of its own. */
export async function judgeAlone(receiver: Receiver): Promise<Judgement[]> {
  await using server = await startVectorServer();
  return await judge(receiver, server);
}

async function judgeOne(receiver: Receiver, trial: Parameters<typeof observe>[1]): Promise<Judgement> {
  const { vector, delivery } = trial;
  const seen = await observe(receiver, trial);
  const expected = expectedOf(vector);
  const known = knownDivergenceOf(receiver.id, vector.name);
  const differences = describeDifferences(expected, seen);
  const foretold = { ...expected, ...known?.seen };
  // Compared as values, not in words: these leave out what is too long.
  const isForetold = isDeepStrictEqual(seen, foretold);
  const where = `${receiverTitles[receiver.id]} ${receiver.version}, ${vector.name}, ${delivery}`;
  const remedy = 'change clients/conformance/known-divergences.ts';
  const news = isForetold
    ? undefined
    : differences.length === 0
      ? `${where}: mended, it is as the standard says now; ${remedy}`
      : `${where}: ${differences.join('; ')}, where ${describeDifferences(seen, foretold).join('; ')} was expected; ${remedy}, or mend it`;
  return { vector, delivery, differences, news };
}
