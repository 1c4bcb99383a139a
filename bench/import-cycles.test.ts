// No file of the sources imports itself by a detour, not even for a type: two files that need each
// other are one, or lack a third.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

type Graph = ReadonlyMap<string, readonly string[]>;

const root = join(import.meta.dirname, '..');

/**
 * Paths as the source writes them: of imports, of types too, of `export … from` and of `import()`.
 */
function importsOf(source: string): string[] {
  return Array.from(
    source.matchAll(/(?:\bfrom |\bimport\(|^import )'(\.{1,2}\/[^']+)'/gm),
    ([, path]) => path as string,
  );
}

function readGraph(): Graph {
  const files = globSync('{bench,clients,servers}/**/*.{ts,js}', { cwd: root });
  return new Map(
    files.map((file) => [
      file,
      importsOf(readFileSync(join(root, file), 'utf8')).map((path) => join(file, '..', path)),
    ]),
  );
}

/**
 * Sets of files that all lead to each other, each sorted: the strongly connected components of more
 * than one file (Tarjan 1972).
 */
function cyclesIn(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    lowest.set(file, own);
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      const reached = order.has(next)
        ? open.includes(next)
          ? order.get(next)
          : undefined
        : visit(next);
      if (reached !== undefined) lowest.set(file, Math.min(lowest.get(file) as number, reached));
    }
    const low = lowest.get(file) as number;
    if (low === own) {
      const component = open.splice(open.indexOf(file));
      if (component.length > 1 || graph.get(file)?.includes(file) === true)
        cycles.push(component.toSorted());
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return cycles;
}

it('no import leads back to its own file', () => {
  const graph = readGraph();
  expect(graph.size).toBeGreaterThan(500);
  expect(cyclesIn(graph)).toEqual([]);
});

it('a cycle is found whole, once, with what leads into it and out of it left out', () => {
  const graph = new Map([
    ['entry', ['a']],
    ['a', ['b', 'leaf']],
    ['b', ['c']],
    ['c', ['a']],
    ['leaf', []],
    ['self', ['self', 'leaf']],
    ['gone', ['not-a-file']],
  ]);
  expect(cyclesIn(graph)).toEqual([['a', 'b', 'c'], ['self']]);
});

it('two cycles that share no file are two, and two that share one are one', () => {
  const apart = new Map([
    ['a', ['b']],
    ['b', ['a', 'c']],
    ['c', ['d']],
    ['d', ['c']],
  ]);
  expect(cyclesIn(apart)).toEqual([
    ['c', 'd'],
    ['a', 'b'],
  ]);
  expect(cyclesIn(new Map([...apart, ['d', ['c', 'a']]]))).toEqual([['a', 'b', 'c', 'd']]);
});

it('types, several lines, re-exports and lazy imports count; packages and words do not', () => {
  const source = [
    "import type { A } from './a.ts';",
    'import {\n  b,\n  type B,\n} from "node:fs";',
    "import {\n  c,\n} from '../c.ts';",
    "export { d } from './d.ts';",
    "import './e.ts';",
    "const f = await import('./f.ts');",
    "import { z } from 'zod';",
    "// all that is imported from './nowhere",
  ].join('\n');
  expect(importsOf(source)).toEqual(['./a.ts', '../c.ts', './d.ts', './e.ts', './f.ts']);
});
