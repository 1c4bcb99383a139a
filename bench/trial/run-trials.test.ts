import { expect, it } from 'vitest';
import { BenchError } from '../contract/errors.ts';
import type { FaultName } from '../contract/faults.ts';
import type { TrialRecord } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { runTrials, type RunTrialsOptions } from './run-trials.ts';

/** Blocks of trials; the test ends each trial explicitly. */
function bench(
  blocks: readonly (readonly (FaultName | undefined)[])[],
  lanes: number,
  aloneFrom = Infinity,
) {
  const planned = blocks.flatMap((faults, block) => faults.map((fault) => ({ block, fault })));
  const trials = planned.map(
    ({ block, fault }, trial) =>
      ({
        trial,
        block,
        loadPoint: { connections: 1, fault },
        alone: block >= aloneFrom ? true : undefined,
      }) as unknown as PlannedTrial,
  );
  const saved: number[] = [];
  const started: number[] = [];
  const endings = new Map<
    number,
    { end: (outcome?: string) => void; fail: (error: Error) => void }
  >();
  const controller = new AbortController();
  const carried = { lanes };
  const options: RunTrialsOptions = {
    plan: { cooldownNs: 0, recovery: { longOutageNs: 60e9 } as never },
    lanes: () => carried.lanes,
    next: () => {
      const left = trials.filter(({ trial }) => !saved.includes(trial));
      return left.filter(({ block }) => block === left[0]?.block);
    },
    measure: async ({ trial }, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<TrialRecord>();
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      endings.set(trial, {
        end: (outcome = 'completed') =>
          resolve({ trial, outcome, failure: { message: 'no luck' } } as TrialRecord),
        fail: reject,
      });
      return await promise;
    },
    signal: controller.signal,
    save: ({ trial }) => void saved.push(trial),
    onStart: ({ trial }) => void started.push(trial),
    onEnd: () => {},
  };
  const end = async (trial: number, outcome?: string): Promise<void> => {
    endings.get(trial)?.end(outcome);
    await expect.poll(() => saved).toContain(trial);
    // The next trials start after the cooldown of 0 ms.
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { run: runTrials(options), saved, started, end, endings, controller, carried };
}

it('without lanes trials run one at a time, in their order', async () => {
  const { run, started, end } = bench([[undefined, undefined], [undefined]], 1);
  expect(started).toEqual([0]);
  await end(0);
  expect(started).toEqual([0, 1]);
  await end(1);
  expect(started).toEqual([0, 1, 2]);
  await end(2);
  await run;
});

it('as many trials of a block run side by side as there are lanes, the longest first, and no block overtakes another', async () => {
  const { run, started, end } = bench(
    [['reset', 'long-blackhole', 'freeze', 'reset'], ['reset']],
    2,
  );
  expect(started).toEqual([1, 2]);
  await end(2);
  expect(started).toEqual([1, 2, 0]);
  await end(0);
  await end(3);
  // The second block waits for the last trial of the first.
  expect(started).toEqual([1, 2, 0, 3]);
  await end(1);
  expect(started).toEqual([1, 2, 0, 3, 4]);
  await end(4);
  await run;
});

it('trials that are to be measured alone wait for the others and run one at a time', async () => {
  const { run, started, end } = bench(
    [
      ['reset', 'reset'],
      ['reset', 'reset'],
    ],
    2,
    1,
  );
  expect(started).toEqual([0, 1]);
  await end(0);
  expect(started).toEqual([0, 1]);
  await end(1);
  expect(started).toEqual([0, 1, 2]);
  await end(2);
  expect(started).toEqual([0, 1, 2, 3]);
  await end(3);
  await run;
});

it('where the machine carries fewer trials than were begun, none is begun until so few are left', async () => {
  const { run, started, end, carried } = bench(
    [Array.from({ length: 6 }, () => 'reset' as const)],
    3,
  );
  expect(started).toEqual([0, 1, 2]);
  carried.lanes = 2;
  await end(0);
  expect(started).toEqual([0, 1, 2]);
  await end(1);
  expect(started).toEqual([0, 1, 2, 3]);
  for (const trial of [2, 3, 4, 5]) await end(trial);
  await run;
});

it('what makes going on pointless ends the trials beside it, and nothing of them is saved', async () => {
  const { run, saved, endings } = bench([['reset', 'reset', 'reset']], 3);
  endings.get(1)?.fail(new BenchError('PORT', 'taken'));
  await expect(run).rejects.toThrow('taken');
  expect(saved).toEqual([]);
});

it('an interruption ends all lanes; what was saved stays', async () => {
  const { run, saved, controller, end } = bench([['reset', 'reset', 'reset']], 2);
  await end(0);
  controller.abort(new BenchError('INTERRUPTED', 'interrupted'));
  await expect(run).rejects.toThrow('interrupted');
  expect(saved).toEqual([0]);
});

it('four failed trials in a row end the run, and are saved', async () => {
  const { run, saved, end } = bench([Array.from({ length: 6 }, () => undefined)], 1);
  const ended = run.catch((error: unknown) => error);
  for (const trial of [0, 1, 2, 3]) await end(trial, 'failed');
  expect(await ended).toMatchObject({ message: '4 trials failed in a row, the last one: no luck' });
  expect(saved).toEqual([0, 1, 2, 3]);
});
