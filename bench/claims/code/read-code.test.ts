import { describe, expect, it } from 'vitest';
import type { CodeMeasure, MeasuredProgram } from '../../contract/code-measure.ts';
import { claimOf } from '../evidence-fixture.ts';
import { readClaim } from '../read-claim.ts';
import { compareCode, groupOf, type CountedPrograms } from './read-code.ts';

const ALL = ['a', 'b', 'c'];

function counted(
  lines: number,
  branches: number,
  passed: readonly string[] = ALL,
): CountedPrograms {
  const faults = [[{ how: 'in Node', passed: [...passed], failed: [] }]];
  return { title: 'program', lines, branches, faults };
}

describe('less code', () => {
  it.each([
    ['both by more than their margins', counted(60, 9), counted(100, 20), 'supports'],
    ['the other side', counted(100, 20), counted(60, 9), 'refutes'],
    ['exactly a quarter fewer', counted(75, 15), counted(100, 20), 'supports'],
    ['a line short of a quarter', counted(76, 15), counted(100, 20), 'open'],
    ['half of the lines, though under ten', counted(9, 1), counted(18, 2), 'equal'],
    ['within the margins in both', counted(90, 18), counted(100, 20), 'equal'],
    ['fewer lines and more branches', counted(60, 20), counted(100, 9), 'open'],
  ] as const)('%s', (_words, first, second, bearing) => {
    expect(compareCode(first, second).bearing).toBe(bearing);
  });

  it('decides nothing where it passes less', () => {
    expect(compareCode(counted(60, 9, ['a', 'b']), counted(100, 20))).toEqual({
      bearing: 'open',
      reason: 'less code that does less: c',
    });
    expect(compareCode(counted(60, 9), counted(100, 20, ['a'])).bearing).toBe('supports');
  });
});

const tried = (how: string, passed: string[]) => ({ how, passed, failed: [] });

it('cases are compared where both run', () => {
  const inNode = { ...counted(100, 20), faults: [[tried('in Node', ALL)]] };
  const inBoth = {
    ...counted(60, 9),
    faults: [[tried('in Node', ALL), tried('in a page', ['a', 'b'])]],
  };
  const inPage = { ...inNode, faults: [[tried('in Node', ALL), tried('in a page', ALL)]] };
  expect(compareCode(inBoth, inNode).bearing).toBe('supports');
  expect(compareCode(inBoth, inPage)).toMatchObject({ reason: 'less code that does less: c' });
});

function program(id: string, lines: number, branches: number, shared: boolean): MeasuredProgram {
  const own = { file: `${id}-${lines}.ts`, lines, branches };
  const common = { file: 'shared.ts', lines: 100, branches: 10 };
  return {
    id,
    title: id,
    transport: 'sse',
    runsIn: 'node',
    file: own.file,
    size: {
      files: shared ? [own, common] : [own],
      packages: [],
      allPackages: 0,
      minifiedBytes: 1,
      gzipBytes: 1,
      brotliBytes: 1,
    },
    conformance: { how: '', passed: [], failed: [] },
    faults: [
      { how: 'in Node', passed: ['a', 'b'], failed: [] },
      { how: 'in a page', passed: ['a'], failed: [{ name: 'b', why: 'it did not' }] },
    ],
  };
}

const code: CodeMeasure = {
  schema: 1,
  measuredAt: '2026-11-30T00:00:00.000Z',
  node: 'v24',
  bundler: 'none',
  clients: [program('small', 10, 2, true), program('large', 200, 40, true)],
  servers: [program('small', 20, 3, true), program('alone', 20, 3, false)],
};

it('programs together count what they share once', () => {
  expect(groupOf(['client small', 'server small'], code)).toEqual({
    title: 'small with small',
    lines: 130,
    branches: 15,
    faults: [code.clients[0]!.faults, code.servers[0]!.faults],
  });
  expect(() => groupOf(['client none'], code)).toThrow('client none is not among');
});

it('counted code decides a claim without a run, and leaves it open without a count', () => {
  const source = {
    kind: 'code',
    less: ['client small'],
    than: ['client large'],
    condition: 'in Node',
  } as const;
  const claim = { ...claimOf({ sources: [source] }), runs: [] };
  const reading = readClaim(claim, [], { scenarios: {}, code });
  expect(reading).toMatchObject({
    verdict: 'supported',
    condition: 'in all that was settled: in Node',
    tests: 1,
  });
  expect(reading.meanings[0]?.evidence[0]).toMatchObject({
    bearing: 'supports',
    figure: { less: { lines: 110, branches: 12 }, than: { lines: 300, branches: 50 } },
  });
  expect(readClaim(claim, [], { scenarios: {} })).toMatchObject({
    verdict: 'open',
    condition: 'needs `npm run bench:code`',
  });
});
