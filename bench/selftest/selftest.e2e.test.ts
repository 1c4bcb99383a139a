// Runs the selftest with short trials: counted effects must be found exactly, timed ones at least
// as well as so few blocks allow. For trials that are long enough, run `streamduel selftest` on a
// machine that has nothing else to do.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CheckResult } from './run-experiment.ts';

const program = fileURLToPath(new URL('../cli.ts', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'selftest-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly exitCode: number;
  readonly results: readonly CheckResult[];
}

async function selftest(...words: string[]): Promise<Outcome> {
  return await new Promise((resolve, reject) => {
    const all = [
      program,
      'selftest',
      ...words,
      '--json',
      '--quiet',
      '--seed',
      '20261122',
      '--out',
      folder,
    ];
    execFile(process.execPath, all, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : Number(error.code);
      if (stdout === '') reject(new Error(stderr));
      else resolve({ exitCode, results: JSON.parse(stdout) as CheckResult[] });
    });
  });
}

const describe = ({ transport, check, findings }: CheckResult): string[] =>
  findings.map(
    ({ subject, expected, found, outcome }) =>
      `${transport} ${check.id}: ${subject}: ${expected} / ${found}: ${outcome}`,
  );

it(
  'bytes, losses, damage and a starved client are found exactly, over both transports',
  { timeout: 240_000 },
  async () => {
    const { exitCode, results } = await selftest('exact', 'client');
    expect(results.flatMap(describe).filter((line) => !line.endsWith(': passed'))).toEqual([]);
    expect(results.map(({ transport, check }) => `${transport} ${check.id}`)).toEqual(
      ['sse', 'ws'].flatMap((transport) =>
        ['padding', 'damage', 'undeclared', 'slow-client'].map((id) => `${transport} ${id}`),
      ),
    );
    expect(exitCode).toBe(0);
  },
);

it.each([
  ['ws', ['delay', 'memory']],
  ['sse', ['aa', 'server']],
] as const)(
  'over %s the effects of %j are found, as far as three blocks can tell',
  { timeout: 400_000 },
  async (transport, names) => {
    const { results } = await selftest(...names, '--transports', transport, '--blocks', '3');
    // Three blocks can never pass a sign-flip test at 5 %, however large the effect.
    const findings = results.flatMap(describe).filter((line) => !line.includes('claimed:'));
    expect(findings.filter((line) => line.endsWith(': failed'))).toEqual([]);
    const passed = findings.filter((line) => line.endsWith(': passed'));
    // `too-noisy` is no failure of the harness, but if most findings were, nothing would have been
    // tested.
    expect(passed.length > findings.length / 2 ? [] : findings).toEqual([]);
    const last = results.at(-1);
    expect(readFileSync(join(last?.folder ?? '', 'report.md'), 'utf8')).toContain('INJECTED');
  },
);

it('an experiment that does not exist is refused with those that do', async () => {
  await expect(selftest('gravity')).rejects.toThrow('there is no selftest experiment "gravity"');
});
