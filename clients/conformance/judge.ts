// Runs streams through a receiver, each whole and byte by byte, and finds divergences that are not
// known yet.

import { isDeepStrictEqual } from 'node:util';
import { knownDivergenceOf } from './known-divergences.ts';
import { describeDifferences, expectedOf, observe } from './observe.ts';
import { receiverTitles, type Receiver } from './receiver.ts';
import {
  deliveries,
  startVectorServer,
  type Delivery,
  type VectorServer,
} from './vector-server.ts';
import type { Vector } from './vector.ts';
import { vectors } from './vectors.ts';

export interface Judgement {
  readonly vector: Vector;
  readonly delivery: Delivery;
  /** Differences from the standard, in words; empty without any. */
  readonly differences: readonly string[];
  /**
   * Deviation from what `known-divergences.ts` predicts, and the fix for it; undefined without one.
   */
  readonly news: string | undefined;
  /** True when the only news is that the receiver reconnected later than predicted. */
  readonly isLate: boolean;
}

type Trial = Parameters<typeof observe>[1];

/**
 * Runs in two waves, since most of the time is spent in waiting: vectors that request a time must
 * not be delayed by the others.
 */
export async function judge(
  receiver: Receiver,
  server: VectorServer,
  streams: readonly Vector[] = vectors,
): Promise<Judgement[]> {
  const trials = streams.flatMap((vector) =>
    deliveries.map((delivery) => ({ server, vector, delivery })),
  );
  const { false: others = [], true: timed = [] } = Object.groupBy(
    trials,
    ({ vector }) => `${vector.retryMs !== undefined}`,
  );
  const judgements: Judgement[] = [];
  for (const wave of [others, timed])
    judgements.push(
      ...(await Promise.all(wave.map(async (trial) => await judgeOne(receiver, trial)))),
    );
  // A machine that is short of processors makes a receiver late, so lateness counts only if it
  // recurs when run alone.
  const again: Judgement[] = [];
  for (const judgement of judgements)
    again.push(judgement.isLate ? await judgeOne(receiver, { ...judgement, server }) : judgement);
  return again;
}

/** Judges a receiver with a server of its own. */
export async function judgeAlone(
  receiver: Receiver,
  streams: readonly Vector[] = vectors,
): Promise<Judgement[]> {
  await using server = await startVectorServer();
  return await judge(receiver, server, streams);
}

async function judgeOne(receiver: Receiver, trial: Trial): Promise<Judgement> {
  const { vector, delivery } = trial;
  const expected = expectedOf(vector);
  const known = knownDivergenceOf(receiver.id, vector.name);
  const foretold = { ...expected, ...known?.seen };
  const seen = await observe(receiver, trial, foretold.waitMs !== undefined);
  const differences = describeDifferences(expected, seen);
  // Compared as values, not in words: these omit what is too long.
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
