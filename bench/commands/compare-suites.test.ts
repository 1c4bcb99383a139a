import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { independentRun, type IndependentOptions } from '../analysis/across/across-fixture.ts';
import { factorOn } from '../analysis/analysis-fixture.ts';
import { hashPlan } from '../analysis/hash-plan.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import { appendTrial, createRunFolder } from '../trial/run-folder.ts';
import { writeSuite } from '../trial/suite-folder.ts';
import { compareCommand, type CompareFlags } from './compare.ts';
import { keptOutput } from './kept-output-fixture.ts';

let parent: string;

/** Writes a suite with synthetic parts; both scenarios are of steady streams. */
function writeSuiteOf(name: string, parts: Partial<Record<ScenarioId, IndependentOptions>>): void {
  const scenarios = Object.keys(parts) as ScenarioId[];
  for (const scenario of scenarios) {
    const { header, trials } = independentRun(parts[scenario] ?? {});
    const plan = { ...header.plan, scenario };
    const folder = join(parent, name, scenario);
    createRunFolder(folder, { ...header, plan, planSha256: hashPlan(plan) });
    for (const trial of trials) appendTrial(folder, trial);
  }
  writeSuite(join(parent, name), {
    kind: 'suite',
    schema: 1,
    streamduel: '0.1.0',
    name,
    startedAt: '2026-03-01T09:30:00.000Z',
    command: `streamduel run ${scenarios.join(' ')}`,
    parts: scenarios.map((scenario) => ({ scenario, folder: scenario })),
  });
}

async function compare(
  names: readonly string[],
  flags: CompareFlags = {},
): Promise<{ code: number; stdout: string }> {
  const { output, stdout } = keptOutput();
  const folders = names.map((name) => join(parent, name));
  const code = await compareCommand(folders, flags, output);
  return { code, stdout: stdout() };
}

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'streamduel-suites-'));
  writeSuiteOf('before', { stream: {}, burst: { occasion: 2 } });
  writeSuiteOf('worse', {
    burst: { occasion: 3, factor: factorOn('serverCpu', 'ws', 1.2) },
    stream: { occasion: 4 },
  });
  writeSuiteOf('other', { stream: {}, completions: {} });
});

afterAll(() => rmSync(parent, { recursive: true }));

describe('suites are compared', () => {
  it('scenario by scenario, in the order of the old one, whatever that of the new one', async () => {
    const { code, stdout } = await compare(['before', 'worse']);
    expect(code).toBe(0);
    const [, stream = '', burst = ''] = stdout.split(/^scenario \w+\n/m);
    expect(stream).not.toMatch(/worse$/m);
    expect(burst).toMatch(/^Server CPU per token .* 1\.2\d\d \[1\.\d+, 1\.\d+\] +worse$/m);
  });

  it('and fail where one scenario does', async () => {
    expect(
      (await compare(['before', 'worse'], { failIfWorse: ['cpu.server.token:5%'] })).code,
    ).toBe(1);
    // Only steady streams measure this metric, and they are no worse.
    expect((await compare(['before', 'worse'], { failIfWorse: ['open.p50:25%'] })).code).toBe(0);
  });

  it('as JSON and Markdown too', async () => {
    const json = JSON.parse(
      (await compare(['before', 'worse'], { format: 'json' })).stdout,
    ) as object;
    expect(json).toMatchObject({
      schema: 1,
      kind: 'suite-comparison',
      parts: [
        { scenario: 'stream', kind: 'run-comparison' },
        { scenario: 'burst', kind: 'run-comparison' },
      ],
    });
    const { stdout } = await compare(['before', 'worse'], { format: 'md' });
    expect(stdout.match(/^# .*$/gm)).toEqual(['# Scenario by scenario: stream, burst']);
    expect(stdout.match(/^##? .*$/gm)).toEqual([
      '# Scenario by scenario: stream, burst',
      '## Scenario stream',
      '## Scenario burst',
    ]);
    expect(stdout.match(/^### .*$/gm)).toEqual(['### Old against new', '### Old against new']);
  });

  it('one alone arm by arm, against the baseline that is named', async () => {
    const { stdout } = await compare(['worse'], { baseline: 'ws' });
    // Two scenarios, each with a table of verdicts and one of exact counts.
    expect(stdout.match(/^SSE against WebSocket, .*$/gm)).toHaveLength(4);
  });

  it.each([
    [
      ['before', 'other'],
      'the scenarios are burst, stream in the old suite and completions, stream in the new one',
    ],
    [['before', 'before/stream'], 'before is a suite of several scenarios, '],
    [['before/stream', 'before'], 'before is a suite of several scenarios, '],
  ])('%j is refused by name', async (names, what) => {
    await expect(compare(names)).rejects.toThrow(what);
  });
});
