import { expect, test } from 'vitest';
import type { Arm } from '../../contract/arms/arms.ts';
import { BenchError } from '../../contract/errors.ts';
import type { Plan, SavedRun } from '../../contract/run-file.ts';
import { independentRun } from './across-fixture.ts';
import { refuseUnlike } from './comparability.ts';

const old = independentRun({ folder: 'before' });

const withPlan = (change: (plan: Plan) => Plan): SavedRun =>
  independentRun({
    folder: 'after',
    header: (header) => ({ ...header, plan: change(header.plan) }),
  });

const withWorkload = (change: Partial<Plan['workload']>): SavedRun =>
  withPlan((plan) => ({ ...plan, workload: { ...plan.workload, ...change } }));

const withArms = (...arms: readonly Partial<Arm>[]): SavedRun =>
  withPlan((plan) => ({
    ...plan,
    arms: arms.map(({ transport = 'sse', client = 'probe' }): Arm => ({
      transport,
      client,
      path: 'direct',
    })),
  }));

function refusalOf(recent: SavedRun, first = old): BenchError {
  try {
    refuseUnlike(first, recent);
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('the runs were not refused');
}

test.each([
  [
    'payload',
    withPlan((plan) => ({ ...plan, payload: 'lean' })),
    'payload is openai in the old run and lean in the new one',
  ],
  [
    'messages of an API',
    withPlan((plan) => ({ ...plan, hasApiMessages: true })),
    'payload openai is without the messages of its API in the old run and with them in the new one',
  ],
  [
    'rate',
    withWorkload({ tokensPerSecond: 20 }),
    'workload tokensPerSecond is 50 in the old run and 20 in the new one',
  ],
  [
    'length',
    withWorkload({ tokensPerStream: 10 }),
    'workload tokensPerStream is 150 in the old run and 10 in the new one',
  ],
  [
    'name',
    withWorkload({ name: 'fast' }),
    'workload name is chat in the old run and fast in the new one',
  ],
  [
    'segments',
    withWorkload({ segments: ['a', 'b'] }),
    'workload segments is none in the old run and a, b in the new one',
  ],
  [
    'kind of gaps',
    withWorkload({ gaps: { kind: 'lognormal', sigma: 0.3 } }),
    'workload gaps.kind is fixed in the old run and lognormal in the new one',
  ],
  [
    'first token',
    withWorkload({ firstTokenMedianMs: 900 }),
    'workload firstTokenMedianMs is 200 ms in the old run and 900 ms in the new one',
  ],
  [
    'tokens',
    withWorkload({ tokensSha256: 'f'.repeat(64) }),
    'workload tokens (SHA-256) is 000000000000 in the old run and ffffffffffff in the new one',
  ],
])('runs of another %s are refused, and the difference is named', (_, recent, reason) => {
  const error = refusalOf(recent);
  expect(error.code).toBe('USAGE');
  expect(error.message).toContain('before and after cannot be compared: ');
  expect(error.message).toContain(reason);
  expect(error.hint).toContain('streamduel run');
});

test('all differences are named at once', () => {
  const { message } = refusalOf(
    withPlan((plan) => ({
      ...plan,
      payload: 'lean',
      workload: { ...plan.workload, tokensPerSecond: 1 },
    })),
  );
  expect(message).toContain('payload is');
  expect(message).toContain('workload tokensPerSecond is');
});

test('runs without an arm in common are refused with the arms of both', () => {
  expect(refusalOf(withArms({ transport: 'tcp' })).message).toContain(
    'they have no arm in common: sse, ws in the old run, tcp in the new one',
  );
});

test('the same transports over another client stack are refused by the name of the stack', () => {
  expect(
    refusalOf(withArms({ client: 'library' }, { transport: 'ws', client: 'library' })).message,
  ).toContain(
    'sse/library, ws/library in the new one (the client stack is probe in the old run and library in the new one)',
  );
});

test('runs without a load point in common are refused with the load points of both', () => {
  const other = independentRun({ connections: [200, 500] });
  expect(refusalOf(other).message).toContain(
    'they have no load point in common: 100 connections in the old run, 200, 500 in the new one',
  );
});

test('what else differs is no reason to refuse', () => {
  const other = withPlan((plan) => ({
    ...plan,
    windowNs: 1e9,
    warmupNs: 0,
    blocks: 99,
    seed: 7,
    pin: true,
    preset: 'smoke',
    keepStamps: true,
  }));
  expect(() => refuseUnlike(old, other)).not.toThrow();
  expect(() =>
    refuseUnlike(old, withArms({ transport: 'ws' }, { transport: 'tcp' })),
  ).not.toThrow();
});
