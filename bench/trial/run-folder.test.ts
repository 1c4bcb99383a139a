import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunHeader, TrialRecord } from '../contract/run-file.ts';
import {
  appendTrial,
  createRunFolder,
  mendTornLine,
  RUN_FILE,
  runFolderName,
} from './run-folder.ts';

const header = { kind: 'run', schema: 1 } as RunHeader;
const record = { kind: 'trial', trial: 0 } as TrialRecord;
let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'runs-'));
});

afterEach(() => rmSync(parent, { recursive: true }));

it('a folder is named by its time and name', () => {
  expect(runFolderName(new Date('2026-11-22T07:31:05.123Z'), 'quick')).toBe(
    '2026-11-22T07-31-05Z-quick',
  );
});

it('trials are lines after the header', () => {
  const folder = join(parent, 'a', 'b');
  createRunFolder(folder, header);
  appendTrial(folder, record);
  expect(readFileSync(join(folder, RUN_FILE), 'utf8')).toBe(
    '{"kind":"run","schema":1}\n{"kind":"trial","trial":0}\n',
  );
});

it('an existing run is never overwritten', () => {
  createRunFolder(parent, header);
  expect(() => createRunFolder(parent, header)).toThrow(`cannot write ${parent}`);
});

it('a torn last line is dropped, whole lines stay', () => {
  createRunFolder(parent, header);
  appendTrial(parent, record);
  const whole = readFileSync(join(parent, RUN_FILE), 'utf8');
  appendFileSync(join(parent, RUN_FILE), '{"kind":"tri');
  mendTornLine(parent);
  expect(readFileSync(join(parent, RUN_FILE), 'utf8')).toBe(whole);
  mendTornLine(parent);
  expect(readFileSync(join(parent, RUN_FILE), 'utf8')).toBe(whole);
});

it('a place that cannot be written is an error with its path', () => {
  expect(() => createRunFolder('/dev/null/run', header)).toThrow('cannot write /dev/null/run');
});
