import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { exitCodeOf } from '../contract/errors.ts';
import type { Plan, ScenarioId } from '../contract/run-file.ts';
import { planRehearsal } from '../contract/population.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { checkLoad } from './check-load.ts';

async function planWith(
  scenario: ScenarioId,
  firstTokenMedianMs: number,
  flags: object = {},
): Promise<Plan> {
  const { plan } = await buildPlan(
    [scenario],
    { seed: '7', connections: '50', ...flags },
    { randomSeed: () => 1, canPin: false },
  );
  return { ...plan, workload: { ...plan.workload, firstTokenMedianMs, firstTokenSigma: 0 } };
}

const plan = await planWith('stream', 5000);

it('a first token that comes after the trial is over is refused, with what to change', () => {
  expect(() => checkLoad(plan)).toThrow(
    'only 0 of 50 streams of workload "steady" can take part in a trial of 1.5 s',
  );
  expect(() => checkLoad(plan)).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      hint: expect.stringContaining('--duration 6s') as string,
    }),
  );
});

it('the duration that the refusal names is enough', () => {
  expect(() => checkLoad({ ...plan, windowNs: 6e9 })).not.toThrow();
});

it('faults whose trials are over before the first token are refused; usual workloads are not', async () => {
  const late = await planWith('reconnect', 6000, {
    preset: 'smoke',
    faults: 'reset,kill',
    connections: '10',
  });
  expect(() => checkLoad(late)).toThrow('can take part');
  expect(() =>
    checkLoad({ ...late, workload: { ...late.workload, firstTokenMedianMs: 200 } }),
  ).not.toThrow();
});

it('streams of one token are rehearsed for a second and not for twenty', () => {
  expect(
    planRehearsal({ ...plan.workload, tokensPerStream: 1 }, 1, 20_000).population.streams,
  ).toBe(1000);
});

it('lines of JSON are read as a recording, and not tokenised as prose', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trace-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'trace.jsonl');
  writeFileSync(path, '{"t":1}\n');
  const refused: unknown = await buildPlan(
    ['stream'],
    { workload: path },
    { randomSeed: () => 1, canPin: false },
  ).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'WORKLOAD',
    message: expect.stringContaining('trace.jsonl, line 1: version') as string,
  });
  expect(exitCodeOf(refused)).toBe(2);
});
