// Adds up what the streams of targets were like, over the trials of a run.

import type { JudgedLoadPoint } from '../../analysis/measured-trials.ts';
import type { FinishedTrial, TargetTrial } from '../../contract/run-file.ts';
import type { ArmStreams, TargetStreamsAnalysis } from './findings.ts';

export function analyseTarget(
  loadPoints: readonly JudgedLoadPoint[],
): readonly TargetStreamsAnalysis[] {
  return loadPoints.map(({ arms }) => {
    const trials = arms.map(({ name, completed }) => ({
      name,
      trials: completed.filter(isTarget),
    }));
    return {
      arms: trials.map((arm) => describeArm(arm.name, arm.trials)),
      ...compareTexts(trials.map((arm) => arm.trials)),
    };
  });
}

const isTarget = (trial: FinishedTrial): trial is TargetTrial => trial.outcome === 'target';

function describeArm(arm: string, trials: readonly TargetTrial[]): ArmStreams {
  const records = trials.map(({ target }) => target);
  const causes = new Map<string, ArmStreams['causes'][number]>();
  for (const { cause, count, example } of records.flatMap((record) => record.causes)) {
    const known = causes.get(cause);
    causes.set(cause, {
      cause,
      count: count + (known?.count ?? 0),
      example: known?.example ?? example,
    });
  }
  const words = (
    of: (record: (typeof records)[number]) => readonly string[],
  ): readonly string[] => [...new Set(records.flatMap(of))];
  return {
    arm,
    streams: records.reduce((sum, { streams }) => sum + streams, 0),
    whole: records.reduce((sum, { whole }) => sum + whole, 0),
    dropped: records.reduce((sum, { startsDropped }) => sum + startsDropped, 0),
    causes: [...causes.values()].toSorted((a, b) => b.count - a.count),
    dialects: words(({ dialects }) => Object.keys(dialects)),
    httpVersions: words(({ httpVersions }) => httpVersions),
    notCheckable: words(({ notCheckable }) => notCheckable.map(({ why }) => why)),
  };
}

/** In a block all arms are asked for the same prompts in the same order. */
function compareTexts(
  arms: readonly (readonly TargetTrial[])[],
): Pick<TargetStreamsAnalysis, 'comparableBlocks' | 'equalTexts'> {
  const [first = [], ...others] = arms.map(
    (trials) => new Map(trials.map(({ block, target }) => [block, target.contentSha256])),
  );
  if (others.length === 0) return { comparableBlocks: 0, equalTexts: 0 };
  const comparable = [...first].filter(
    ([block, hash]) => hash !== undefined && others.every((arm) => arm.get(block) !== undefined),
  );
  return {
    comparableBlocks: comparable.length,
    equalTexts: comparable.filter(([block, hash]) => others.every((arm) => arm.get(block) === hash))
      .length,
  };
}
