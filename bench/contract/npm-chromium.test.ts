import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { npmChromium } from './npm-chromium.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'npm-chromium-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/**
 * A package that unpacks a shell script in place of a browser. @param script What the script does.
 */
function install(script: string): void {
  const place = join(folder, 'node_modules/@sparticuz/chromium');
  mkdirSync(place, { recursive: true });
  const description = {
    name: '@sparticuz/chromium',
    version: '150.0.1',
    type: 'module',
    exports: './index.js',
  };
  writeFileSync(join(place, 'package.json'), JSON.stringify(description));
  writeFileSync(
    join(place, 'index.js'),
    `import { writeFileSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    const unpack = () => writeFileSync(tmpdir() + '/chromium', ${JSON.stringify(`#!/bin/sh\n${script}\n`)}, { mode: 0o700 });
    export default { executablePath: async () => unpack() };`,
  );
}

const cache = (): string => join(folder, 'cache');
const find = (): string | undefined =>
  npmChromium({ from: pathToFileURL(join(folder, 'program.js')).href, cache: cache() });

it('is nowhere where the package is not installed', () => {
  expect(find()).toBeUndefined();
});

it('is unpacked once, and starts with its own libraries and all arguments', () => {
  install('echo "$LD_LIBRARY_PATH|$*"');
  const start = find()!;
  expect(readdirSync(cache())).toEqual(['chromium-150.0.1']);
  rmSync(join(folder, 'node_modules/@sparticuz/chromium/index.js'));
  expect(find()).toBe(start);
  const environment = { PATH: process.env['PATH'] };
  expect(execFileSync(start, ['--headless', 'a b'], { encoding: 'utf8', env: environment })).toBe(
    `${join(cache(), 'chromium-150.0.1')}/al2023/lib|--headless a b\n`,
  );
});

it('says with its version where it is from, and fails where it cannot start', () => {
  install('echo Chromium 150.0.7778.5');
  expect(execFileSync(find()!, ['--version'], { encoding: 'utf8' })).toBe(
    'Chromium 150.0.7778.5 (@sparticuz/chromium 150.0.1)\n',
  );
  rmSync(cache(), { recursive: true });
  install('echo no libnss3 >&2; exit 127');
  expect(() => execFileSync(find()!, ['--version'], { stdio: 'pipe' })).toThrow('no libnss3');
});

it('what a process left that was killed while it unpacked is removed, and not that of one at work', () => {
  install('true');
  for (const pid of [99_999_999, process.pid])
    mkdirSync(join(cache(), `chromium-150.0.1.${pid}-abcdef`), { recursive: true });
  find();
  expect(readdirSync(cache()).toSorted()).toEqual([
    'chromium-150.0.1',
    `chromium-150.0.1.${process.pid}-abcdef`,
  ]);
});

it('a package that does not unpack is an error that says what to do, and leaves nothing', () => {
  install('true');
  writeFileSync(
    join(folder, 'node_modules/@sparticuz/chromium/index.js'),
    "throw new Error('no space left'); export default 0;",
  );
  expect(find).toThrow(
    expect.objectContaining({
      code: 'CHILD_START',
      message: expect.stringContaining('no space left'),
      hint: expect.stringContaining('XDG_CACHE_HOME'),
    }),
  );
  expect(readdirSync(cache())).toEqual([]);
});
