import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Suite } from '../contract/suite.ts';
import { isSuiteFolder, loadSuite, writeSuite } from './suite-folder.ts';

const suite: Suite = {
  kind: 'suite',
  schema: 1,
  streamduel: '0.1.0',
  name: 'memory-capacity-quick',
  startedAt: '2026-03-01T09:30:00.000Z',
  command: 'streamduel run memory capacity --seed 7',
  parts: [
    { scenario: 'memory', folder: 'memory' },
    { scenario: 'slow-reader', folder: 'slow-reader' },
  ],
};
let folder: string;

const path = (): string => join(folder, 'suite.json');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'suites-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

it('what was written is read again', () => {
  expect(isSuiteFolder(folder)).toBe(false);
  writeSuite(folder, suite);
  expect(isSuiteFolder(folder)).toBe(true);
  expect(loadSuite(folder)).toEqual(suite);
});

it('claims may need several runs of one scenario, or a single one', () => {
  const claims = { ids: ['W3'], leftOut: [{ run: 'page', why: 'no Chromium' }] };
  for (const parts of [
    [
      { scenario: 'stream', folder: 'stream' },
      { scenario: 'stream', folder: 'stream-openai' },
    ],
    [{ scenario: 'stream', folder: 'stream' }],
  ] as const) {
    writeSuite(folder, { ...suite, claims, parts: [...parts] });
    expect(loadSuite(folder)).toMatchObject({ claims, parts });
  }
});

describe('a suite file is refused with its path', () => {
  it('when it is missing', () => {
    expect(() => loadSuite(folder)).toThrow(`${path()}: ENOENT`);
  });

  it('when it was cut off', () => {
    writeSuite(folder, suite);
    writeFileSync(path(), readFileSync(path(), 'utf8').slice(0, 100));
    expect(() => loadSuite(folder)).toThrow(
      expect.objectContaining({
        code: 'RUN_FOLDER',
        message: expect.stringContaining(`${path()}: `) as string,
      }) as Error,
    );
  });

  it.each([
    [{ ...suite, schema: 99 }, 'schema version 99; this streamduel reads version 1'],
    [{ ...suite, kind: 'run' }, 'kind'],
    [{ ...suite, parts: [] }, 'parts'],
    [
      { ...suite, parts: [suite.parts[0], { scenario: 'stream', folder: 'memory' }] },
      'each folder once',
    ],
    [{ ...suite, claims: { ids: ['S4'] } }, 'claims.leftOut'],
    [
      { ...suite, parts: [suite.parts[0], { scenario: 'storm', folder: 'storm' }] },
      'parts[1].scenario',
    ],
    [
      { ...suite, parts: [suite.parts[0], { scenario: 'stream', folder: '../stream' }] },
      'the name of a folder inside the suite',
    ],
  ])('when it holds %j', (value, what) => {
    writeFileSync(path(), JSON.stringify(value));
    expect(() => loadSuite(folder)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          new RegExp(`^${path()}: [^]*${what.replaceAll(/[[\].]/g, String.raw`\$&`)}`),
        ) as string,
      }) as Error,
    );
  });
});
