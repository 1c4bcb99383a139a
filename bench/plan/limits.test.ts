import { expect, it } from 'vitest';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { checkLimits, type MachineLimits } from './limits.ts';

/** A machine with Debian's defaults, and a limit of descriptors common in containers. */
const machine: MachineLimits = { openFiles: 20_000, localPorts: 28_232, reusesPorts: true };

const slow = { rate: '0.2', duration: '5s', warmup: '25s' };

async function refusal(flags: RunFlags, limits: MachineLimits, scenario = 'stream') {
  const { plan } = await buildPlan(
    [scenario],
    { seed: '7', ...flags },
    { randomSeed: () => 1, canPin: false },
  );
  try {
    checkLimits(plan, limits);
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return { code, message, hint };
  }
  return undefined;
}

it.each<[string, RunFlags, Partial<MachineLimits>]>([
  [
    '50,000 streams on three servers',
    { ...slow, connections: '50000', clientProcesses: '3', serverProcesses: '3' },
    {},
  ],
  ['50,000 streams on one server', { ...slow, connections: '50000' }, { openFiles: 60_000 }],
  [
    '10,000 streams over 206 addresses of few ports',
    { ...slow, connections: '10000' },
    { localPorts: 300 },
  ],
  ['17,000 streams', { ...slow, connections: '17000' }, {}],
  [
    'unknown limits',
    { ...slow, connections: '500000' },
    { openFiles: undefined, localPorts: undefined },
  ],
])('%s are carried', async (_what, flags, limits) => {
  expect(await refusal(flags, { ...machine, ...limits })).toBeUndefined();
});

it.each<[string, RunFlags, Partial<MachineLimits>, string, string]>([
  [
    'descriptors of one server',
    { ...slow, connections: '50000' },
    {},
    '--connections 50000 needs 55100 open files in one process; the limit is 20000',
    'share them: --client-processes 3 --server-processes 3; raise it: ulimit -n 55100; or ask for at most 18090 connections',
  ],
  [
    'descriptors of each of two servers, with four load processes already',
    { ...slow, connections: '50000', clientProcesses: '4', serverProcesses: '2' },
    {},
    '--connections 50000 needs 27600 open files in one process; the limit is 20000',
    'share them: --client-processes 6 --server-processes 3; raise it: ulimit -n 27600; or ask for at most 36180 connections',
  ],
  [
    'descriptors of more processes than there may be',
    { ...slow, connections: '100000' },
    { openFiles: 1024 },
    '--connections 100000 needs 110100 open files in one process; the limit is 1024',
    'raise it: ulimit -n 110100; or ask for at most 840 connections',
  ],
  [
    'ports of all addresses',
    { ...slow, connections: '50000' },
    { openFiles: 60_000, localPorts: 1000 },
    '--connections 50000 makes about 77000 connections in a trial, but there are only 1000 local ports, and 254 addresses of a load process are too few for them',
    'widen net.ipv4.ip_local_port_range; ask for fewer connections; or for longer streams with --tokens',
  ],
  [
    'stamps',
    { connections: '10000', rate: '10000', duration: '10s', warmup: '2s' },
    { localPorts: undefined },
    'this load is 1200 million tokens a trial; at most 50 million can be stamped',
    'lower --connections, --rate or --duration: together by a factor of 24',
  ],
  [
    'stamps in every process',
    {
      connections: '10000',
      rate: '310',
      duration: '10s',
      warmup: '2s',
      clientProcesses: '3',
      serverProcesses: '3',
    },
    { localPorts: undefined },
    'this load is 37 million tokens a trial; at most 30 million can be stamped',
    'lower --connections, --rate or --duration: together by a factor of 1.3',
  ],
])(
  '%s are too few, and the message says what to do',
  async (_what, flags, limits, message, hint) => {
    expect(await refusal(flags, { ...machine, ...limits })).toEqual({
      code: 'LIMIT',
      message,
      hint,
    });
  },
);

it('where one server is broken on purpose nobody is told to share the work', async () => {
  const refused = await refusal({ connections: '19000', faults: 'kill' }, machine, 'reconnect');
  expect(refused).toEqual({
    code: 'LIMIT',
    message: '--connections 19000 needs 21000 open files in one process; the limit is 20000',
    hint: 'raise it: ulimit -n 21000; or ask for at most 18090 connections',
  });
});

it('what breaks and comes back has one address for all its attempts', async () => {
  expect(await refusal({ connections: '8000', faults: 'kill' }, machine, 'reconnect')).toEqual({
    code: 'LIMIT',
    message:
      '--connections 8000 makes about 32000 connections in a trial, but there are only 28232 local ports',
    hint: 'widen net.ipv4.ip_local_port_range; or ask for fewer connections',
  });
});

it('what the remedy for descriptors says is enough', async () => {
  const flags = { ...slow, connections: '50000' };
  expect(
    await refusal({ ...flags, clientProcesses: '3', serverProcesses: '3' }, machine),
  ).toBeUndefined();
  expect(
    (await refusal({ ...flags, clientProcesses: '2', serverProcesses: '2' }, machine))?.message,
  ).toContain('open files');
  expect(await refusal(flags, { ...machine, openFiles: 55_100 })).toBeUndefined();
  expect((await refusal(flags, { ...machine, openFiles: 55_099 }))?.message).toContain(
    'open files',
  );
  expect(await refusal({ ...flags, connections: '18090' }, machine)).toBeUndefined();
  expect((await refusal({ ...flags, connections: '18092' }, machine))?.message).toContain(
    'open files',
  );
});
