// The rules of a run, over made-up trials: when it stops, what it exits with, what it saves, and
// how it goes on.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis/analysis.ts';
import type { ThresholdResult } from '../analysis/thresholds.ts';
import { CliFolder } from '../cli-fixture.ts';
import { BenchError } from '../contract/errors.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { failWith, makeUp, pressingCtrlC, runHere } from './made-up-run-fixture.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

type Flags = Parameters<typeof runHere>[1];

async function analysisOf(
  flags: Flags,
): Promise<Analysis & { readonly thresholds: readonly ThresholdResult[] }> {
  return JSON.parse((await runHere(place, { ...flags, json: true, quiet: true })).stdout) as never;
}

function miss(gate: string, trial: CompletedTrial): CompletedTrial {
  return {
    ...trial,
    gates: trial.gates.map((one) => (one.id === gate ? { ...one, value: 1, ok: false } : one)),
  };
}

const SERVER_DIED = new BenchError(
  'CHILD_DIED',
  'the server process ended by SIGKILL before its time',
);

describe('--precision', () => {
  it('stops at the tenth block once a metric is known well enough', async () => {
    const { stop, isComplete, trials } = await analysisOf({
      precision: 'cpu.server.token:5%',
      blocks: '12',
      name: 'precise',
    });
    expect(stop).toMatchObject({ isReached: true, reason: 'precision', blocks: 10 });
    expect([isComplete, trials.completed]).toEqual([true, 20]);
    expect(place.readReport('precise')).toContain('--precision cpu.server.token:5%');
  });

  it('goes on to the last block that the plan allows while the metric is not known well enough', async () => {
    const measure = makeUp(undefined, 0.5);
    const { stop, trials, warnings } = await analysisOf({
      precision: 'cpu.server.token:5%',
      blocks: '12',
      name: 'noisy',
      measure,
    });
    expect(stop).toMatchObject({ isReached: false, blocks: 12 });
    expect(trials.completed).toBe(24);
    expect(warnings.map(({ code }) => code)).toContain('stopped-by-cap');
  });

  it('ends with --max-time, and says so', async () => {
    // A made-up trial takes 16 s.
    const { stop, isComplete, warnings } = await analysisOf({
      precision: '0.01%',
      maxTime: '1m',
      blocks: '12',
      name: 'late',
    });
    expect(stop).toMatchObject({ isReached: true, reason: 'time', blocks: 2 });
    expect(isComplete).toBe(true);
    expect(warnings.map(({ code }) => code)).toContain('stopped-by-time');
  });

  it('counts the blocks from before an interruption', async () => {
    const precise = { precision: 'cpu.server.token:5%', blocks: '12', name: 'resumed' } as const;
    const measure = failWith(new BenchError('PORT', 'taken'), ({ trial }) => trial === 7);
    expect((await runHere(place, { ...precise, measure, quiet: true })).error?.code).toBe('PORT');
    const { stop, trials } = await analysisOf({ continue: place.runFolder('resumed') });
    expect(stop).toMatchObject({ reason: 'precision', blocks: 10 });
    expect(trials.completed).toBe(20);
  });
});

it('--pilot prints how many blocks it takes and the command for them, and no effect', async () => {
  const { code, stdout } = await runHere(place, {
    pilot: true,
    blocks: '3',
    name: 'pilot',
    quiet: true,
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/streamduel run stream [\s\S]*--blocks\s+\d+/);
  expect(stdout).not.toMatch(/\bratio\b/);
  expect(place.readReport('pilot')).not.toMatch(/(SSE|WebSocket) better|equivalent for practical/);
});

it('--aa measures the baseline twice and compares only the other', async () => {
  const { loadPoints, copy } = await analysisOf({ aa: true, name: 'aa' });
  expect(copy).toBe('sse+copy');
  expect(loadPoints[0]?.noiseFloors.map(({ metric }) => metric)).toContain('cpu.server.token');
  expect([...new Set(loadPoints[0]?.comparisons.map(({ otherArm }) => otherArm))]).toEqual(['ws']);
});

it('--rerun measures a block again that the machine disturbed', async () => {
  const measure = makeUp((made, { block, attempt }) =>
    block === 3 && attempt === undefined ? miss('N1', made) : made,
  );
  await runHere(place, {
    preset: 'standard',
    connections: '100',
    transports: 'sse,ws',
    blocks: '8',
    name: 'rerun',
    measure,
    quiet: true,
  });
  const attempts = place
    .readTrials('rerun')
    .map(({ block, attempt }) => `${block}${attempt === undefined ? '' : ' again'}`);
  expect([...new Set(attempts)]).toEqual(['0', '1', '2', '3', '3 again', '4', '5', '6', '7', '8']);
});

describe('--fail-if', () => {
  const beyond = ['delivery.p50 > 1us', 'ws:rate < 1'];

  it('exits with 1 beyond a threshold, and shows every arm', async () => {
    const { code, stdout } = await runHere(place, {
      failIf: beyond,
      name: 'gated',
      json: true,
      quiet: true,
    });
    expect(code).toBe(1);
    const { thresholds } = JSON.parse(stdout) as { thresholds: ThresholdResult[] };
    expect(thresholds.map(({ arm, outcome }) => [arm, outcome])).toEqual([
      ['sse', 'failed'],
      ['ws', 'failed'],
      ['ws', 'passed'],
    ]);
    expect(place.readReport('gated')).toContain('delivery.p50 > 1us');
  });

  it('exits with 0 within it', async () => {
    expect(
      (await runHere(place, { failIf: ['delivery.p50 > 60s'], name: 'passed', quiet: true })).code,
    ).toBe(0);
  });

  it('is not passed by numbers that cannot be trusted', async () => {
    const measure = makeUp((made) => miss('C1', made));
    const { thresholds } = await analysisOf({
      failIf: ['delivery.p50 > 60s'],
      name: 'untrusted',
      measure,
    });
    expect(thresholds.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['failed', expect.stringContaining('INVALID: C1')],
      ['failed', expect.stringContaining('INVALID: C1')],
    ]);
  });
});

it.each([
  ['C1', 'INVALID'],
  ['H2', 'HARNESS-LIMITED'],
])('a run whose trials miss gate %s is %s and exits with 1', async (gate, banner) => {
  const ended = await runHere(place, {
    name: `missed-${gate}`,
    measure: makeUp((made) => miss(gate, made)),
    quiet: true,
  });
  expect([ended.code, ended.error]).toEqual([1, undefined]);
  expect(ended.stdout).toContain(banner);
});

describe('a trial that fails', () => {
  it('is saved; the run goes on, says why, and exits with 1', async () => {
    const { code, stdout, stderr } = await runHere(place, {
      name: 'one-died',
      measure: failWith(SERVER_DIED, ({ trial }) => trial === 0),
    });
    expect(code).toBe(1);
    expect(place.readTrials('one-died').map(({ outcome }) => outcome)).toEqual([
      'failed',
      'completed',
      'completed',
      'completed',
    ]);
    expect(place.readTrials('one-died')[0]).toMatchObject({
      failure: { code: 'CHILD_DIED', message: SERVER_DIED.message },
    });
    expect(stdout + place.readReport('one-died')).toContain('ended by SIGKILL');
    expect(stderr).toMatch(/^trial 1\/4 · block 1 of 2, (sse|ws) · FAILED/m);
  });

  it('four times in a row ends the run with what there is, and says how to go on', async () => {
    const measure = failWith(SERVER_DIED, ({ trial }) => trial > 1);
    const { code, error } = await runHere(place, {
      blocks: '50',
      name: 'dying',
      measure,
      quiet: true,
    });
    expect([code, error?.message]).toEqual([
      1,
      `4 trials failed in a row, the last one: ${SERVER_DIED.message}`,
    ]);
    expect(error?.hint).toContain(
      `go on with: streamduel run --continue ${place.runFolder('dying')}`,
    );
    expect(place.readTrials('dying')).toHaveLength(6);
    expect(place.readReport('dying')).toContain('INCOMPLETE');
  });

  it('for a reason that every later one would have, too, ends the run at once and is not saved', async () => {
    const measure = failWith(
      new BenchError('PORT', 'cannot listen on 127.0.0.1:80'),
      ({ trial }) => trial === 2,
    );
    const { code, error } = await runHere(place, {
      blocks: '50',
      name: 'no-port',
      measure,
      quiet: true,
    });
    expect([code, error?.message]).toEqual([1, 'cannot listen on 127.0.0.1:80']);
    expect(place.readTrials('no-port').map(({ outcome }) => outcome)).toEqual([
      'completed',
      'completed',
    ]);
  });
});

describe('Ctrl-C', () => {
  it('keeps finished trials, reports what there is and exits with 130', async () => {
    const press = pressingCtrlC();
    const measure = makeUp((made, { trial }) => {
      if (trial === 2) press();
      return made;
    });
    const { code, error, stdout } = await runHere(place, {
      blocks: '50',
      name: 'stopped',
      measure,
      quiet: true,
    });
    expect(code).toBe(130);
    expect(error?.hint).toContain(
      `go on with: streamduel run --continue ${place.runFolder('stopped')}`,
    );
    expect(place.readTrials('stopped')).toHaveLength(3);
    expect(stdout).toContain('INCOMPLETE');
  });
});

describe('--continue', () => {
  it('ends in the run that there would have been without the interruption', async () => {
    await runHere(place, { blocks: '3', name: 'at-once', quiet: true });
    const measure = failWith(new BenchError('PORT', 'taken'), ({ trial }) => trial === 3);
    await runHere(place, { blocks: '3', name: 'in-two-parts', measure, quiet: true });
    const measured: number[] = [];
    const counting = makeUp((made, { trial }) => {
      measured.push(trial);
      return made;
    });
    const ended = await runHere(place, {
      continue: place.runFolder('in-two-parts'),
      measure: counting,
      quiet: true,
    });
    expect([ended.code, measured]).toEqual([0, [3, 4, 5]]);
    expect(place.readTrials('in-two-parts')).toEqual(place.readTrials('at-once'));
  });

  it('measures a trial again whose line is torn', async () => {
    await runHere(place, { name: 'torn', quiet: true });
    const path = join(place.runFolder('torn'), 'run.ndjson');
    const before = place.readTrials('torn');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    writeFileSync(path, `${lines.slice(0, -1).join('\n')}\n${lines.at(-1)!.slice(0, 100)}`);
    expect((await runHere(place, { continue: place.runFolder('torn'), quiet: true })).code).toBe(0);
    expect(place.readTrials('torn')).toEqual(before);
  });

  it('refuses what would change the plan', async () => {
    await runHere(place, { name: 'planned', quiet: true });
    const { code, error } = await runHere(place, {
      continue: place.runFolder('planned'),
      connections: '20',
    });
    expect([code, error?.message]).toEqual([
      2,
      expect.stringContaining('--connections cannot be changed by --continue'),
    ]);
  });
});

it.each<[Flags, string]>([
  [{ failIf: ['delivery.p98 > 5ms'] }, 'delivery.p98'],
  [{ precision: '5' }, '--precision 5'],
])('%j is refused by name, before anything is made', async (flags, named) => {
  const { code, error } = await runHere(place, { ...flags, name: 'refused' });
  expect([code, error?.message]).toEqual([2, expect.stringContaining(named)]);
  expect(
    readdirSync(join(place.path, 'reports')).filter((one) => one.endsWith('-refused')),
  ).toEqual([]);
});

it('--transports all says what the scenario cannot measure, before the first trial and in the report', async () => {
  const { code, stdout, stderr } = await runHere(place, {
    scenarios: ['burst'],
    transports: 'all',
    name: 'all',
  });
  const why = 'buffered (sends a stream as a whole, once all of it is generated)';
  expect(code).toBe(0);
  expect(stderr).toContain(`left out: ${why}\n`);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`left out of this run: ${why}`);
  expect(place.readReport('all')).toContain(`left out of this run: ${why}`);
});
