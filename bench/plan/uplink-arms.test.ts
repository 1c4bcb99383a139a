// Arms that say how their client sends, in the one scenario in which it does, and nowhere else.

import { describe, expect, it } from 'vitest';
import { armName, armTitle } from '../contract/arms/arms.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';

const plan = async (scenario: string, flags: RunFlags = {}) =>
  (await buildPlan([scenario], flags, { randomSeed: () => 1, canPin: false })).plan;

describe('arms with an uplink', () => {
  it('are the usual ones of voice, each with a name and a title of its own', async () => {
    const { arms } = await plan('voice');
    expect(arms.map(armName)).toEqual(['ws-binary', 'ws', 'sse+posts', 'sse+upload']);
    expect(arms.map(armTitle)).toEqual([
      'WebSocket, binary',
      'WebSocket',
      'SSE (a POST a frame up)',
      'SSE (one POST up)',
    ]);
  });

  it('are all that can send where all are asked for', async () => {
    const { arms } = await plan('voice', { transports: 'all' });
    expect(arms.map(armName)).toEqual(['sse+posts', 'sse+upload', 'ws', 'ws-binary']);
  });

  it.each([
    ['sse', 'sse+posts or sse+upload'],
    ['sse+at-once', 'sse+posts or sse+upload'],
    ['sse+posts+upload', 'sse+posts or sse+upload'],
    ['ws+posts', 'expected ws, and +tls'],
    ['ws+corked', 'expected ws, and +tls'],
    ['tcp', 'leads to the client only'],
    ['sse-h2:6', 'leads to the client only'],
    ['ws/library', 'leads to the client only'],
  ])('%s is refused in voice', async (transports, words) => {
    await expect(plan('voice', { transports })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(words) as string,
    });
  });

  it.each(['stream', 'head-of-line'])('scenario %s refuses one', async (scenario) => {
    await expect(plan(scenario, { transports: 'sse+posts,ws' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('sse or sse+at-once') as string,
    });
  });

  it('take TLS at the end', async () => {
    const { arms } = await plan('voice', { transports: 'sse+upload+tls,ws-binary+tls' });
    expect(arms.map(armName)).toEqual(['sse+upload+tls', 'ws-binary+tls']);
  });

  it('refuse more sessions than a trial can tell of', async () => {
    await expect(plan('voice', { connections: '3000', duration: '5s' })).rejects.toMatchObject({
      code: 'USAGE',
      message:
        '--connections 3000: expected at most 2000 in scenario voice for a window of 5 s: every frame is counted by itself',
    });
  });
});
