import { expect, it } from 'vitest';
import { armName } from '../contract/arms/arms.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';
import type { ProxyName } from '../contract/arms/proxies/proxies.ts';
import { scenarioNames, scenarios } from '../scenarios/registry.ts';

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

it('an arm may have a path of its own, in place of that of the others', async () => {
  const { arms } = await plan({ path: 'relay', transports: 'sse,ws@nginx-fixed,tcp@direct' });
  expect(arms.map(armName)).toEqual(['sse@relay', 'ws@nginx-fixed', 'tcp']);
  const written = await plan({ transports: 'sse,sse/library@nginx,ws@haproxy-fixed' });
  expect(written.arms.map(armName)).toEqual(['sse', 'sse/library@nginx', 'ws@haproxy-fixed']);
});

it('the printed command names the paths of arms that differ in it', async () => {
  const transports = 'sse,sse@nginx,ws@nginx-fixed';
  const command = repeatCommand(await plan({ transports }), {});
  expect(command).toContain(`--transports ${transports} `);
  expect(command).not.toContain('--path');
});

it('usual arms that cannot pass a proxy are left out, and of all arms each is named', async () => {
  const usual = await plan({ path: 'caddy', preset: 'standard', connections: '10' });
  expect(usual.arms.map(armName)).toEqual(['sse@caddy', 'ws@caddy']);
  const { leftOut } = await buildPlan(
    ['stream'],
    { seed: '7', path: 'caddy', transports: 'all' },
    { randomSeed: () => 1, canPin: false, ports },
  );
  expect(leftOut).toContainEqual({
    transport: 'sse-h2',
    why: 'is not plain HTTP/1.1, which is all that Caddy passes on here',
  });
});

it('the arms of a scenario that compares paths go over each proxy of the machine in both forms', async () => {
  const scenario = scenarioNames.find((name) => scenarios[name].comparesPaths === true) ?? '';
  const here = async (names: readonly ProxyName[]) =>
    await buildPlan(
      [scenario],
      { seed: '7' },
      { randomSeed: () => 1, canPin: false, ports, proxiesHere: () => names },
    );
  const { arms } = (await here(['caddy'])).plan;
  expect(arms.map(armName)).toEqual([
    'sse',
    'ws',
    'sse@caddy',
    'ws@caddy',
    'sse@caddy-fixed',
    'ws@caddy-fixed',
  ]);
  // The way out of a network: TLS makes a difference there, and is held against TLS over loopback.
  const out = (await here(['squid', 'squid-forward'])).plan;
  expect(out.arms.map(armName)).toEqual([
    'sse',
    'ws',
    'sse+tls',
    'ws+tls',
    ...['squid', 'squid-fixed'].flatMap((path) =>
      ['sse', 'ws', 'sse+tls', 'ws+tls'].map((written) => `${written}@${path}`),
    ),
    'ws@squid-forward',
    'ws@squid-forward-fixed',
  ]);
  await expect(here([])).rejects.toMatchObject({
    code: 'MISSING_PROGRAM',
    hint: 'get some: streamduel lab install',
  });
});

it.each<[string, RunFlags, string]>([
  ['stream', { path: 'veth' }, '--path veth: there is no path "veth"'],
  ['burst', { path: 'netns' }, '--path netns: scenario burst does not take it'],
  ['reconnect', { path: 'relay' }, '--path relay: scenario reconnect does not take it'],
  [
    'reconnect',
    { transports: 'sse@relay' },
    '--transports sse@relay: scenario reconnect takes no path',
  ],
  ['stream', { transports: 'sse@nginks' }, 'there is no path "nginks"'],
  ['stream', { transports: 'sse@relay@relay' }, 'expected one path at the end of an arm'],
  [
    'stream',
    { transports: 'sse,tcp@caddy' },
    '--transports tcp@caddy: expected an arm that passes caddy: this one is not plain HTTP/1.1, which is all that Caddy passes on here',
  ],
  ['stream', { transports: 'sse@caddy', tls: true }, 'which is all that Caddy passes on here'],
  [
    'stream',
    { transports: 'sse,tcp@squid' },
    'expected an arm that passes squid: this one has neither HTTP/1.1 nor TLS, which is all that Squid passes on',
  ],
  [
    'stream',
    { transports: 'ws/library@squid-fixed' },
    'this one is received by a client that cannot be told of a proxy',
  ],
  [
    'stream',
    { path: 'caddy', serverProcesses: '2', clientProcesses: '2' },
    '--path caddy: expected direct with --server-processes 2: Caddy leads to one server',
  ],
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
