import { describe, expect, it } from 'vitest';
import type { RunFlags } from '../flags/run-flags.ts';
import { whyTooSmall } from './agents.ts';
import { buildPlan } from './build-plan.ts';

const nats = 'nats://127.0.0.1:4222';

async function planOf(flags: RunFlags) {
  const given = { preset: 'smoke', seed: '1', nats, ...flags };
  return (await buildPlan(['stream'], given, { randomSeed: () => 1, canPin: true })).plan;
}

it('one load process and one server for each agent, unless more are asked for', async () => {
  const plan = await planOf({ loadAgents: '4', serverAgents: '2', agentLabels: 'zone=a,size=big' });
  expect(plan).toMatchObject({
    agents: { load: 4, server: 2, labels: { zone: 'a', size: 'big' } },
    clientProcesses: 4,
    serverProcesses: 2,
    pin: false,
  });
  expect(await planOf({ loadAgents: '2', clientProcesses: '4' })).toMatchObject({
    agents: { load: 2, server: 1 },
    clientProcesses: 4,
  });
});

it('each server has an equal share of the load processes', async () => {
  await expect(planOf({ loadAgents: '3', serverAgents: '2' })).rejects.toThrow(
    '--server-processes 2',
  );
});

it.each([
  [{ transports: 'sse+tls' }, 'agents do not run sse+tls: TLS'],
  [{ source: 'upstream' }, 'agents do not run an upstream'],
  [{ path: 'relay' }, 'the network between them is the path'],
])('%j is refused by name', async (flags, words) => {
  await expect(planOf(flags)).rejects.toThrow(words);
});

describe('an agent with', () => {
  const room = { openFiles: 20_000, localPorts: 28_000, reusesPorts: true, canPin: true };

  it('room for its share is none too small', async () => {
    const plan = await planOf({ connections: '4000', loadAgents: '4' });
    expect(whyTooSmall(plan, room, 'load')).toBeUndefined();
    expect(whyTooSmall(plan, room, 'server')).toBeUndefined();
  });

  it('too few descriptors for its share is told the fix', async () => {
    const plan = await planOf({ connections: '4000', loadAgents: '4' });
    const small = { ...room, openFiles: 1024 };
    // 1,000 streams, a tenth of which overlap, and what Node itself opens.
    expect(whyTooSmall(plan, small, 'load')).toBe(
      'may open 1024 files in a process, and its share needs 1200: raise it with ulimit -n 1200, or take more agents',
    );
    expect(whyTooSmall(plan, { ...room, openFiles: 1200 }, 'load')).toBeUndefined();
    expect(whyTooSmall(plan, { ...room, openFiles: 1200 }, 'server')).toContain('needs 4500');
  });

  it('too few ports is told the fix; a server needs none', async () => {
    const plan = await planOf({ connections: '4000', loadAgents: '2' });
    const small = { ...room, localPorts: 2000 };
    expect(whyTooSmall(plan, small, 'load')).toContain('has 2000 local ports, and its share needs');
    expect(whyTooSmall(plan, small, 'server')).toBeUndefined();
  });

  it('no taskset cannot pin', async () => {
    const plan = await planOf({ pin: true });
    expect(whyTooSmall(plan, { ...room, canPin: false }, 'load')).toContain('--no-pin');
  });
});
