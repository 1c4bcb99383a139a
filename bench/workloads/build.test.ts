import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { build, buildFiles } from './build.ts';

let folder: string;
let stdout: string;
let stderr: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-build-'));
  stdout = '';
  stderr = '';
});
afterEach(() => rmSync(folder, { recursive: true }));

const output = {
  stdout: { write: (text: string) => (stdout += text) },
  stderr: { write: (text: string) => (stderr += text) },
};

describe('buildFiles', () => {
  test('tokens.json and the table of the README are what the texts make', () => {
    const files = buildFiles();
    expect(files.map(({ path }) => basename(path))).toEqual(['tokens.json', 'README.md']);
    for (const { path, content } of files) expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test('makes the same bytes a second time', () => {
    expect(buildFiles()).toEqual(buildFiles());
  });
});

describe('build', () => {
  test('writes what is missing, then finds it unchanged', () => {
    const files = [{ path: join(folder, 'a.json'), content: 'fresh\n' }];
    expect(build([], files, output)).toBe(0);
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('fresh\n');
    expect(build([], files, output)).toBe(0);
    expect(stdout).toBe(`${folder}/a.json: written\n${folder}/a.json: unchanged\n`);
  });

  test('--check names each stale file on stderr, writes nothing and fails', () => {
    const files = ['a.json', 'b.json', 'c.json'].map((name) => ({
      path: join(folder, name),
      content: 'fresh\n',
    }));
    writeFileSync(join(folder, 'a.json'), 'fresh\n');
    writeFileSync(join(folder, 'b.json'), 'stale\n');
    expect(build(['--check'], files, output)).toBe(1);
    expect(stderr).toBe(
      `${folder}/b.json is not what the texts make; build it again with npm run build:tokens\n` +
        `${folder}/c.json is not what the texts make; build it again with npm run build:tokens\n`,
    );
    expect(stdout).toBe('');
    expect(readFileSync(join(folder, 'b.json'), 'utf8')).toBe('stale\n');
  });

  test('--check is silent when all files are fresh', () => {
    writeFileSync(join(folder, 'a.json'), 'fresh\n');
    expect(build(['--check'], [{ path: join(folder, 'a.json'), content: 'fresh\n' }], output)).toBe(
      0,
    );
    expect(stderr).toBe('');
  });

  test('an unknown argument is a usage error and writes nothing', () => {
    expect(build(['--chek'], [{ path: join(folder, 'a.json'), content: 'fresh\n' }], output)).toBe(
      2,
    );
    expect(stderr).toContain('unknown argument --chek');
    expect(() => readFileSync(join(folder, 'a.json'))).toThrow('ENOENT');
  });
});
