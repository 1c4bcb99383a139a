import { describe, expect, it } from 'vitest';
import { BenchError } from '../contract/errors.ts';
import { MAX_MESSAGE_BYTES, messageBytes, payloadNames } from '../contract/payload.ts';
import { MIB } from '../contract/units.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { repeatCommand } from '../flags/repeat.ts';
import { buildPlan } from './build-plan.ts';

const plan = async (flags: RunFlags, scenario = 'stream') => {
  const surroundings = { randomSeed: () => 1, canPin: false, canPilot: true };
  return await buildPlan([scenario], { seed: '7', ...flags }, surroundings);
};

const refusalOf = async (flags: RunFlags, scenario?: string) =>
  await plan(flags, scenario).then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof BenchError)) throw error;
      return `${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`;
    },
  );

it('audio comes as fast as it is spoken, at loads that a pilot finds', async () => {
  const { plan: planned, needsPilot } = await plan({ payload: 'audio', preset: 'standard' });
  expect(planned.workload).toMatchObject({ tokensPerSecond: 50, tokensPerStream: 150 });
  expect(planned.backpressureBytes).toBe(MIB);
  expect(needsPilot).toBe(true);
});

it.each([
  ['blob-16k', { tokensPerSecond: 20, tokensPerStream: 60 }, 50, MIB],
  ['blob-1m', { tokensPerSecond: 4, tokensPerStream: 12 }, 20, 8 * messageBytes('blob-1m')],
] as const)(
  '%s has a load of its own, and a cap that lets messages of its size wait',
  async (payload, workload, connections, backpressureBytes) => {
    const { plan: planned, needsPilot } = await plan({ payload });
    expect(planned).toMatchObject({
      workload,
      loadPoints: [{ connections }],
      backpressureBytes,
    });
    expect(needsPilot).toBe(false);
    expect(repeatCommand(planned, {})).not.toContain('--backpressure');
  },
);

it('flags win over what the payload sets, and a named workload does', async () => {
  const { plan: planned } = await plan({
    payload: 'blob-1m',
    rate: '2',
    tokens: '5',
    connections: '3',
    backpressure: '16MiB',
  });
  expect(planned).toMatchObject({
    workload: { tokensPerSecond: 2, tokensPerStream: 5 },
    loadPoints: [{ connections: 3 }],
    backpressureBytes: 16 * MIB,
  });
  expect(repeatCommand(planned, {})).toContain(`--backpressure ${16 * MIB}B`);
  const named = await plan({ payload: 'audio', workload: 'chat', connections: '3' });
  expect(named.plan.workload).toMatchObject({ tokensPerSecond: 45, tokensPerStream: 400 });
});

describe('what cannot be measured is refused, with the flags that can be', () => {
  it.each<[RunFlags, string, string]>([
    [
      { payload: 'blob-1m', backpressure: '1MiB' },
      'stream',
      `--backpressure 1MiB: expected at least ${2 * messageBytes('blob-1m')}B: messages of this run have up to ${messageBytes('blob-1m')} bytes`,
    ],
    [
      { payload: 'blob-16k', loads: '10%' },
      'stream',
      '--loads 10%: expected --connections with --payload blob-16k',
    ],
    [
      { payload: 'blob-1m', connections: '200' },
      'stream',
      '--payload blob-1m: this load is 1067 MiB a second in base64; at most 238 MiB are measured with one server process; lower --connections or --rate: together by a factor of 4.5',
    ],
    [{ payload: 'blob-1m' }, 'matrix', 'lower --connections or --rate'],
    [{ payload: 'blob-1m' }, 'reconnect', 'lower --connections or --rate'],
    [
      { payload: 'audio', client: 'browser' },
      'stream',
      '--payload audio: expected a payload of text with --client browser',
    ],
  ])('%j in %s', async (flags, scenario, message) => {
    expect(await refusalOf(flags, scenario)).toContain(message);
  });
});

it('every receiver takes the largest message of every payload', () => {
  for (const payload of payloadNames)
    expect(messageBytes(payload)).toBeLessThan(MAX_MESSAGE_BYTES - 1024);
});
