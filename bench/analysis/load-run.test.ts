import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BenchError } from '../contract/errors.ts';
import { fixtureRun } from './analysis-fixture.ts';
import { hashPlan } from './hash-plan.ts';
import { loadRun } from './load-run.ts';
import { analyseRun } from '../scenarios/readings.ts';

const run = fixtureRun({ blocks: 2 });
let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-load-run-'));
  file = join(folder, 'run.ndjson');
});

afterEach(() => rmSync(folder, { recursive: true }));

const save = (...records: readonly object[]): void =>
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));

function errorOf(load: () => unknown): BenchError {
  try {
    load();
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('a saved run comes back as it was, and so does its analysis', () => {
  save(run.header, ...run.trials);
  const loaded = loadRun(folder);
  expect(loaded).toEqual({ ...run, folder });
  expect(analyseRun(loaded)).toEqual(analyseRun(run));
});

test('a run without a finished trial is a run', () => {
  save(run.header);
  expect(loadRun(folder).trials).toEqual([]);
});

test('a missing folder says what a run folder is', () => {
  const error = errorOf(() => loadRun(join(folder, 'nowhere')));
  expect(error.code).toBe('RUN_FOLDER');
  expect(error.message).toContain(join('nowhere', 'run.ndjson'));
  expect(error.hint).toContain('run.ndjson');
});

test('a damaged line is named by file and line', () => {
  save(run.header, run.trials[0]!);
  appendFileSync(file, `{"kind":"trial",\n${JSON.stringify(run.trials[1])}\n`);
  expect(errorOf(() => loadRun(folder)).message).toMatch(`${file}:3: `);
});

test('a line that lacks a member is named with the member', () => {
  const { windowNs: _windowNs, ...lacking } = run.trials[0] as { windowNs: number };
  save(run.header, lacking);
  const { message } = errorOf(() => loadRun(folder));
  expect(message).toMatch(`${file}:2: `);
  expect(message).toContain('windowNs');
});

test('a torn last line is dropped with a warning', () => {
  save(run.header, run.trials[0]!);
  appendFileSync(file, JSON.stringify(run.trials[1]).slice(0, 100));
  const loaded = loadRun(folder);
  expect(loaded.trials).toHaveLength(1);
  expect(loaded.warnings).toEqual([
    {
      code: 'torn-line',
      message: `${file}:3 was cut off while it was written; that trial is left out`,
    },
  ]);
});

test('a whole last line that only lacks its newline is kept', () => {
  save(run.header);
  appendFileSync(file, JSON.stringify(run.trials[0]));
  expect(loadRun(folder)).toMatchObject({ trials: [run.trials[0]], warnings: [] });
});

test('another schema version is refused by name, before anything else is judged', () => {
  save({ ...run.header, schema: 2, environment: 'otherwise' });
  expect(errorOf(() => loadRun(folder)).message).toBe(
    `${file}:1: schema version 2; this streamduel reads version 1`,
  );
});

test('a file that is no run is refused', () => {
  save({ hello: 'world' });
  expect(errorOf(() => loadRun(folder)).message).toBe(`${file}:1: not the header of a run`);
  writeFileSync(file, '');
  expect(errorOf(() => loadRun(folder)).message).toBe(`${file}:1: the run has no header`);
});

test('two records of one trial are refused, for neither can be trusted', () => {
  save(run.header, run.trials[0]!, run.trials[1]!, run.trials[0]!);
  expect(errorOf(() => loadRun(folder)).message).toBe(`${file}:4: trial 0 is already on line 2`);
});

test('a plan that was changed afterwards is refused', () => {
  save({ ...run.header, plan: { ...run.header.plan, blocks: 99 } });
  expect(errorOf(() => loadRun(folder)).message).toBe(
    `${file}:1: the plan is not the one that planSha256 names`,
  );
});

test('the hash of a plan depends on its values, not on their order or on undefined members', () => {
  expect(hashPlan({ a: 1, b: { c: [1, 2], d: undefined } })).toBe(
    hashPlan({ b: { c: [1, 2] }, a: 1 }),
  );
  expect(hashPlan({ a: [1, 2] })).not.toBe(hashPlan({ a: [2, 1] }));
  expect(hashPlan({ a: 1 })).toBe(
    '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
  );
});
