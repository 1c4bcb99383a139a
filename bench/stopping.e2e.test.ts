// Stop rules, warnings and refusals of a run: the program as a user runs it, with short trials.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Analysis } from './analysis/analysis.ts';
import { cli, CliFolder } from './cli-fixture.ts';
import { whyNotBelieved, type ThresholdResult } from './analysis/thresholds.ts';

const short = ['--preset', 'smoke', '--connections', '10', '--warmup', '500ms', '--duration', '500ms', '--seed', '7', '--quiet'];
const place = new CliFolder();
const { path: folder, run: streamduel } = place;

afterAll(() => place[Symbol.dispose]());

it('--precision stops at the tenth block once a metric is known well enough', async () => {
  const words = ['--precision', 'lateness.p50:99%', '--max-time', '5m', '--blocks', '12', '--name', 'precise', '--json'];
  const { stdout, stderr } = await streamduel('run', ...short, ...words);
  expect(stderr).toBe('');
  const { stop, isComplete, trials } = JSON.parse(stdout) as Analysis;
  expect(stop).toMatchObject({ isReached: true, reason: 'precision', blocks: 10 });
  expect(isComplete).toBe(true);
  expect(trials.completed).toBe(20);
  expect(place.readReport('precise')).toContain('--precision lateness.p50:99%');
});

it('--max-time ends a run that is not precise yet, and says so', async () => {
  const words = ['--precision', '0.01%', '--max-time', '5s', '--blocks', '12', '--name', 'late', '--json'];
  const { stop, isComplete, warnings } = JSON.parse((await streamduel('run', ...short, ...words)).stdout) as Analysis;
  expect(stop).toMatchObject({ isReached: true, reason: 'time' });
  expect(isComplete).toBe(true);
  expect(warnings.map(({ code }) => code)).toContain('stopped-by-time');
});

it('a pilot prints how many blocks it takes and the command for them, and no effect', async () => {
  const { stdout } = await streamduel('run', ...short, '--pilot', '--blocks', '3', '--name', 'pilot');
  expect(stdout).toMatch(/streamduel run stream [\s\S]*--blocks\s+\d+/);
  expect(stdout).not.toMatch(/\bratio\b/);
  expect(place.readReport('pilot')).not.toMatch(/(SSE|WebSocket) better|equivalent for practical/);
});

it('--aa measures the baseline twice and compares only the other', async () => {
  const { stdout } = await streamduel('run', ...short, '--aa', '--name', 'aa', '--json');
  const { loadPoints, copy } = JSON.parse(stdout) as Analysis;
  expect(copy).toBe('sse+copy');
  expect(loadPoints[0]?.noiseFloors.map(({ metric }) => metric)).toContain('cpu.server.token');
  expect([...new Set(loadPoints[0]?.comparisons.map(({ otherArm }) => otherArm))]).toEqual(['ws']);
});

it('--fail-if exits with 1 beyond a threshold, and shows every arm', async () => {
  const { code, stdout } = await streamduel(
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
  const { thresholds, loadPoints } = JSON.parse(stdout) as Analysis & { thresholds: ThresholdResult[] };
  // A busy machine makes the load point invalid, and then no threshold passes, whatever its value.
  const isBelieved = loadPoints.every((point) => whyNotBelieved(point) === undefined);
  expect(thresholds.map(({ arm, outcome }) => [arm, outcome])).toEqual([
    ['sse', 'failed'],
    ['ws', 'failed'],
    ['ws', isBelieved ? 'passed' : 'failed'],
  ]);
  expect(place.readReport('gated')).toContain('lateness.p50 > 1us');
});

it.each([
  [['--fail-if', 'delivery.p98 > 5ms'], 'delivery.p98'],
  [['--fail-if', 'delivery.p99 > 5'], '--fail-if'],
  [['--precision', '5'], '--precision 5'],
  [['--max-time', '5m'], '--max-time 5m'],
] as const)('%j is refused by name, before anything is measured', async (words, named) => {
  const { code, stderr } = await streamduel('run', ...short, ...words, '--name', 'refused');
  expect(code).toBe(2);
  expect(stderr).toContain(named);
  expect(readdirSync(join(folder, 'reports')).filter((one) => one.endsWith('-refused'))).toEqual([]);
});

it('a reader that has seen enough is no failure', async () => {
  const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${cli}" list metrics | head -1`], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
