import { expect, it } from 'vitest';
import { armName } from '../contract/arms/arms.ts';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';

async function plan(flags: RunFlags = {}, scenario = 'completions'): Promise<Plan> {
  return (
    await buildPlan([scenario], { seed: '7', ...flags }, { randomSeed: () => 1, canPin: false })
  ).plan;
}

it('by default SSE and WebSocket are asked by the probe, and SSE by autocannon besides', async () => {
  const { arms, completions, workload } = await plan();
  expect(arms.map(armName)).toEqual(['sse', 'ws', 'sse/autocannon']);
  expect(completions).toEqual({ tokensPerStream: 150, tokensPerSecond: 2000 });
  // Every stream begins with its first token.
  expect([workload.firstTokenMedianMs, workload.firstTokenSigma]).toEqual([0, 0]);
});

it('what is asked for follows --tokens and --rate, and the command repeats it', async () => {
  const own = await plan({ tokens: '20', rate: '500', transports: 'sse/autocannon' });
  expect(own.completions).toEqual({ tokensPerStream: 20, tokensPerSecond: 500 });
  expect(repeatCommand(own, {})).toContain('--transports sse --client autocannon');
  expect(repeatCommand(await plan(), {})).toContain(
    '--transports sse/probe,ws/probe,sse/autocannon',
  );
});

it.each([
  [{ tokens: '1' }, '--tokens 1: expected 2 to 100000'],
  [{ rate: '20000' }, '--rate 20000: expected at most 10000'],
  [
    { transports: 'sse,tcp' },
    '--transports tcp: expected sse, ws, sse-post, ndjson, sse-gzip, ws-binary, ws-deflate, ws-deflate-no-takeover, sse-h2:K or buffered in scenario completions: tcp has no words to ask for a stream that was not planned',
  ],
  [
    { client: 'autocannon', transports: 'ws' },
    '--client autocannon: expected a stack that speaks ws',
  ],
  [
    { client: 'eventsource', transports: 'sse' },
    '--client eventsource: expected probe, library or autocannon in scenario completions: sse/eventsource reconnects by itself',
  ],
] as const)('%j is refused by name', async (flags, message) => {
  await expect(plan(flags)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(message) as string,
  });
});

it.each([
  'stream',
  'memory',
  'capacity',
  'connect',
  'fanout',
  'slow-reader',
  'burst',
  'reconnect',
  'herd',
])('%s refuses a load generator', async (scenario) => {
  await expect(plan({ transports: 'sse/autocannon' }, scenario)).rejects.toThrow(
    'a load generator asks for whole streams',
  );
});
