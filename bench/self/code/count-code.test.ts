import { describe, expect, it } from 'vitest';
import { readCodeMeasure } from '../../claims/code/read-code-measure.ts';
import { countProgram, countSource } from './count-code.ts';
import { packageClosure } from './package-closure.ts';
import { clientPrograms, serverPrograms } from './programs.ts';

describe('lines', () => {
  it('are those with code: no blank ones, no comments', () => {
    const source = `// a comment\n\n/* another,\n over two lines */\nconst a = 1; // behind code\n  \nconst b = \`x\n// no comment\n\`;\n`;
    expect(countSource(source).lines).toBe(4);
  });
});

describe('branches', () => {
  it.each([
    ['if (a) b(); else c();', 1],
    ['if (a) b(); else if (c) d();', 2],
    ['const x = a ? b : c;', 1],
    ['switch (a) { case 1: case 2: b(); break; default: c(); }', 2],
    [
      'for (;;) a(); for (const b of c) d(); for (const e in f) g(); while (h) i(); do j(); while (k);',
      5,
    ],
    ['try { a(); } catch { b(); } finally { c(); }', 1],
    ['x = (a && b) || c;', 2],
    ['a ??= b; c ||= d; e &&= f; g += h;', 3],
    ['const y = a?.b;', 0],
    ['type T = A extends B ? C : D; function f(a = 1): void {}', 0],
  ])('%s', (source, branches) => {
    expect(countSource(source).branches).toBe(branches);
  });
});

it('a source that is none is refused with its name', () => {
  expect(() => countSource('const = 1;', 'wrong.ts')).toThrow('wrong.ts: ');
});

it('imports of types alone are not followed', () => {
  const source = `import type { A } from './a.ts';\nimport { type B } from './b.ts';\nimport { type C, d } from './c.ts';\nimport './e.ts';\nexport { f } from './f.ts';`;
  expect(countSource(source).imports.toSorted()).toEqual(['./c.ts', './e.ts', './f.ts']);
});

describe('packages', () => {
  const lockfile = {
    packages: {
      'node_modules/a': { version: '1.0.0', dependencies: { b: '*', c: '*' } },
      'node_modules/b': { version: '1.0.0' },
      'node_modules/c': { version: '1.0.0', dependencies: { b: '*' } },
      'node_modules/c/node_modules/b': { version: '2.0.0' },
    },
  };

  it('come with those that they need, each version once', () => {
    expect(packageClosure(['a'], lockfile)).toEqual(['a 1.0.0', 'b 1.0.0', 'b 2.0.0', 'c 1.0.0']);
    expect(packageClosure([], lockfile)).toEqual([]);
  });

  it('must be in the lockfile', () => {
    expect(() => packageClosure(['d'], lockfile)).toThrow('d is not in package-lock.json');
  });
});

const measure = readCodeMeasure();

it.each([
  ...clientPrograms.map((program) => ({ program, saved: measure.clients })),
  ...serverPrograms.map((program) => ({ program, saved: measure.servers })),
])('the saved counts of $program.file are those of the code as it is', ({ program, saved }) => {
  const found = saved.find(({ id }) => id === program.id);
  const { files, packages } = countProgram(program.file);
  expect(found).toMatchObject(program);
  expect(found?.size.files).toEqual(files);
  expect(found?.size.packages.map((version) => version.split(' ')[0])).toEqual(packages);
});

it('a client and a server import no code of each other, and no more than they need', () => {
  for (const { file } of clientPrograms)
    for (const one of countProgram(file).files)
      expect(one.file).toMatch(/^(clients\/minimal\/|bench\/contract\/minimal-frames\.ts$)/);
  for (const { file } of serverPrograms)
    for (const one of countProgram(file).files)
      expect(one.file).toMatch(/^(servers\/minimal\/|bench\/contract\/minimal-frames\.ts$)/);
});
