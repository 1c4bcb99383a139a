import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findChromium } from './chromium.ts';
import { BenchError } from './errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'streamduel-chromium-'));
afterAll(() => rmSync(folder, { recursive: true }));

function place(name: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

const shipped = (): string => '/cache/chromium/start';

it('names what it looked for, and what to do, where there is none', () => {
  expect(() =>
    findChromium(undefined, { searchPath: `${folder}:/nowhere`, shipped: () => undefined }),
  ).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('no Chromium'),
      hint: expect.stringMatching(/npm install @sparticuz\/chromium.*--browser PATH/),
    }),
  );
  expect(() => findChromium(undefined, { searchPath: '', shipped: () => undefined })).toThrow(
    BenchError,
  );
});

it('takes the one that npm brought where there is no other', () => {
  expect(findChromium(undefined, { searchPath: folder, shipped })).toBe('/cache/chromium/start');
});

it('prefers the one that was named, and refuses what cannot be started', () => {
  const own = place('my-browser');
  expect(findChromium(own)).toBe(own);
  const plain = place('notes.txt', 0o644);
  expect(() => findChromium(plain)).toThrow(`--browser ${plain}: not an executable file`);
});

it('takes the first name of its list, wherever on the path it is', () => {
  const chrome = place('google-chrome');
  expect(findChromium(undefined, { searchPath: `/nowhere:${folder}`, shipped })).toBe(chrome);
  const chromium = place('chromium');
  expect(findChromium(undefined, { searchPath: `/nowhere:${folder}`, shipped })).toBe(chromium);
});
