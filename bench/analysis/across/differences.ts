// Finds the differences between the headers of two runs. It walks all fields, so that a fact
// recorded by a later version is compared without a change here.

import type { Environment, Plan, PrecisionStop, RunHeader } from '../../contract/run-file.ts';
import type { Difference, Fact } from './run-comparison.ts';

/** Differences that the reader should know before any number: machine and software. */
export function differencesOfEnvironment(old: RunHeader, recent: RunHeader): readonly Difference[] {
  return differencesOf(surroundingsOf(old), surroundingsOf(recent));
}

function surroundingsOf({ streamduel, environment }: RunHeader): object {
  return { streamduel, ...environment };
}

/**
 * Fields compared elsewhere: those that must be equal, those matched one by one, and the seed,
 * which has a meaning of its own.
 */
const NOT_CONDITIONS = [
  'scenario',
  'workload',
  'payload',
  'hasApiMessages',
  'arms',
  'loadPoints',
  'seed',
  'verdicts',
] as const satisfies readonly (keyof Plan)[];

/** Differences of the measurement conditions: window, blocks, pinning and the like. */
export function differencesOfConditions(old: Plan, recent: Plan): readonly Difference[] {
  return differencesOf(conditionsOf(old), conditionsOf(recent));
}

function conditionsOf(plan: Plan): object {
  const { recovery } = plan;
  const conditions = Object.entries(plan).filter(
    ([key]) => !(NOT_CONDITIONS as readonly string[]).includes(key),
  );
  // Unavailable faults show in the load points.
  return Object.fromEntries(
    recovery === undefined
      ? conditions
      : [...conditions, ['recovery', { ...recovery, absent: undefined }]],
  );
}

/** Differences in the order of the old side; facts that only the new one states come last. */
export function differencesOf(old: object, recent: object): readonly Difference[] {
  const [before, after] = [flatten(old), flatten(recent)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [oldFact, newFact] = [before.get(field), after.get(field)];
    return oldFact === newFact
      ? []
      : [{ field, title: titles[field] ?? lastPart(field), old: oldFact, new: newFact }];
  });
}

/** `{ packages: { ws: '8' } }` → `packages.ws`; a list is one fact. */
function flatten(
  value: object,
  path = '',
  facts = new Map<string, Fact>(),
): ReadonlyMap<string, Fact> {
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    if (Array.isArray(member)) facts.set(path + key, member.map(String).join(', '));
    else if (typeof member === 'object' && member !== null)
      flatten(member, `${path}${key}.`, facts);
    else facts.set(path + key, member as Fact);
  }
  return facts;
}

/**
 * A name such as `@fastify/websocket` or `tcp_rmem` is clear without the name of the record that
 * holds it.
 */
function lastPart(field: string): string {
  return field.replace(/^(?:packages|settings|tools)\./, '');
}

type KnownField =
  | keyof Environment
  | keyof Plan
  | `stop.${keyof PrecisionStop}`
  | `recovery.${keyof NonNullable<Plan['recovery']>}`;

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
