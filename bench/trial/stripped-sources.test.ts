import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { strippedArguments } from './stripped-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'stripped-sources-'));
afterAll(() => {
  // The test runner kills its workers, so the folder of the hook is not removed on exit.
  const [, hook = ''] = strippedArguments(write('last.ts', ''));
  for (const path of [folder, dirname(fileURLToPath(hook))])
    rmSync(path, { recursive: true, force: true });
});

function write(name: string, source: string): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  return path;
}

/** With --no-strip-types, Node fails on a source that was not stripped before. */
function run(program: string): string {
  return execFileSync(
    process.execPath,
    ['--no-strip-types', ...strippedArguments(program), program],
    { encoding: 'utf8', stdio: 'pipe' },
  );
}

test('a program and all that it imports, now or later, reaches a child without types', () => {
  write('named.ts', 'export const named: string = import.meta.filename;');
  write('later.ts', "import { named } from './named.ts';\nexport const later: string = named;");
  const program = write(
    'program.ts',
    "import { named } from './named.ts';\nconst { later } = await import('./later.ts');\nconsole.log(named === (later as string), named);",
  );
  expect(run(program)).toBe(`true ${join(folder, 'named.ts')}\n`);
});

test('a source that is edited meanwhile is the same for every process of a run', () => {
  const program = write('edited.ts', "const said: string = 'before';\nconsole.log(said);");
  const args = strippedArguments(program);
  write('edited.ts', "console.log('after');");
  expect(execFileSync(process.execPath, [...args, program], { encoding: 'utf8' })).toBe('before\n');
});

test('an error names the line and the column of the source', () => {
  const program = write(
    'failing.ts',
    'interface Nothing {\n  readonly it: string;\n}\nconst it = undefined as Nothing | undefined;\nconsole.log(it!.it);',
  );
  expect(() => run(program)).toThrow('failing.ts:5:17');
});

test('every program of a trial starts without Node stripping anything', { timeout: 60_000 }, () => {
  for (const name of ['../../servers/main.ts', '../../clients/main.ts', '../path/relay-main.ts']) {
    const program = new URL(name, import.meta.url).pathname;
    // This error of a program started by hand comes after all its imports were loaded.
    expect(() => run(program)).toThrow('started by streamduel, not by hand');
  }
});

test('a program that is JavaScript needs nothing', () => {
  expect(strippedArguments('/somewhere/program.mjs')).toEqual([]);
});
