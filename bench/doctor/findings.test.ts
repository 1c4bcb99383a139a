import { describe, expect, it } from 'vitest';
import { canRunQuick, judgeMachine, type Finding, type Readings } from './findings.ts';
import { renderFindings } from './render-findings.ts';

const able: Readings = {
  environment: {
    node: 'v24.21.0',
    v8: '13.6',
    os: 'Linux 6.18 x64',
    cpuModel: 'a CPU',
    cpus: 8,
    memoryBytes: 16 * 2 ** 30,
    settings: { clocksource: 'tsc', 'cpu governor': 'performance' },
    packages: {},
    tools: {
      ss: 'ss utility, iproute2-6.1.0',
      taskset: 'taskset from util-linux 2.38',
      browser: 'Chromium 140.0.7339.0',
    },
  },
  leastNode: 24,
  limits: { openFiles: 1_048_576, localPorts: 28_232, reusesPorts: true },
  stolenShare: 0,
  othersShare: 0.012,
  clock: { resolutionNs: 18, costNs: 41.5 },
  availableBytes: 12 * 2 ** 30,
  browser: { path: '/usr/bin/chromium' },
  isRoot: true,
  capabilities: { netRaw: true, netAdmin: true },
  namespaces: undefined,
  packetRules: undefined,
  capture: undefined,
  hasPythonWebsockets: true,
  hasCompiler: true,
  proxies: [
    { name: 'nginx', version: '1.29.8', command: 'streamduel lab install' },
    { name: 'haproxy', version: '2.8.1', command: 'streamduel lab install' },
  ],
  quick: undefined,
};

const poor: Readings = {
  ...able,
  environment: {
    ...able.environment,
    node: 'v22.1.0',
    cpus: 1,
    virtualised: 'hypervisor flag set',
    settings: { clocksource: 'hpet', 'cpu governor': 'powersave' },
    tools: {},
  },
  limits: { openFiles: 1024, localPorts: 1000, reusesPorts: false },
  stolenShare: 0.031,
  othersShare: 0.4,
  clock: { resolutionNs: 70, costNs: 1450 },
  availableBytes: 200 * 2 ** 20,
  browser: { why: 'no Chromium on this machine', fix: 'apt-get install chromium' },
  isRoot: false,
  capabilities: { netRaw: false, netAdmin: false },
  namespaces: { why: 'the program ip is not installed', remedy: 'apt-get install iproute2' },
  packetRules: { why: 'the program ip is not installed', remedy: 'apt-get install iproute2' },
  capture: {
    reason: 'not-installed',
    message: 'tcpdump is not installed',
    remedy: 'apt-get install tcpdump',
  },
  hasPythonWebsockets: false,
  hasCompiler: false,
  proxies: [
    { name: 'nginx', version: '1.29.8', command: 'streamduel lab install' },
    { name: 'haproxy', version: undefined, command: 'streamduel lab install' },
    { name: 'apache', version: undefined, command: 'apt-get install apache2-bin' },
  ],
  quick: {
    why: '--connections 1000 needs 1200 open files in one process; the limit is 1024',
    fix: 'raise it: ulimit -n 1200',
  },
};

const find = (readings: Readings, name: string): Finding => {
  const found = judgeMachine(readings).find((finding) => finding.name === name);
  if (found === undefined) throw new Error(`no finding ${name}`);
  return found;
};

it('a machine that has everything is able, without a fix to name', () => {
  const findings = judgeMachine(able);
  expect(findings.filter(({ state, fix }) => state !== 'ok' || fix !== undefined)).toEqual([]);
  expect(canRunQuick(findings)).toBe(true);
});

it('what lacks has a fix', () => {
  const findings = judgeMachine(poor);
  expect(findings.filter(({ state }) => state === 'ok')).toEqual([]);
  expect(findings.filter(({ fix }) => fix === undefined)).toEqual([]);
  expect(canRunQuick(findings)).toBe(false);
});

describe('the quick preset', () => {
  it('can run without a browser, privileges and tools', () => {
    expect(
      canRunQuick(
        judgeMachine({
          ...poor,
          environment: { ...poor.environment, node: 'v24.0.0' },
          quick: undefined,
        }),
      ),
    ).toBe(true);
  });

  it('cannot run where its plan is refused, or on an old Node', () => {
    expect(canRunQuick(judgeMachine({ ...able, quick: poor.quick }))).toBe(false);
    expect(canRunQuick(judgeMachine({ ...able, leastNode: 26 }))).toBe(false);
  });
});

it.each<[string, Partial<Readings>, string]>([
  ['stolen time', { stolenShare: 0.02 }, 'ok'],
  ['stolen time', { stolenShare: 0.021 }, 'limited'],
  ['stolen time', { stolenShare: undefined }, 'limited'],
  ['other programs', { othersShare: 0.051 }, 'limited'],
  ['open files', { limits: { ...able.limits, openFiles: 12_000 } }, 'ok'],
  ['open files', { limits: { ...able.limits, openFiles: undefined } }, 'ok'],
  ['local ports', { limits: { ...able.limits, reusesPorts: undefined } }, 'limited'],
  ['clock', { clock: { resolutionNs: 1, costNs: 1001 } }, 'limited'],
  ['CPUs', { environment: { ...able.environment, tools: {} } }, 'limited'],
  ['privileges', { isRoot: false, capabilities: { netRaw: true, netAdmin: false } }, 'limited'],
  ['privileges', { capabilities: undefined }, 'ok'],
  ['frequency governor', { environment: { ...able.environment, settings: {} } }, 'ok'],
])('%s is judged by %j: %s', (name, readings, state) => {
  expect(find({ ...able, ...readings }, name).state).toBe(state);
});

it.each([
  ['able', able],
  ['poor', poor],
] as const)(
  'the table of a machine that is %s reads as it was approved, in 100 columns',
  async (name, readings) => {
    const table = renderFindings(judgeMachine(readings), (_, text) => text);
    expect(table.split('\n').filter((line) => line.length > 100)).toEqual([]);
    await expect(table).toMatchFileSnapshot(`golden/${name}.txt`);
  },
);
