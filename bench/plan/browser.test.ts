import { describe, expect, it } from 'vitest';
import { armName } from '../contract/arms/arms.ts';
import type { Plan } from '../contract/run-file.ts';
import { NS_PER_S } from '../contract/units.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';

async function plan(flags: RunFlags = {}, scenario = 'stream'): Promise<Plan> {
  return (
    await buildPlan([scenario], { seed: '7', ...flags }, { randomSeed: () => 1, canPin: false })
  ).plan;
}

it('--client browser compares EventSource, fetch and WebSocket, with as few streams as a page has room for', async () => {
  const { arms, loadPoints, windowNs, workload } = await plan({ client: 'browser' });
  expect(arms.map(armName)).toEqual(['sse/browser', 'sse/browser-fetch', 'ws/browser']);
  expect(loadPoints).toEqual([{ connections: 4 }]);
  expect(windowNs).toBe(5 * NS_PER_S);
  expect(workload).toMatchObject({ name: 'steady', tokensPerSecond: 50, tokensPerStream: 40 });
});

it('arms can be named one by one, and a workload that was asked for is left as it is', async () => {
  const flags = {
    transports: 'sse,sse/browser-fetch,ws',
    client: 'browser',
    workload: 'chat',
    connections: '6',
    duration: '2s',
  };
  const { arms, loadPoints, windowNs, workload } = await plan(flags);
  expect(arms.map(armName)).toEqual(['sse/browser', 'sse/browser-fetch', 'ws/browser']);
  expect([loadPoints, windowNs]).toEqual([[{ connections: 6 }], 2 * NS_PER_S]);
  expect(workload).toMatchObject({ name: 'chat', tokensPerSecond: 45, tokensPerStream: 400 });
});

it('the command that repeats a run plans the same', async () => {
  const first = await plan({ client: 'browser', browser: '/usr/bin/some-chromium' });
  const command = repeatCommand(first, {});
  expect(command).toContain(
    '--transports sse/browser,sse/browser-fetch,ws/browser --connections 4',
  );
  expect(command).toContain('--workload steady --rate 50 --tokens 40');
  expect(command).toContain('--browser /usr/bin/some-chromium');
  const again = await plan({
    transports: 'sse/browser,sse/browser-fetch,ws/browser',
    connections: '4',
    workload: 'steady',
    rate: '50',
    tokens: '40',
    warmup: '800ms',
    duration: '5000ms',
    browser: '/usr/bin/some-chromium',
  });
  expect(again).toEqual(first);
});

const planOver = async (transports: string, connections: string): Promise<Plan> =>
  await plan({ client: 'browser', transports, connections });

describe('what a browser cannot carry is refused before anything starts', () => {
  it.each<[RunFlags, string]>([
    [
      { client: 'browser', connections: '7' },
      '--connections 7: Chromium opens at most 6 HTTP/1.1 connections to one server, shared by EventSource and fetch, and sse/browser needs one for each stream',
    ],
    [
      { transports: 'sse/browser-fetch,ws/library', connections: '4,200' },
      '--connections 200: Chromium opens at most 6 HTTP/1.1 connections to one server, shared by EventSource and fetch, and sse/browser-fetch needs one for each stream',
    ],
    [
      { client: 'browser', transports: 'ws', connections: '256' },
      '--connections 256: Chromium opens at most 255 WebSockets, and ws/browser needs one for each stream',
    ],
  ])('%j', async (flags, message) => {
    await expect(plan(flags)).rejects.toMatchObject({
      code: 'LIMIT',
      message,
      hint: expect.stringContaining("this limit is the browser's, not the machine's") as string,
    });
  });

  it('over HTTP/2 there are as many as the server allows, and no more than Chromium opens', async () => {
    expect((await planOver('sse-h2', '100')).loadPoints).toEqual([
      { connections: 100, isOfStreams: true },
    ]);
    expect((await planOver('sse-h2:1000', '256')).arms[0]?.streamsPerConnection).toBe(1000);
    for (const [transports, connections, most] of [
      ['sse-h2', '101', 100],
      ['sse-h2:1000', '257', 256],
      ['sse-h2:20', '21', 20],
    ] as const)
      await expect(planOver(transports, connections)).rejects.toThrow(
        `--connections ${connections}: Chromium opens at most ${most} streams to one server over HTTP/2, shared by EventSource and fetch, and ${transports}+tls/browser needs one for each stream`,
      );
  });

  it('255 WebSockets and 6 event streams are as many as there may be', async () => {
    expect(
      (await plan({ client: 'browser', transports: 'ws', connections: '255' })).loadPoints,
    ).toEqual([{ connections: 255 }]);
    expect((await plan({ client: 'browser', connections: '6' })).loadPoints).toEqual([
      { connections: 6 },
    ]);
  });
});

it.each<[RunFlags, string, string]>([
  [
    { client: 'browser-fetch' },
    'stream',
    '--client browser-fetch: expected a stack that speaks ws; for one arm: --transports sse/browser-fetch,ws/browser',
  ],
  [
    { client: 'browser', transports: 'sse,tcp' },
    'stream',
    '--client browser: expected a stack that speaks tcp',
  ],
  [{ client: 'browser' }, 'burst', '--client browser: expected probe or library in scenario burst'],
  [
    { client: 'browser' },
    'reconnect',
    '--client browser: expected probe, library, eventsource or undici-eventsource in scenario reconnect: sse/browser is received by a page',
  ],
  [
    { client: 'browser', clientProcesses: '2' },
    'stream',
    '--client-processes 2: expected 1 with --client browser',
  ],
  [
    { browser: '/usr/bin/chromium' },
    'stream',
    '--browser /usr/bin/chromium: expected an arm that is received by one',
  ],
])('%j in scenario %s is refused by name', async (flags, scenario, message) => {
  await expect(plan(flags, scenario)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(message) as string,
  });
});
