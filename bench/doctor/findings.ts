// Judges readings of a machine: what it can measure, what only with limits, what not, and the fix.
// Pure.

import { MIB, NS_PER_US } from '../contract/units.ts';
import { BROWSER_TOOL } from '../trial/environment.ts';
import type { Lack, MachineReadings } from './machine-readings.ts';

/** A machine, and whether a run of the quick preset can be planned on it. */
export interface Readings extends MachineReadings {
  /** Undefined when it can. */
  readonly quick: Lack | undefined;
}

export interface Finding {
  readonly name: string;
  /** `limited`: a measurement is possible, with the consequence that `text` names. */
  readonly state: 'ok' | 'limited' | 'missing';
  /** States the reading, and its consequence for a measurement. */
  readonly text: string;
  /** Undefined where nothing lacks, or nothing can be done. */
  readonly fix?: string | undefined;
}

type Judge = (readings: Readings) => Omit<Finding, 'name'>;

/** Limits of gates N1 and N2: a block beyond them counts as disturbed. */
const MOST_STOLEN = 0.02;
const MOST_OTHERS = 0.05;
/** Server, load process and this one, with stamps of the standard preset. */
const LEAST_BYTES = 1024 * MIB;
const MOST_CLOCK_NS = NS_PER_US;
/** Enough for 10,000 connections and what overlaps. */
const ENOUGH_FILES = 12_000;
const slowSources: ReadonlySet<string> = new Set(['hpet', 'acpi_pm', 'jiffies']);
const savingGovernors: ReadonlySet<string> = new Set([
  'powersave',
  'ondemand',
  'conservative',
  'schedutil',
]);

const judges = {
  'quick preset': ({ quick }) =>
    quick === undefined
      ? { state: 'ok', text: 'can run here' }
      : { state: 'missing', text: quick.why, fix: quick.fix },
  node: ({ environment: { node }, leastNode }) =>
    Number.parseInt(node.slice(1), 10) >= leastNode
      ? { state: 'ok', text: `${node}; needs ${leastNode} or later` }
      : {
          state: 'missing',
          text: `${node}, and ${leastNode} or later is needed`,
          fix: `npm i node@${leastNode}`,
        },
  CPUs: ({ environment: { cpus, tools } }) => {
    if (cpus < 2)
      return {
        state: 'limited',
        text: `${cpus}: server and load process share it, so latencies contain the load process`,
        fix: 'give this machine two CPUs',
      };
    if (tools['taskset'] === undefined)
      return {
        state: 'limited',
        text: `${cpus}, without taskset: the scheduler moves processes, so intervals are wider`,
        fix: 'apt-get install util-linux',
      };
    return { state: 'ok', text: `${cpus}, and taskset binds server and client to one each` };
  },
  'other programs': ({ othersShare }) =>
    judgeShare(othersShare, MOST_OTHERS, {
      what: 'of the CPU time goes to other programs now',
      consequence: 'blocks count as disturbed',
      fix: 'end them; top shows which',
    }),
  'stolen time': ({ stolenShare }) =>
    judgeShare(stolenShare, MOST_STOLEN, {
      what: 'of the CPU time goes to other guests of the host now',
      consequence: 'blocks count as disturbed',
      fix: 'measure at a quieter time, or on a machine with CPUs of its own',
    }),
  virtualisation: ({ environment: { virtualised } }) =>
    virtualised === undefined
      ? { state: 'ok', text: 'none seen' }
      : {
          state: 'limited',
          text: 'a virtual machine: the host may take CPU time at any moment',
          fix: 'measure on hardware what others will quote',
        },
  'frequency governor': ({ environment: { settings } }) => {
    const governor = settings['cpu governor'];
    if (governor === undefined)
      return { state: 'ok', text: 'not readable, as usual in a virtual machine' };
    return savingGovernors.has(governor)
      ? {
          state: 'limited',
          text: `${governor}: the clock rate depends on the load, so CPU times of light loads are too high`,
          fix: 'cpupower frequency-set -g performance',
        }
      : { state: 'ok', text: governor };
  },
  clock: ({ clock: { resolutionNs, costNs }, environment: { settings } }) => {
    const source = settings['clocksource'] ?? 'unknown';
    const text = `${source}: steps of ${Math.round(resolutionNs)} ns, ${Math.round(costNs)} ns a reading`;
    const isSlow = slowSources.has(source);
    if (costNs <= MOST_CLOCK_NS && !isSlow) return { state: 'ok', text };
    const fix = isSlow
      ? 'echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource'
      : undefined;
    return { state: 'limited', text: `${text}: stamping costs CPU time of its own`, fix };
  },
  memory: ({ availableBytes, environment: { memoryBytes } }) => {
    const text = `${gib(availableBytes)} of ${gib(memoryBytes)} free`;
    if (availableBytes >= LEAST_BYTES) return { state: 'ok', text };
    return {
      state: 'limited',
      text: `${text}: stamps of large loads do not fit`,
      fix: `free ${gib(LEAST_BYTES)}`,
    };
  },
  'open files': ({ limits: { openFiles } }) => {
    if (openFiles === undefined) return { state: 'ok', text: 'limit unknown' };
    if (openFiles >= ENOUGH_FILES) return { state: 'ok', text: `${openFiles} a process` };
    return {
      state: 'limited',
      text: `${openFiles} a process: not enough for 10,000 connections`,
      fix: `ulimit -n ${ENOUGH_FILES}`,
    };
  },
  'local ports': ({ limits: { localPorts, reusesPorts } }) => {
    if (localPorts === undefined) return { state: 'ok', text: 'number unknown' };
    if (reusesPorts === true) return { state: 'ok', text: `${localPorts}, reused within 2 s` };
    return {
      state: 'limited',
      text: `${localPorts}, each unusable for a minute after its connection: short streams run out of them`,
      fix: 'sysctl -w net.ipv4.tcp_tw_reuse=2',
    };
  },
  Chromium: ({ browser, environment: { tools } }) =>
    'path' in browser
      ? { state: 'ok', text: `${browser.path}, ${tools[BROWSER_TOOL] ?? 'version unknown'}` }
      : {
          state: 'missing',
          text: `${browser.why}: no --client browser, no browser-limits`,
          fix: browser.fix,
        },
  privileges: ({ isRoot, capabilities }) => {
    const user = isRoot ? 'root' : 'an ordinary user';
    if (capabilities === undefined)
      return { state: 'ok', text: `${user}; capabilities not readable` };
    const lacking = [
      ...(capabilities.netRaw ? [] : ['CAP_NET_RAW']),
      ...(capabilities.netAdmin ? [] : ['CAP_NET_ADMIN']),
    ];
    if (lacking.length === 0)
      return { state: 'ok', text: `${user}, with CAP_NET_RAW and CAP_NET_ADMIN` };
    return {
      state: 'limited',
      text: `${user}, without ${lacking.join(' and ')}: see the next three lines`,
      fix: 'run it with sudo',
    };
  },
  'network namespaces': ({ namespaces }) =>
    namespaces === undefined
      ? { state: 'ok', text: 'can be made: --path netns, fault link-down' }
      : {
          state: 'missing',
          text: `${namespaces.why}: no --path netns, no fault link-down`,
          fix: namespaces.remedy,
        },
  'packet rules': ({ packetRules }) =>
    packetRules === undefined
      ? { state: 'ok', text: 'nft works: faults partition and packet-loss' }
      : {
          state: 'missing',
          text: `${packetRules.why}: no faults partition and packet-loss`,
          fix: packetRules.remedy,
        },
  capture: ({ capture }) =>
    capture === undefined
      ? { state: 'ok', text: 'tcpdump may read loopback: selftest --capture' }
      : {
          state: 'missing',
          text: `${capture.message}: no selftest --capture`,
          fix: capture.remedy,
        },
  proxies: ({ proxies }) => {
    const there = proxies.flatMap(({ name, version }) =>
      version === undefined ? [] : [`${name} ${version}`],
    );
    const lacking = proxies.filter(({ version }) => version === undefined);
    return {
      state: lacking.length === 0 ? 'ok' : there.length === 0 ? 'missing' : 'limited',
      text:
        lacking.length === 0
          ? there.join(', ')
          : `${there.length === 0 ? 'none' : there.join(', ')}: no --path ${lacking.map(({ name }) => name).join(', ')}`,
      fix:
        lacking.length === 0
          ? undefined
          : [...new Set(lacking.map(({ command }) => command))].join('\n'),
    };
  },
  ss: ({ environment: { tools } }) =>
    tools['ss'] === undefined
      ? {
          state: 'missing',
          text: 'not installed: no segments and retransmissions of the kernel',
          fix: 'apt-get install iproute2',
        }
      : { state: 'ok', text: tools['ss'] },
  'python3 websockets': ({ hasPythonWebsockets }) =>
    hasPythonWebsockets
      ? { state: 'ok', text: 'installed, for the tests' }
      : {
          state: 'missing',
          text: 'only one test needs it',
          fix: 'apt-get install python3-websockets',
        },
  'C compiler': ({ hasCompiler }) =>
    hasCompiler
      ? { state: 'ok', text: 'installed, for the tests' }
      : {
          state: 'missing',
          text: 'only npm run bench:self and one test need it',
          fix: 'apt-get install gcc libc6-dev',
        },
} as const satisfies Record<string, Judge>;

/** One finding of each kind, in the order of their weight. */
export function judgeMachine(readings: Readings): readonly Finding[] {
  return Object.entries<Judge>(judges).map(([name, judge]) =>
    Object.assign({ name }, judge(readings)),
  );
}

const needed: readonly string[] = [
  'quick preset',
  'node',
] satisfies readonly (keyof typeof judges)[];

export function canRunQuick(findings: readonly Finding[]): boolean {
  return findings.every(({ name, state }) => state !== 'missing' || !needed.includes(name));
}

interface ShareWords {
  readonly what: string;
  readonly consequence: string;
  readonly fix: string;
}

function judgeShare(
  share: number | undefined,
  most: number,
  { what, consequence, fix }: ShareWords,
): Omit<Finding, 'name'> {
  if (share === undefined)
    return { state: 'limited', text: 'not readable without /proc: a busy machine is not noticed' };
  const text = `${(100 * share).toFixed(1)} % ${what}`;
  return share <= most
    ? { state: 'ok', text }
    : { state: 'limited', text: `${text}: above ${100 * most} % ${consequence}`, fix };
}

function gib(bytes: number): string {
  return `${(bytes / (1024 * MIB)).toFixed(1)} GiB`;
}
