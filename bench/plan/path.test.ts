import { expect, it } from 'vitest';
import { armName } from '../contract/arms/arms.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';

// With so few local ports a load process needs addresses of its own for 2000 connections.
const ports = { localPorts: 1000 };

const plan = async (flags: RunFlags, scenario = 'stream') =>
  (
    await buildPlan(
      [scenario],
      { seed: '7', ...flags },
      { randomSeed: () => 1, canPin: false, ports },
    )
  ).plan;

it('all arms of a run have the path that was asked for, the copy of an A/A pair too', async () => {
  const { arms } = await plan({ path: 'netns', transports: 'sse,ws,tcp', aa: true });
  expect(arms.map(armName)).toEqual(['sse@netns', 'ws@netns', 'tcp@netns', 'sse@netns+copy']);
});

it('loopback is the path of a run that asks for none', async () => {
  expect(await plan({})).toEqual(await plan({ path: 'direct' }));
});

it('the printed command plans the same path', async () => {
  expect(repeatCommand(await plan({ path: 'netns' }), {})).toContain(' --path netns ');
  expect(repeatCommand(await plan({ path: 'relay' }), {})).toContain(' --path relay ');
  expect(repeatCommand(await plan({}), {})).not.toContain('--path');
});

it.each<[string, RunFlags, string]>([
  ['stream', { path: 'veth' }, '--path veth: there is no path "veth"'],
  ['burst', { path: 'netns' }, '--path netns: scenario burst does not take it'],
  ['reconnect', { path: 'relay' }, '--path relay: scenario reconnect does not take it'],
  [
    'stream',
    { path: 'netns', canary: true },
    '--path netns: expected direct with --canary: the canary is in the network of the host',
  ],
  [
    'stream',
    { path: 'netns', client: 'browser', transports: 'sse,ws' },
    '--path netns: expected direct with --client browser: a browser is in the network of the host',
  ],
  [
    'stream',
    { path: 'relay', serverProcesses: '2', clientProcesses: '2' },
    '--path relay: expected direct with --server-processes 2: a relay leads to one server',
  ],
  [
    'stream',
    { path: 'netns', connections: '2000' },
    '--path netns: expected fewer connections: the load processes have one address there, and it has too few local ports',
  ],
])('in %s %j is refused with what to change', async (scenario, flags, message) => {
  await expect(plan(flags, scenario)).rejects.toThrow(message);
});
