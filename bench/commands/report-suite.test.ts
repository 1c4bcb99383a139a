import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fixtureRun } from '../analysis/analysis-fixture.ts';
import { appendTrial, createRunFolder } from '../trial/run-folder.ts';
import { writeSuite } from '../trial/suite-folder.ts';
import { keptOutput } from './kept-output-fixture.ts';
import { reportCommand } from './report.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-suite-'));
  for (const scenario of ['stream', 'burst'] as const) {
    const { header, trials } = fixtureRun({ blocks: 2, plan: { scenario } });
    createRunFolder(join(folder, scenario), header);
    for (const trial of trials) appendTrial(join(folder, scenario), trial);
  }
  writeSuite(folder, {
    kind: 'suite',
    schema: 1,
    streamduel: '0.1.0',
    name: 'made-up',
    startedAt: '2026-03-01T09:30:00.000Z',
    command: 'streamduel run stream burst',
    parts: [
      { scenario: 'stream', folder: 'stream' },
      { scenario: 'burst', folder: 'burst' },
    ],
  });
});

afterEach(() => rmSync(folder, { recursive: true }));

async function report(format?: string): Promise<{ code: number; stdout: string }> {
  const { output, stdout } = keptOutput();
  const code = await reportCommand(folder, format === undefined ? {} : { format }, output);
  return { code, stdout: stdout() };
}

it('without a format the tables of all parts are printed and the one report is written', async () => {
  const { code, stdout } = await report();
  expect(code).toBe(0);
  expect(stdout.match(/^fixture: scenario \w+/gm)).toEqual([
    'fixture: scenario stream',
    'fixture: scenario burst',
  ]);
  expect(stdout).toContain(`report: ${join(folder, 'report.md')}\n`);
  expect(readFileSync(join(folder, 'report.md'), 'utf8')).toContain(
    '# SSE or WebSocket? stream, burst (made-up)',
  );
});

it('formats that track numbers have those of every part', async () => {
  const bencher = JSON.parse((await report('bencher')).stdout) as object;
  expect(Object.keys(bencher)).toEqual([
    'stream, sse, 100 connections',
    'stream, ws, 100 connections',
    'burst, sse, 100 connections',
    'burst, ws, 100 connections',
  ]);
  const entries = JSON.parse((await report('github-benchmark')).stdout) as {
    readonly name: string;
  }[];
  expect([...new Set(entries.map(({ name }) => name.split(',')[0]))]).toEqual(['stream', 'burst']);
  expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
});

it('the formats of other programs have every part', async () => {
  const openMetrics = (await report('openmetrics')).stdout;
  expect(openMetrics.match(/^# TYPE streamduel_run info$/gm)).toHaveLength(1);
  expect(openMetrics.match(/^streamduel_run_info\{[^}]*scenario="(stream|burst)"/gm)).toHaveLength(
    2,
  );
  expect((await report('junit')).stdout.match(/<testsuite name="(stream|burst)"/g)).toHaveLength(2);
});

it('histograms are written into the folder of each part', async () => {
  const { stdout } = await report('hgrm');
  expect(stdout.split('\n').slice(0, -1)).toEqual(
    ['stream', 'burst'].flatMap((part) =>
      ['sse', 'ws'].map((arm) => join(folder, part, `histograms/${arm}-100-delivery.hgrm`)),
    ),
  );
});

it('rows of several scenarios have no common columns, so CSV is of one part', async () => {
  await expect(report('csv')).rejects.toMatchObject({
    code: 'USAGE',
    hint: `name one: ${join(folder, 'stream')}, ${join(folder, 'burst')}`,
  });
});

it('a part that is damaged is named with its file and line', async () => {
  const path = join(folder, 'burst', 'run.ndjson');
  const [header, first, ...others] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, [header, first!.slice(9), ...others].join('\n'));
  await expect(report()).rejects.toThrow(`${path}:2: `);
});
