// The pacing of a trial, which the harness must keep alike in every arm: the turns of its pacer and
// the number of streams that its load generator began. A difference between arms is made by the
// harness, as one in TCP connect is.

import { quantileOf } from '../contract/distribution.ts';
import type { CompletedTrial, FinishedTrial, SearchedTrial } from '../contract/run-file.ts';
import type { Pacing, SearchStep } from '../contract/search.ts';
import { pairTrials, type MeasuredArm } from './measured-trials.ts';

/** undefined for a trial whose tokens have no stamp of their turn, such as those before 0.2. */
export function pacingOf({ distributions, client }: CompletedTrial): Pacing | undefined {
  const { dueToReadyNs, turnPeriodNs } = distributions;
  const typicalNs = quantileOf(dueToReadyNs, 0.5);
  if (dueToReadyNs === undefined || typicalNs === undefined) return undefined;
  return {
    ...(turnPeriodNs !== undefined && {
      turnPeriodNs: turnPeriodNs.mean,
      tokensPerTurn: dueToReadyNs.count / (turnPeriodNs.count + 1),
    }),
    dueToReadyNs: typicalNs,
    starts: client.streamsStarted,
  };
}

/** The same load in two arms of one block. */
export interface PacingPair {
  readonly baseline: Pacing;
  readonly other: Pacing;
}

/**
 * Pairs by block, without trials whose server was busy for longer than `MOST_BUSY`: there a turn
 * waits for the work of those before it, which is a cost of the arm and not of the harness.
 */
export function pairPacing(
  baseline: MeasuredArm,
  other: MeasuredArm,
): readonly (readonly PacingPair[])[] {
  return pairTrials(baseline, other).map((pair) => {
    const partners = new Map(pacedLoads(pair.other).map(({ load, pacing }) => [load, pacing]));
    return pacedLoads(pair.baseline).flatMap(({ load, pacing }) => {
      const partner = partners.get(load);
      return partner === undefined ? [] : [{ baseline: pacing, other: partner }];
    });
  });
}

const MOST_BUSY = 0.8;

interface PacedLoad {
  /** Key that is equal for samples of the two arms of a block with the same streams. */
  readonly load: string;
  readonly pacing: Pacing;
}

function pacedLoads(trial: FinishedTrial): readonly PacedLoad[] {
  switch (trial.outcome) {
    case 'completed': {
      const pacing = pacingOf(trial);
      return pacing === undefined || trial.server.use.eventLoopUtilisation > MOST_BUSY
        ? []
        : [{ load: '', pacing }];
    }
    case 'searched':
      return pacedSteps(trial);
    default:
      return [];
  }
}

/**
 * The second step of a search at a load is another sample of it, and the same one in all arms of
 * the block.
 */
function pacedSteps({ search: { headline, steps } }: SearchedTrial): readonly PacedLoad[] {
  const times = new Map<number, number>();
  return [...(headline === undefined ? [] : [headline]), ...steps].flatMap(
    ({ streams, measured }: SearchStep) => {
      const time = times.get(streams) ?? 0;
      times.set(streams, time + 1);
      if (measured?.pacing === undefined || measured.serverUtilisation > MOST_BUSY) return [];
      return [{ load: `${streams} ${time}`, pacing: measured.pacing }];
    },
  );
}
