import { expect, it } from 'vitest';
import type { FinishedTrial, SavedRun } from '../contract/run-file.ts';
import type { SearchStep } from '../contract/search.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { analyse } from './analyse.ts';
import { judgeControls } from './arm-controls.ts';
import { capacityReading } from '../scenarios/capacity/reading.ts';
import { searchedRun } from '../scenarios/capacity/searched-run-fixture.ts';
import { selectMeasured } from './measured-trials.ts';
import { pairPacing } from './pacing.ts';

const CAPACITY = 2000;

/** Searches in which the turns of WebSocket are this much longer at every step. */
async function pacedSearches(factor: number): Promise<SavedRun> {
  const run = await searchedRun({ capacity: () => CAPACITY });
  const trials = run.trials.map((trial) => {
    if (trial.outcome !== 'searched') return trial;
    const turnPeriodNs = trial.arm.transport === 'ws' ? factor * NS_PER_MS : NS_PER_MS;
    const pace = (step: SearchStep): SearchStep => ({
      ...step,
      ...(step.measured && {
        measured: {
          ...step.measured,
          pacing: { turnPeriodNs, tokensPerTurn: 20, dueToReadyNs: 500_000, starts: 9 },
        },
      }),
    });
    const { headline, steps } = trial.search;
    return {
      ...trial,
      search: {
        ...trial.search,
        steps: steps.map(pace),
        ...(headline && { headline: pace(headline) }),
      },
    };
  });
  return { ...run, trials };
}

const armsOf = (run: SavedRun) => selectMeasured(run)[0]!.arms;

function stepsBelow(trial: FinishedTrial, share: number): number {
  if (trial.outcome !== 'searched') return 0;
  const { headline, steps } = trial.search;
  return [headline, ...steps].filter((step) => (step?.measured?.serverUtilisation ?? 1) <= share)
    .length;
}

async function states(factor: number): Promise<string[] | undefined> {
  const [sse, ws] = armsOf(await pacedSearches(factor));
  return judgeControls(sse!, ws!)?.map(({ id, state }) => `${id} ${state}`);
}

it('every step of a search is paired with the step of the other arm at that load, unless its server was busy nearly all of the time', async () => {
  const [sse, ws] = armsOf(await pacedSearches(1));
  const blocks = pairPacing(sse!, ws!);
  expect(blocks.map((pairs) => pairs.length)).toEqual(
    sse!.completed.map((trial) => stepsBelow(trial, 0.8)),
  );
  expect(Math.min(...blocks.map((pairs) => pairs.length))).toBeGreaterThan(0);
});

it('a search in which the pacer of one arm turns more slowly is limited by the harness', async () => {
  expect(await states(1.3)).toEqual([
    'H9period failed',
    'H9ready ok',
    'H9tokens ok',
    'H9starts ok',
  ]);
  expect(await states(1.01)).toEqual(['H9period ok', 'H9ready ok', 'H9tokens ok', 'H9starts ok']);
});

it('searches of before there was a stamp of the turn have none', async () => {
  const [sse, ws] = armsOf(await searchedRun({ capacity: () => CAPACITY }));
  expect(judgeControls(sse!, ws!)).toBeUndefined();
});

const kindsOf = async (factor: number): Promise<readonly string[]> =>
  analyse(await pacedSearches(factor), capacityReading)
    .loadPoints[0]!.comparisons.filter(({ endpoint }) => endpoint !== undefined)
    .map(({ metric, verdict }) => `${metric} ${verdict.kind}`);

it('what the period of the turns bears on has no verdict there: the most streams, and CPU per token', async () => {
  expect(await kindsOf(1.3)).toEqual([
    'cpu.token.headline harness-limited',
    'capacity.streams harness-limited',
  ]);
  expect((await kindsOf(1.01)).join()).not.toContain('harness-limited');
});
