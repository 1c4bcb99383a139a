// Test support: one faulted trial made up from the course of its fault, all of whose counters agree
// with each other.

import type { Arm } from '../../contract/arms/arms.ts';
import { quantileGrid, type Distribution } from '../../contract/distribution.ts';
import { faults, type Fault } from '../../contract/faults.ts';
import type {
  RecoveryClientTally,
  RecoveryRecord,
  ServerRecovery,
} from '../../contract/recovery.ts';
import type { DistributionName, FaultedTrial, LoadPoint, Plan } from '../../contract/run-file.ts';
import type { ClientTally } from '../../contract/tally.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { describeTrial } from '../../analysis/trial-fixture.ts';
import { courseOf, type FaultCourse } from './fault-courses.ts';

export interface FaultedTrialPlace {
  readonly plan: Plan;
  readonly arm: Arm;
  readonly loadPoint: LoadPoint;
  /** Called once for each distribution. */
  readonly scale: (name: DistributionName) => number;
}

type TrialNumbers = Omit<
  FaultedTrial,
  'trial' | 'block' | 'burnIn' | 'order' | 'arm' | 'loadPoint' | 'workloadSeed'
>;

const FAULT_NS = 1500 * NS_PER_MS;
const BIN_NS = 100 * NS_PER_MS;
const PAYLOAD_BYTES = 24;

/** The counts of one trial, before they are assigned to its records. */
interface Counts {
  readonly clients: number;
  /** Clients that the fault affected. */
  readonly hit: number;
  readonly noticed: number;
  readonly resumed: number;
  readonly neverBack: number;
  readonly planned: number;
  readonly dueAway: number;
  readonly lost: number;
  readonly replayed: number;
  readonly failedAttempts: number;
}

export function describeFaultedTrial({
  plan,
  arm,
  loadPoint,
  scale,
}: FaultedTrialPlace): TrialNumbers {
  const { recovery } = plan;
  const { fault = 'reset', policy = 'identical', connections: clients } = loadPoint;
  if (recovery === undefined) throw new Error('the plan of a faulted trial has a recovery part');
  const course = courseOf({ ...recovery, fault, policy, transport: arm.transport });
  const distributions = describeDistributions(course, clients, scale);
  const { recoveryNs }: Fault = faults[fault];
  const endNs = FAULT_NS + course.outageMs * NS_PER_MS + recoveryNs;
  const counts = countTokens(course, {
    clients,
    perSecond: plan.workload.tokensPerSecond,
    endNs,
    isResumable: recovery.isResumable,
  });
  const bare = describeTrial(arm.transport, () => 1);
  const heals = course.outageMs > 0 ? { healNs: FAULT_NS + course.outageMs * NS_PER_MS } : {};
  return {
    kind: 'trial',
    outcome: 'faulted',
    setup: bare.setup,
    startedAt: bare.startedAt,
    clock: bare.clock,
    wallNs: endNs + 2 * NS_PER_S,
    overheadNs: NS_PER_S,
    windowNs: endNs - plan.warmupNs,
    planned: {
      streams: clients,
      tokens: counts.planned,
      windowStarts: 0,
      windowTokens: counts.planned,
      meanConcurrent: clients,
    },
    distributions,
    gates: bare.gates,
    warnings: [],
    server: bare.server,
    recovery: {
      fault,
      policy,
      isResumable: recovery.isResumable,
      ...((faults[fault] as Fault).heartbeat !== 'none' && { heartbeatNs: recovery.heartbeatNs }),
      faultNs: FAULT_NS,
      ...heals,
      hit: counts.hit,
      clients,
      noticed: counts.noticed,
      resumed: counts.resumed,
      neverBack: counts.neverBack,
      tokensDueAway: counts.dueAway,
      client: describeClient(course, counts, bare.client),
      server: describeServer(counts),
      curve: describeCurve(distributions, counts, endNs),
      peers: describePeers(clients, counts.neverBack),
      kernel: { listenOverflows: 0, listenDrops: 0, synRetransmits: 0, segmentsRetransmitted: 0 },
    },
  };
}

function describeDistributions(
  course: FaultCourse,
  clients: number,
  scale: (name: DistributionName) => number,
): Partial<Record<DistributionName, Distribution>> {
  const { detectMs, attemptMs, openMs, resumedMs, outageMs, gapMs, share, loss } = course;
  const hit = Math.round(clients * share);
  // The part of a time set by the outage or by the heartbeat rule has no noise: only the rest
  // varies.
  const afterOutageMs = (ms: number | undefined): number =>
    ms !== undefined && ms > outageMs ? outageMs : 0;
  const watchedMs = loss === 'silent' && detectMs !== undefined ? detectMs - WATCH_MS : 0;
  const medians: [DistributionName, number | undefined, number, number?][] = [
    ['faultToDetectNs', detectMs, hit, watchedMs],
    ['faultToAttemptNs', attemptMs, hit, watchedMs],
    ['faultToOpenNs', openMs, hit, afterOutageMs(openMs)],
    ['faultToResumedNs', resumedMs, hit, afterOutageMs(resumedMs)],
    [
      'faultToCaughtUpNs',
      resumedMs === undefined ? undefined : resumedMs + 100,
      hit,
      afterOutageMs(resumedMs),
    ],
    [
      'attemptToOpenNs',
      openMs === undefined || attemptMs === undefined ? undefined : openMs - attemptMs,
      hit,
    ],
    [
      'healToResumedNs',
      outageMs === 0 || resumedMs === undefined ? undefined : resumedMs - outageMs,
      hit,
    ],
    ['visibleGapNs', gapMs, hit, afterOutageMs(gapMs)],
    ['beforeFaultDeliveryNs', 0.6, clients * 7],
    ['neighbourDeliveryNs', share < 1 ? 0.8 : undefined, (clients - hit) * 50],
  ];
  return Object.fromEntries(
    medians.flatMap(([name, medianMs, count, fixedMs = 0]) =>
      medianMs === undefined
        ? []
        : [
            [
              name,
              spread(fixedMs * NS_PER_MS, (medianMs - fixedMs) * NS_PER_MS * scale(name), count),
            ],
          ],
    ),
  );
}

/** Delay with which a client checks for silence. */
const WATCH_MS = 20;

/** Spread evenly from 0.8 to 1.2 times the variable part, on top of the fixed one. */
function spread(fixedNs: number, variableNs: number, count: number): Distribution {
  const values = quantileGrid.map((q) => fixedNs + variableNs * (0.8 + 0.4 * q));
  return { count, effectiveCount: count, mean: fixedNs + variableNs, values };
}

interface TokenPlan {
  readonly clients: number;
  readonly perSecond: number;
  readonly endNs: number;
  readonly isResumable: boolean;
}

function countTokens(
  course: FaultCourse,
  { clients, perSecond, endNs, isResumable }: TokenPlan,
): Counts {
  const { detectMs, openMs, end, share, failure } = course;
  const hit = Math.round(clients * share);
  const tokensIn = (ns: number): number => Math.round((hit * perSecond * ns) / NS_PER_S);
  const neverBack = end === undefined ? 0 : hit;
  const isAway = detectMs !== undefined;
  const awayNs = isAway
    ? (openMs === undefined ? endNs - FAULT_NS : openMs * NS_PER_MS) - detectMs * NS_PER_MS
    : 0;
  const dueAway = tokensIn(awayNs);
  return {
    clients,
    hit,
    noticed: isAway ? hit : 0,
    resumed: course.resumedMs === undefined ? 0 : hit,
    neverBack,
    planned: Math.round((clients * perSecond * endNs) / NS_PER_S),
    dueAway,
    lost: neverBack > 0 || !isResumable ? dueAway : 0,
    replayed: neverBack === 0 && isResumable ? dueAway : 0,
    failedAttempts: isAway ? hit * (failure?.perClient ?? 0) : 0,
  };
}

function describeClient(
  course: FaultCourse,
  counts: Counts,
  {
    node,
    use,
    bytesRead = 0,
    bytesSent = 0,
  }: Pick<ClientTally, 'node' | 'use' | 'bytesRead' | 'bytesSent'>,
): RecoveryClientTally {
  const { clients, planned, lost, neverBack, noticed, failedAttempts } = counts;
  const { loss, failure, end } = course;
  const accepted = neverBack > 0 ? 0 : noticed;
  // A client that resumed without the tokens it missed is neither whole nor finally ended.
  const unfinished = lost > 0 && neverBack === 0 ? noticed : 0;
  return {
    node,
    use,
    streamsPlanned: clients,
    streamsStarted: clients,
    streamsWhole: clients - neverBack - unfinished,
    streamsStopped: end === 'stopped' ? neverBack : 0,
    streamsGivenUp: end === 'givenUp' ? neverBack : 0,
    streamsUnfinished: unfinished,
    tokensPlanned: planned,
    tokensReceived: planned - lost,
    tokensDistinct: planned - lost,
    duplicated: 0,
    reordered: 0,
    corrupt: 0,
    hashMismatches: 0,
    lost,
    lostDeclared: lost,
    attempts: failedAttempts + accepted,
    accepted,
    attemptFailures:
      failure === undefined || failedAttempts === 0 ? {} : { [failure.cause]: failedAttempts },
    losses: loss === undefined ? {} : { [loss]: noticed },
    lossesBeforeFault: {},
    patterns:
      loss === undefined
        ? []
        : [
            {
              events: [`read ${loss}`, 'wait', ...(accepted > 0 ? ['open'] : [])],
              clients: noticed,
            },
          ],
    bytesRead,
    bytesSent,
    startsUnissued: 0,
    planSha256: 'f'.repeat(64),
  };
}

function describeServer({
  clients,
  noticed,
  neverBack,
  replayed,
  dueAway,
}: Counts): ServerRecovery {
  return {
    started: clients,
    resumed: neverBack > 0 ? 0 : noticed,
    replayedTokens: replayed,
    replayedBytes: replayed * PAYLOAD_BYTES,
    gaps: 0,
    unknown: 0,
    unheardTokens: dueAway,
    evictedTokens: 0,
    evictedStreams: 0,
    peakBufferedBytes: replayed * PAYLOAD_BYTES,
    replaced: 0,
    givenUp: 0,
  };
}

function describeCurve(
  distributions: Partial<Record<DistributionName, Distribution>>,
  { noticed, resumed, neverBack, failedAttempts }: Counts,
  endNs: number,
): RecoveryRecord['curve'] {
  const bins = Math.ceil((endNs - FAULT_NS) / BIN_NS);
  const attempts = binned(distributions.faultToAttemptNs, noticed, bins);
  // All further attempts are assumed to follow the first ones at once.
  const first = attempts.findIndex((count) => count > 0);
  if (first !== -1)
    attempts[first] = (attempts[first] as number) + failedAttempts - (neverBack > 0 ? noticed : 0);
  return {
    binNs: BIN_NS,
    attempts,
    accepted: binned(distributions.faultToOpenNs, noticed, bins),
    resumed: binned(distributions.faultToResumedNs, resumed, bins),
  };
}

/** Counts per bin of so many clients, spread evenly over the distribution. */
function binned(distribution: Distribution | undefined, clients: number, bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  if (distribution === undefined) return counts;
  const [lowestNs, highestNs] = [
    distribution.values[0] as number,
    distribution.values.at(-1) as number,
  ];
  for (let client = 0; client < clients; client++) {
    const bin = Math.floor(
      (lowestNs + ((highestNs - lowestNs) * (client + 0.5)) / clients) / BIN_NS,
    );
    const within = Math.min(bins - 1, bin);
    counts[within] = (counts[within] as number) + 1;
  }
  return counts;
}

function describePeers(clients: number, neverBack: number): RecoveryRecord['peers'] {
  const peers = (connections: number) => ({
    connections,
    heard: connections,
    streams: clients,
    bufferedBytes: 0,
    heapUsedBytes: 20 * MIB,
    rssBytes: 60 * MIB,
  });
  return { before: peers(clients), dead: peers(clients - neverBack), end: peers(0) };
}
