// Where the headers of two runs differ. It walks whatever is there, so that a fact which a later version records is
// compared without this file knowing it.

import type { Environment, Plan, PrecisionStop, RunHeader } from '../../contract/run-file.ts';
import type { Difference, Fact } from './run-comparison.ts';

/** What the reader should know before any number: machine and software. */
export function differencesOfEnvironment(old: RunHeader, recent: RunHeader): readonly Difference[] {
  return differencesOf(surroundingsOf(old), surroundingsOf(recent));
}

function surroundingsOf({ streamduel, environment }: RunHeader): object {
  return { streamduel, ...environment };
}

/** Compared elsewhere: what must be equal, what is matched one by one, and the seed, which has a meaning of its own. */
const NOT_CONDITIONS = [
  'scenario',
  'workload',
  'payload',
  'arms',
  'loadPoints',
  'seed',
  'verdicts',
] as const satisfies readonly (keyof Plan)[];

/** How it was measured: window, blocks, pinning and the like. */
export function differencesOfConditions(old: Plan, recent: Plan): readonly Difference[] {
  return differencesOf(conditionsOf(old), conditionsOf(recent));
}

function conditionsOf(plan: Plan): object {
  const { recovery } = plan;
  const conditions = Object.entries(plan).filter(([key]) => !(NOT_CONDITIONS as readonly string[]).includes(key));
  // Faults that could not be had show in the load points.
  return Object.fromEntries(recovery === undefined ? conditions : [...conditions, ['recovery', { ...recovery, absent: undefined }]]);
}

/** In the order of the old side; what only the new one states comes last. */
export function differencesOf(old: object, recent: object): readonly Difference[] {
  const [before, after] = [flatten(old), flatten(recent)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [oldFact, newFact] = [before.get(field), after.get(field)];
    return oldFact === newFact ? [] : [{ field, title: titles[field] ?? lastPart(field), old: oldFact, new: newFact }];
  });
}

/** `{ packages: { ws: '8' } }` → `packages.ws`; a list is one fact. */
function flatten(value: object, path = '', facts = new Map<string, Fact>()): ReadonlyMap<string, Fact> {
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    if (Array.isArray(member)) facts.set(path + key, member.map(String).join(', '));
    else if (typeof member === 'object' && member !== null) flatten(member, `${path}${key}.`, facts);
    else facts.set(path + key, member as Fact);
  }
  return facts;
}

/** A name such as `@fastify/websocket` or `tcp_rmem` says what it is; the record that holds it need not. */
function lastPart(field: string): string {
  return field.replace(/^(?:packages|settings|tools)\./, '');
}

type KnownField = keyof Environment | keyof Plan | `stop.${keyof PrecisionStop}` | `recovery.${keyof NonNullable<Plan['recovery']>}`;

const titles: Partial<Record<string, string>> = {
  node: 'Node.js',
  v8: 'V8',
  os: 'operating system',
  cpuModel: 'CPU',
  cpus: 'CPUs',
  memoryBytes: 'memory',
  lockfileSha256: 'package-lock.json',
  gitCommit: 'git commit',
  fileDescriptorLimit: 'open files allowed',
  blocks: 'blocks',
  burnInBlocks: 'burn-in blocks',
  warmupNs: 'warm-up',
  windowNs: 'measured window',
  drainNs: 'time to drain',
  cooldownNs: 'pause between trials',
  backpressureBytes: 'backpressure limit',
  pin: 'binding to CPUs',
  keepStamps: 'keeping of stamps',
  extraBlocks: 'blocks that may be repeated',
  lanes: 'trials side by side',
  'recovery.isResumable': 'resuming',
  'recovery.heartbeatNs': 'heartbeat interval',
  'recovery.longOutageNs': 'long outage',
  isPilot: 'pilot',
  'stop.ratio': 'precision to stop at',
  'stop.metrics': 'metrics to stop by',
  'stop.maxTimeNs': 'time to stop after',
} satisfies Partial<Record<KnownField, string>>;
