import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { emptyStamps, readStamps, writeStamps } from './stamps.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stamps-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

it('columns come back as they were, missing stamps included', () => {
  const path = join(folder, 'a.stamps');
  const receivedNs = Float64Array.of(1.5, Number.NaN, -3, 2 ** 53 - 1);
  writeStamps(path, { receivedNs, startNs: emptyStamps(2), none: emptyStamps(0) });
  expect(readStamps(path)).toEqual({
    receivedNs,
    startNs: Float64Array.of(Number.NaN, Number.NaN),
    none: new Float64Array(0),
  });
});

it('a file that is cut short is refused with its name and where it ends', () => {
  const path = join(folder, 'cut.stamps');
  writeStamps(path, { receivedNs: emptyStamps(100) });
  truncateSync(path, readFileSync(path).length - 1);
  expect(() => readStamps(path)).toThrow(/cut\.stamps: column receivedNs is cut short at byte \d+/);
});

it('another file is refused', () => {
  const path = join(folder, 'text.stamps');
  writeFileSync(path, 'hello, this is not a stamp file');
  expect(() => readStamps(path)).toThrow('not a stamp file');
});
