import { expect, it } from 'vitest';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { countAddresses, loopbackAddresses } from './ports.ts';

const surroundings = { randomSeed: () => 1, canPin: false };

/**
 * Streams of 200 ms + 150/0.2 s, over 30 s: each connection is made 1.5 + 30/750.2 times in all.
 */
const slow: RunFlags = { seed: '7', rate: '0.2', duration: '5s', warmup: '25s' };

async function plan(flags: RunFlags, scenario = 'stream'): Promise<Plan> {
  return (await buildPlan([scenario], flags, surroundings)).plan;
}

/** Half of them: 14,116. A quarter: 7058. */
const ports = { localPorts: 28_232, reusesPorts: true };

it('one address serves until half of the ports are held towards a server, counting those of the last 2 s', async () => {
  // 12,800 · (1.1 + 2/750.2) = 14,114; two more connections hold 14,117.
  expect(countAddresses(await plan({ ...slow, connections: '12800' }), ports)).toBeUndefined();
  // 12,802 · (1.5 + 30/750.2) = 19,715, a quarter of the range for each address
  expect(countAddresses(await plan({ ...slow, connections: '12802' }), ports)).toBe(3);
});

it('where ports are not given out again, or nobody can tell, every connection of the trial counts', async () => {
  // 10,000 · (1.5 + 30/750.2) = 15,400
  const many = await plan({ ...slow, connections: '10000' });
  expect(countAddresses(many, ports)).toBeUndefined();
  expect(countAddresses(many, { ...ports, reusesPorts: false })).toBe(3);
  expect(countAddresses(many, { localPorts: 28_232 })).toBe(3);
});

it.each<[RunFlags, number | undefined]>([
  // 77,000 in all
  [{}, 11],
  [{ clientProcesses: '3' }, 4],
  [{ clientProcesses: '3', serverProcesses: '3' }, 4],
  // 12,500 towards each server hold 13,784.
  [{ clientProcesses: '4', serverProcesses: '4' }, undefined],
])('50,000 connections with %j need %j addresses a load process', async (flags, addresses) => {
  expect(countAddresses(await plan({ ...slow, ...flags, connections: '50000' }), ports)).toBe(
    addresses,
  );
});

it('connections of a storm are made once, whatever the streams that follow one another elsewhere', async () => {
  // A storm of 12,000 holds 13,200; 100 slots make 100 · (1.5 + 2.3/0.2) connections.
  expect(countAddresses(await plan({ connections: '12000' }, 'connect'), ports)).toBeUndefined();
  // 14,300 held; 1.5 · 13,000 in all
  expect(countAddresses(await plan({ connections: '13000' }, 'connect'), ports)).toBe(3);
});

it('an unknown number of ports is no reason for more addresses, and neither are connections that something breaks', async () => {
  expect(
    countAddresses(await plan({ ...slow, connections: '50000' }), { localPorts: undefined }),
  ).toBeUndefined();
  expect(countAddresses(await plan({ connections: '28000' }, 'reconnect'), ports)).toBeUndefined();
});

it('the plan holds the number, so that trials of one run cannot differ in it', async () => {
  const many = await buildPlan(
    ['stream'],
    { ...slow, connections: '50000' },
    { ...surroundings, ports },
  );
  const few = await buildPlan(
    ['stream'],
    { ...slow, connections: '100' },
    { ...surroundings, ports },
  );
  expect(many.plan.clientAddresses).toBe(11);
  expect(few.plan).not.toHaveProperty('clientAddresses');
});

it('addresses differ between processes, and between the turns of 253 trials', () => {
  const addresses = new Set<string>();
  for (let turn = 40_000; turn < 40_254; turn++) {
    for (let process = 0; process < 64; process++)
      for (const address of loopbackAddresses(turn, { process, count: 3 })) addresses.add(address);
  }
  expect(addresses.size).toBe(254 * 64 * 3);
  expect(addresses.has('127.0.0.1')).toBe(false);
  expect(loopbackAddresses(40_254, { process: 3, count: 2 })).toEqual(
    loopbackAddresses(40_000, { process: 3, count: 2 }),
  );
  expect(loopbackAddresses(0, { process: 3, count: 2 })).toEqual(['127.1.3.1', '127.1.3.2']);
});
