import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixtureRun } from '../analysis/analysis-fixture.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { keptOutput } from './kept-output-fixture.ts';
import { reportCommand } from './report.ts';
import { reportFormats } from './report-formats.ts';

let parent: string;

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'streamduel-report-'));
});

afterAll(() => rmSync(parent, { recursive: true }));

function writeRun(name: string, edit?: (trial: CompletedTrial) => CompletedTrial): string {
  const { header, trials } = fixtureRun({ blocks: 2, verdicts: false, ...(edit && { edit }) });
  const folder = mkdtempSync(join(parent, `${name}-`));
  const path = join(folder, 'run.ndjson');
  writeFileSync(path, `${JSON.stringify(header)}\n`);
  for (const trial of trials) appendFileSync(path, `${JSON.stringify(trial)}\n`);
  return folder;
}

async function report(
  folder: string,
  format: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { output, stdout, stderr } = keptOutput();
  const code = await reportCommand(folder, { format }, output);
  return { code, stdout: stdout(), stderr: stderr() };
}

it.each([
  ['md', '# SSE or WebSocket'],
  ['json', '{\n  "schema": 1'],
  ['csv', 'trial,block,attempt'],
  ['github-benchmark', '[\n  {\n    "name": "stream, sse, 100 connections: open.p50"'],
  ['bencher', '{\n  "stream, sse, 100 connections": {'],
  ['openmetrics', '# TYPE streamduel_run info\n'],
  ['junit', '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite name="stream"'],
  ['html', '<!doctype html>\n<html lang="en">'],
])('%s is printed and nothing else', async (format, beginning) => {
  const { code, stdout, stderr } = await report(writeRun(format), format);
  expect(stdout.slice(0, beginning.length)).toBe(beginning);
  expect([code, stderr]).toEqual([0, '']);
});

it('hgrm writes its files into the run folder and prints their paths', async () => {
  const folder = writeRun('hgrm');
  const { stdout } = await report(folder, 'hgrm');
  const paths = ['sse', 'ws'].map((arm) => join(folder, `histograms/${arm}-100-delivery.hgrm`));
  expect(stdout).toBe(paths.map((path) => `${path}\n`).join(''));
  for (const path of paths) expect(readFileSync(path, 'utf8')).toContain('1/(1-Percentile)');
});

it('a load point that cannot be believed is left out of what raises alarms, which stderr and the exit code say', async () => {
  const folder = writeRun('limited', (trial) => ({
    ...trial,
    gates: trial.gates.map((gate) =>
      gate.id === 'H2' ? { ...gate, value: 0.9, ok: false } : gate,
    ),
  }));
  const { code, stdout, stderr } = await report(folder, 'github-benchmark');
  expect([code, stdout]).toEqual([1, '[]\n']);
  expect(stderr).toContain('100 connections left out of the export: HARNESS-LIMITED: H2');
});

it('an unknown format names the known ones', async () => {
  await expect(report(writeRun('unknown'), 'xml')).rejects.toMatchObject({
    code: 'UNKNOWN_NAME',
    message: 'there is no format "xml"',
    hint: `known: ${reportFormats.join(', ')}`,
  });
});
