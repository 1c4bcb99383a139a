// The command on run folders with synthetic trials: it must find the differences put into them, and
// no others.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  independentRun,
  missGate,
  type IndependentOptions,
} from '../analysis/across/across-fixture.ts';
import type { RunComparison } from '../analysis/across/run-comparison.ts';
import type { GateResult } from '../analysis/across/regression-gates.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { factorOn } from '../analysis/analysis-fixture.ts';
import { runMain, type Ended } from '../cli-fixture.ts';
import { loadRun } from '../analysis/load-run.ts';
import { appendTrial, createRunFolder } from '../trial/run-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'compare-'));
const names = new Set(['nowhere', 'later']);

const named = (text: string): string =>
  text.replaceAll(`${relative(process.cwd(), folder)}/`, '').replaceAll(`${folder}/`, '');

/** Names of runs stand for their folders, in what is said as well as in what is asked. */
async function compare(...words: readonly string[]): Promise<Ended> {
  const { code, stdout, stderr } = await runMain(
    'compare',
    ...words.map((word) => (names.has(word) ? join(folder, word) : word)),
  );
  return { code, stdout: named(stdout), stderr: named(stderr) };
}

function write(name: string, options: IndependentOptions): void {
  names.add(name);
  const { header, trials } = independentRun(options);
  createRunFolder(join(folder, name), header);
  for (const trial of trials) appendTrial(join(folder, name), trial);
}

const slowerCpu = factorOn('serverCpu', 'ws', 1.2);

beforeAll(() => {
  write('before', {});
  write('again', { occasion: 2 });
  write('worse', { occasion: 3, factor: slowerCpu });
  write('noisy-before', { noise: 0.4 });
  write('noisy-after', { noise: 0.4, occasion: 7, factor: slowerCpu });
  write('invalid', {
    occasion: 4,
    edit: (trial) => (trial.block === 4 ? missGate(trial, 'C1') : trial),
  });
  write('few', { blocks: 3 });
  write('other-payload', {
    header: (header) => ({ ...header, plan: { ...header.plan, payload: 'lean' } }),
  });
  write('other-rate', {
    header: (header) => ({
      ...header,
      plan: { ...header.plan, workload: { ...header.plan.workload, tokensPerSecond: 20 } },
    }),
  });
  write('other-load', { connections: [500] });
  write('null-arm', { transports: ['tcp', 'ws'] });
  write('three-arms', { transports: ['sse', 'ws', 'tcp'], factor: slowerCpu });
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('compare A B', () => {
  it('finds a worsening of 20 %, says so, and exits with 0 as long as no gate asks', async () => {
    const { code, stdout, stderr } = await compare('before', 'worse');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Server CPU per token .* 1\.2\d\d \[1\.\d+, 1\.\d+\] +worse$/m);
    expect(stdout.match(/worse$/gm)).toHaveLength(1);
  });

  it('exits with 1 when a gate on it is given, and names the gate', async () => {
    const { code, stdout } = await compare('before', 'worse', '--fail-if-worse', '5%');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^cpu\.server\.token +ws +100 +5 % +\+\d+ % +< 0\.001 +FAILED$/m);
    expect(stdout).toMatch(/^1 failed, \d+ passed, \d+ not shown$/m);
  });

  it('exits with 0 where noise shows 20 % that may be chance, and where the margin is wider', async () => {
    const noise = await compare(
      'noisy-before',
      'noisy-after',
      '--fail-if-worse',
      'cpu.server.token:5%',
    );
    expect(noise.stdout).toMatch(/^cpu\.server\.token +ws +100 +5 % +\+[2-9]\d % .* not shown$/m);
    expect(noise.code).toBe(0);
    expect(
      (
        await compare(
          'before',
          'worse',
          '--fail-if-worse',
          'cpu.server.token:50%',
          '--fail-if-worse',
          'delivery.p99:2ms',
        )
      ).code,
    ).toBe(0);
  });

  it('exits with 1 for a gate on a run that is invalid, and with 0 for trials too few to show anything', async () => {
    const invalid = await compare('before', 'invalid', '--fail-if-worse', 'delivery.p50:50%');
    expect(invalid.code).toBe(1);
    expect(invalid.stdout).toContain('FAILED: cannot be trusted: invalid');
    const few = await compare('few', 'few', '--fail-if-worse', 'delivery.p50:5%');
    expect(few.code).toBe(0);
    expect(few.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'not shown: cannot be shown with 3 and 3 trials',
    );
  });

  it('of two equal runs finds everything equivalent, and of a run with itself says that it shows nothing', async () => {
    const equal = await compare('before', 'again', '--fail-if-worse', '25%');
    expect(equal.code).toBe(0);
    expect(equal.stdout).not.toMatch(/better|worse$/m);
    expect(equal.stdout.match(/ equivalent$/gm)).toHaveLength(10);
    const same = await compare('before', 'before');
    expect(same.stdout).toContain('! both are one run');
    expect(same.stdout).not.toMatch(/better|worse$/m);
  });

  it('compares every further run with the first', async () => {
    const { stdout } = await compare('before', 'again', 'worse', '--format', 'json');
    const comparison = JSON.parse(stdout) as RunComparison & {
      readonly gates: readonly GateResult[];
    };
    expect(comparison).toMatchObject({
      schema: 1,
      kind: 'run-comparison',
      old: { folder: 'before' },
      gates: [],
    });
    expect(comparison.comparisons.map((one) => one.new.folder)).toEqual(['again', 'worse']);
    const changes = comparison.comparisons[1]!.arms.find(({ arm }) => arm === 'ws')!.changes;
    const cpu = changes.find(({ metric }) => metric === 'cpu.server.token')!;
    expect(cpu.verdict.kind).toBe('worse');
    // The ratio is that of the unrounded values.
    expect(cpu.new!.value / cpu.old!.value).toBeCloseTo(cpu.ratio!.value, 12);
    expect(cpu.values.new).toHaveLength(12);
  });

  it('as Markdown says the same with the statistics behind it', async () => {
    const { stdout } = await compare('before', 'worse', '--format', 'md', '--fail-if-worse', '5%');
    expect(stdout).toMatch(/^\| Server CPU per token .* \*\*worse\*\*/m);
    expect(stdout).toContain('<summary>The statistics behind these verdicts</summary>');
    expect(stdout).toMatch(/\*\*FAILED\*\*/);
  });

  it.each([
    [['before', 'other-payload'], 'payload is openai in the old run and lean in the new one'],
    [
      ['before', 'other-rate'],
      'workload tokensPerSecond is 50 in the old run and 20 in the new one',
    ],
    [
      ['before', 'other-load'],
      'no load point in common: 100 connections in the old run, 500 in the new one',
    ],
    [
      ['before', 'again', '--baseline', 'ws'],
      '--baseline ws: it names an arm of one run, and 2 runs are given',
    ],
    [
      ['before', 'again', '--fail-if-worse', 'coalescing:5%'],
      'neither more nor less of coalescing is worse',
    ],
    [['before', 'again', '--fail-if-worse', 'delivery.p99:2'], '--fail-if-worse delivery.p99:2: '],
    [['null-arm', '--fail-if-worse', '5%'], '--fail-if-worse has nothing to stand on'],
    [['before', 'again', '--format', 'xml'], 'there is no format "xml"'],
  ])('%j is a usage error that names the difference or the flag', async (words, what) => {
    const { code, stdout, stderr } = await compare(...words);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(what);
    expect(stderr).not.toContain('    at ');
  });

  it('writes nothing into the folders it reads, and names one that is no run', async () => {
    await compare('before', 'again');
    expect(readdirSync(join(folder, 'before'))).toEqual(['run.ndjson']);
    const { code, stderr } = await compare('before', 'nowhere');
    expect([code, stderr]).toEqual([2, expect.stringContaining(join('nowhere', 'run.ndjson'))]);
  });

  it('refuses a run of another schema version by name', async () => {
    const { header } = loadRun(join(folder, 'before'));
    const path = join(folder, 'later');
    createRunFolder(path, header);
    writeFileSync(join(path, 'run.ndjson'), `${JSON.stringify({ ...header, schema: 99 })}\n`);
    const { code, stderr } = await compare('before', 'later');
    expect(code).not.toBe(0);
    expect(stderr).toContain('schema version 99');
  });
});

async function analysisOf(...words: readonly string[]): Promise<Analysis> {
  const { stdout } = await compare(...words, '--format', 'json');
  return (JSON.parse(stdout) as { readonly analysis: Analysis }).analysis;
}

function ratiosOf({ loadPoints }: Analysis, other: string): (readonly [string, number])[] {
  return loadPoints.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ metric, otherArm, ratio }) =>
      otherArm === other && ratio !== undefined ? [[metric, ratio.value] as const] : [],
    ),
  );
}

describe('compare A', () => {
  it('compares the arms of one run, as its own report does', async () => {
    const { code, stdout } = await compare('three-arms');
    expect(code).toBe(0);
    expect(stdout).toContain('WebSocket against SSE, 100 connections');
    expect(stdout).toContain('report: three-arms/report.md');
  });

  it('against another baseline inverts every ratio', async () => {
    const [sse, ws] = [
      await analysisOf('three-arms'),
      await analysisOf('three-arms', '--baseline', 'ws'),
    ];
    expect([sse.baseline, ws.baseline]).toEqual(['sse', 'ws']);
    expect((await compare('three-arms', '--baseline', 'ws')).stdout).toContain(
      'report: three-arms/report.md (against sse)',
    );
    const [there, back] = [ratiosOf(sse, 'ws'), ratiosOf(ws, 'sse')];
    expect(there.length).toBeGreaterThan(20);
    expect(back.map(([metric]) => metric)).toEqual(there.map(([metric]) => metric));
    for (const [index, [, ratio]] of there.entries())
      expect(ratio * back[index]![1]).toBeCloseTo(1, 12);
  });

  it('holds the other arms to a gate, block by block', async () => {
    const failed = await compare('three-arms', '--fail-if-worse', 'cpu.server.token:5%');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/^cpu\.server\.token +ws against sse +100 .* FAILED$/m);
    expect(
      (await compare('three-arms', '--baseline', 'ws', '--fail-if-worse', 'cpu.server.token:5%'))
        .code,
    ).toBe(0);
  });

  it.each([
    ['quic', 'there is no arm "quic"'],
    ['tcp', '--baseline tcp: no verdict is given against it'],
  ])('refuses the baseline %s', async (baseline, what) => {
    const { code, stderr } = await compare('three-arms', '--baseline', baseline);
    expect([code, stderr]).toEqual([2, expect.stringContaining(what)]);
  });
});
