import { expect, it } from 'vitest';
import { armName } from '../contract/arms/arms.ts';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';
import { shareFlags } from '../flags/suite.ts';

async function plan(flags: RunFlags = {}, scenario = 'browser-limits'): Promise<Plan> {
  return (
    await buildPlan([scenario], { seed: '7', ...flags }, { randomSeed: () => 1, canPin: false })
  ).plan;
}

it('by default a browser asks each twin for more streams than it opens, each longer than any trial', async () => {
  const { arms, loadPoints, workload, blocks, browserLimits } = await plan();
  expect(arms.map(armName)).toEqual([
    'sse/browser',
    'sse-h2+tls/browser',
    'sse-h2:1000+tls/browser',
    'ws/browser',
  ]);
  expect(loadPoints).toEqual([{ connections: 300, span: 'browser', isOfStreams: true }]);
  expect(workload.tokensPerStream / workload.tokensPerSecond).toBe(600);
  expect(blocks).toBe(1);
  expect(browserLimits?.mostEventSources).toBe(10);
});

it('arms need not say that they are the browser’s', async () => {
  expect((await plan({ transports: 'ws' })).arms.map(armName)).toEqual(['ws/browser']);
});

it('the command that repeats it has no flag that the scenario refuses', async () => {
  const command = repeatCommand(await plan({ browser: '/opt/chromium' }), {});
  expect(command).toBe(
    'streamduel run browser-limits --preset quick --transports sse,sse-h2+tls,sse-h2:1000+tls,ws --client browser --connections 300 --workload steady --payload lean' +
      ' --blocks 1 --no-pin --browser /opt/chromium --seed 7',
  );
});

it.each([
  [{ rate: '5' }, '--rate 5: scenario browser-limits does not take it: it sets this itself'],
  [{ tokens: '5' }, '--tokens 5: scenario browser-limits does not take it: it sets this itself'],
  [{ warmup: '1s' }, '--warmup 1s: scenario browser-limits does not take it: it sets this itself'],
  [
    { duration: '1s' },
    '--duration 1s: scenario browser-limits does not take it: it sets this itself',
  ],
  [{ connections: '1' }, '--connections 1: expected a whole number from 2'],
  [
    { client: 'library' },
    '--client library: expected browser in scenario browser-limits: sse/library is not received by a page',
  ],
  [{ transports: 'sse/probe' }, '--client probe: expected browser in scenario browser-limits'],
  [{ transports: 'sse,tcp' }, '--client browser: expected a stack that speaks tcp'],
  [{ aa: true }, '--aa: scenario browser-limits does not take it: nothing of it is a sample'],
  [{ pilot: true }, '--pilot: scenario browser-limits does not take it: nothing of it is a sample'],
  [
    { precision: '5%' },
    '--precision 5%: scenario browser-limits does not take it: nothing of it is a sample',
  ],
] as const)('%j is refused by name', async (flags, message) => {
  await expect(plan(flags)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(message) as string,
  });
});

it('a browser without an arm that it receives is refused', async () => {
  await expect(plan({ browser: '/opt/chromium' }, 'stream')).rejects.toThrow(
    '--browser /opt/chromium: expected an arm that is received by one',
  );
});

it('in a suite the client of other scenarios is not the browser’s', () => {
  expect(
    shareFlags(['stream', 'browser-limits'], { client: 'library', browser: '/opt/chromium' }),
  ).toEqual([{ client: 'library', browser: '/opt/chromium' }, { browser: '/opt/chromium' }]);
});
