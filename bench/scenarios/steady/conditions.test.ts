import { expect, test } from 'vitest';
import type { LoadPoint, Plan } from '../../contract/run-file.ts';
import type { PlannedTrial } from '../../plan/trials.ts';
import { conditionsOf } from './conditions.ts';

const workload = { tokensPerStream: 20, tokensPerSecond: 100 } as Plan['workload'];
const plan = { warmupNs: 800e6, windowNs: 1500e6, drainNs: 5e9 } as Plan;
const conditionsAt = (loadPoint: LoadPoint): ReturnType<typeof conditionsOf> =>
  conditionsOf({ loadPoint } as PlannedTrial, plan, workload);

test('a storm comes shortly into the window, rehearsed with 1000 streams, with time enough for the last to give up', () => {
  expect(conditionsAt({ connections: 1000, connecting: 'storm' })).toEqual({
    workload: { tokensPerStream: 2, tokensPerSecond: 100 },
    connecting: { kind: 'storm', atNs: 900e6, timeoutNs: 10e9 },
    drainNs: 12e9,
    rehearsalTokens: 2000,
  });
});

test('an arm over TLS resumes sessions where that is asked for, and another opens its connections as ever', () => {
  const at = (tls: true | undefined): unknown =>
    conditionsOf(
      {
        arm: { transport: 'sse', tls, client: 'probe', path: 'direct' },
        loadPoint: { connections: 100, connecting: 'resumed' },
      } as PlannedTrial,
      plan,
      workload,
    );
  expect(at(true)).toEqual({ workload, connecting: { kind: 'resumed' } });
  expect(at(undefined)).toEqual({ workload });
});

test('streams on new and on kept connections differ in nothing else', () => {
  const [cold, warm] = (['cold', 'warm'] as const).map((connecting) =>
    conditionsAt({ connections: 100, connecting }),
  );
  expect(cold).toEqual({ workload });
  expect(warm).toEqual({ workload, connecting: { kind: 'kept' } });
});
