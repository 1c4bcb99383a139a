// When a run stops, what it doubts, and what it refuses: the program as a user runs it, with short trials.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Analysis } from './analysis/analysis.ts';
import type { ThresholdResult } from './analysis/thresholds.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
const short = ['--preset', 'smoke', '--connections', '10', '--warmup', '500ms', '--duration', '500ms', '--seed', '7', '--quiet'];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function streamduel(...words: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

function readReport(name: string): string {
  const found = readdirSync(join(folder, 'reports')).find((one) => one.endsWith(`Z-${name}`));
  return readFileSync(join(folder, 'reports', found ?? '', 'report.md'), 'utf8');
}

it('--precision stops at the tenth block once a metric is known well enough', () => {
  const words = ['--precision', 'lateness.p50:99%', '--max-time', '5m', '--blocks', '12', '--name', 'precise', '--json'];
  const { stdout, stderr } = streamduel('run', ...short, ...words);
  expect(stderr).toBe('');
  const { stop, isComplete, trials } = JSON.parse(stdout) as Analysis;
  expect(stop).toMatchObject({ isReached: true, reason: 'precision', blocks: 10 });
  expect(isComplete).toBe(true);
  expect(trials.completed).toBe(20);
  expect(readReport('precise')).toContain('--precision lateness.p50:99%');
});

it('--max-time ends a run that is not precise yet, and says so', () => {
  const words = ['--precision', '0.01%', '--max-time', '5s', '--blocks', '12', '--name', 'late', '--json'];
  const { stop, isComplete, warnings } = JSON.parse(streamduel('run', ...short, ...words).stdout) as Analysis;
  expect(stop).toMatchObject({ isReached: true, reason: 'time' });
  expect(isComplete).toBe(true);
  expect(warnings.map(({ code }) => code)).toContain('stopped-by-time');
});

it('a pilot prints how many blocks it takes and the command for them, and no effect', () => {
  const { stdout } = streamduel('run', ...short, '--pilot', '--blocks', '3', '--name', 'pilot');
  expect(stdout).toMatch(/streamduel run stream [\s\S]*--blocks\s+\d+/);
  expect(stdout).not.toMatch(/\bratio\b/);
  expect(readReport('pilot')).not.toMatch(/(SSE|WebSocket) better|equivalent for practical/);
});

it('--aa measures the baseline twice and compares only the other', () => {
  const { stdout } = streamduel('run', ...short, '--aa', '--name', 'aa', '--json');
  const { loadPoints, copy } = JSON.parse(stdout) as Analysis;
  expect(copy).toBe('sse+copy');
  expect(loadPoints[0]?.noiseFloors.map(({ metric }) => metric)).toContain('cpu.server.token');
  expect([...new Set(loadPoints[0]?.comparisons.map(({ otherArm }) => otherArm))]).toEqual(['ws']);
});

it('--fail-if exits with 1 beyond a threshold, and shows every arm', () => {
  const { code, stdout } = streamduel(
    'run',
    ...short,
    '--fail-if',
    'lateness.p50 > 1us',
    '--fail-if',
    'ws:rate < 1',
    '--name',
    'gated',
    '--json',
  );
  expect(code).toBe(1);
  const { thresholds } = JSON.parse(stdout) as { thresholds: ThresholdResult[] };
  expect(thresholds.map(({ arm, outcome }) => [arm, outcome])).toEqual([
    ['sse', 'failed'],
    ['ws', 'failed'],
    ['ws', 'passed'],
  ]);
  expect(readReport('gated')).toContain('lateness.p50 > 1us');
});

it.each([
  [['--fail-if', 'delivery.p98 > 5ms'], 'delivery.p98'],
  [['--fail-if', 'delivery.p99 > 5'], '--fail-if'],
  [['--precision', '5'], '--precision 5'],
  [['--max-time', '5m'], '--max-time 5m'],
] as const)('%j is refused by name, before anything is measured', (words, named) => {
  const { code, stderr } = streamduel('run', ...short, ...words, '--name', 'refused');
  expect(code).toBe(2);
  expect(stderr).toContain(named);
  expect(readdirSync(join(folder, 'reports')).filter((one) => one.endsWith('-refused'))).toEqual([]);
});

it('a reader that has seen enough is no failure', () => {
  const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${cli}" list metrics | head -1`], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
