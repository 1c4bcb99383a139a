// Judges what the machine did to a trial while it was measured. Misses are noise that no arm
// caused.

import type { ClockBound, ClockProof } from '../contract/clock-proof.ts';
import type { AgentsRecord } from '../contract/agents.ts';
import type { Gate } from '../contract/run-file.ts';
import type { ProcessUse } from '../contract/tally.ts';
import { NS_PER_US } from '../contract/units.ts';
import { atMost } from './gate.ts';
import type { HostReadings } from './host-watch.ts';
import type { Measured } from './procedure.ts';

const kind = 'environment';

/** N1: in the mean, and in the worst second. */
export function stealGates({ stealMean, stealMax }: HostReadings): Gate[] {
  return [
    atMost(
      { id: 'N1', kind, title: 'CPU time stolen, mean', limit: 0.02, unit: 'ratio' },
      stealMean,
    ),
    atMost(
      { id: 'N1max', kind, title: 'CPU time stolen, worst second', limit: 0.1, unit: 'ratio' },
      stealMax,
    ),
  ];
}

/**
 * N2. @param ofTrialNs CPU time of the trial's processes: servers, load processes, and what runs
 * beside them.
 */
export function otherProgramsGate(
  { busyNs, ownNs, cpus, wallNs }: HostReadings,
  ofTrialNs: number,
): Gate {
  const foreign =
    busyNs === undefined ? undefined : Math.max(0, busyNs - ownNs - ofTrialNs) / (cpus * wallNs);
  return atMost(
    { id: 'N2', kind, title: 'CPU used by other programs', limit: 0.05, unit: 'ratio' },
    foreign,
  );
}

export function cpuNs({
  cpuUserNs,
  cpuSystemNs,
}: Pick<ProcessUse, 'cpuUserNs' | 'cpuSystemNs'>): number {
  return cpuUserNs + cpuSystemNs;
}

/** N3: the quota also applies to the next trial, and the CPU time used of it depends on the arm. */
export function throttlingGate({ throttledNs }: HostReadings): Gate {
  const text = {
    id: 'N3',
    kind,
    title: 'CPU throttling by the cgroup',
    limit: 0,
    unit: 'ns',
  } as const;
  return atMost({ ...text, remedy: 'nothing' }, throttledNs);
}

/**
 * Two trials of a pair, each off by this much in opposite directions, differ by the smallest margin
 * of a metric that uses two clocks: the 100 µs of delivery p50.
 */
const CLOCK_LIMIT_NS = 50 * NS_PER_US;

/**
 * N4: depends on the shortest round trips between two processes, a property of the machine;
 * repeating a trial does not shorten them.
 */
function clockGate(clock: ClockProof): Gate {
  const text = {
    id: 'N4',
    kind,
    title: 'clock offset bound',
    limit: CLOCK_LIMIT_NS,
    unit: 'ns',
  } as const;
  return atMost({ ...text, remedy: 'nothing', boundsClocks: true }, boundNs(clock));
}

/** N5 */
export function swapGate({ swappedInPages, outOfMemoryKills }: HostReadings): Gate {
  const swaps = swappedInPages === undefined ? undefined : swappedInPages + (outOfMemoryKills ?? 0);
  return atMost(
    { id: 'N5', kind, title: 'pages swapped in, out-of-memory kills', limit: 0, unit: 'count' },
    swaps,
  );
}

/** N6: a tracer runs until its user ends it. */
export function tracerGate(tracers: readonly string[]): Gate {
  const text = { id: 'N6', kind, title: 'tracers running', limit: 0, unit: 'count' } as const;
  return atMost({ ...text, remedy: 'nothing' }, tracers.length, tracers.join(', ') || undefined);
}

/** Gates of any trial whose processes share a machine and a clock, whether or not it is timed. */
export function machineGates({
  host,
  clock,
  tracers,
  agents,
}: Pick<Measured, 'host' | 'clock' | 'tracers' | 'agents'>): Gate[] {
  return [clockGate(clock), ...driftGates(agents), swapGate(host), tracerGate(tracers)];
}

/** Between two machines; less than a tenth of the smallest margin of a metric of two clocks. */
const DEVIATION_LIMIT_NS = 10 * NS_PER_US;

/** N9: clocks of several machines drift apart evenly, unless one is stepped or slewed meanwhile. */
function driftGates(agents: AgentsRecord | undefined): Gate[] {
  if (agents === undefined) return [];
  const worst = Math.max(...agents.shares.map(({ deviationNs }) => deviationNs));
  return [
    atMost(
      {
        id: 'N9',
        kind,
        title: 'a clock stepped, or its drift changed',
        limit: DEVIATION_LIMIT_NS,
        unit: 'ns',
      },
      worst,
    ),
  ];
}

/**
 * The tighter of the two proofs holds for the whole trial: on one host the clocks do not drift
 * apart.
 */
export function boundNs({
  before,
  after,
}: {
  readonly before: ClockBound;
  readonly after: ClockBound;
}): number {
  const lowNs = Math.max(before.lowNs, after.lowNs);
  const highNs = Math.min(before.highNs, after.highNs);
  return Math.max(Math.abs(lowNs), Math.abs(highNs));
}
