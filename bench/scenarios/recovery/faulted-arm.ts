// Combines the trials of one arm under one fault: counts are added up, times are medians over
// trials.

import { armName, armTitle, type Arm } from '../../contract/arms/arms.ts';
import { quantileOf } from '../../contract/distribution.ts';
import type {
  KernelCounts,
  PeerCount,
  RecoveryClientTally,
  RecoveryPattern,
  RecoveryRecord,
} from '../../contract/recovery.ts';
import type { DistributionName, FaultedTrial } from '../../contract/run-file.ts';
import type { FaultedArm, Moment, MomentSummary } from './findings.ts';
import { mean, median } from '../../analysis/statistics/moments.ts';

const momentNames: Record<Moment, DistributionName> = {
  detect: 'faultToDetectNs',
  attempt: 'faultToAttemptNs',
  open: 'faultToOpenNs',
  resumed: 'faultToResumedNs',
  caughtUp: 'faultToCaughtUpNs',
};

/** Needs at least one trial. */
export function describeFaultedArm(arm: Arm, trials: readonly FaultedTrial[]): FaultedArm {
  const records = trials.map(({ recovery }) => recovery);
  const clients = records.map(({ client }) => client);
  const moment = (name: DistributionName): MomentSummary | undefined =>
    summariseMoment(trials, name);
  return {
    arm: armName(arm),
    title: armTitle(arm),
    trials: trials.length,
    moments: {
      detect: moment(momentNames.detect),
      attempt: moment(momentNames.attempt),
      open: moment(momentNames.open),
      resumed: moment(momentNames.resumed),
      caughtUp: moment(momentNames.caughtUp),
    },
    healToResumed: moment('healToResumedNs'),
    visibleGap: moment('visibleGapNs'),
    neighbourDelivery: moment('neighbourDeliveryNs'),
    beforeDelivery: moment('beforeFaultDeliveryNs'),
    clients: addClients(records),
    tokens: addTokens(records),
    attempts: sumOf(clients, ({ attempts }) => attempts),
    accepted: sumOf(clients, ({ accepted }) => accepted),
    losses: addCounts(clients.map(({ losses }) => losses)),
    attemptFailures: addCounts(clients.map(({ attemptFailures }) => attemptFailures)),
    patterns: mergePatterns(clients),
    curve: meanCurve(records),
    peers: {
      before: medianPeers(records, 'before'),
      dead: medianPeers(records, 'dead'),
      end: medianPeers(records, 'end'),
    },
    kernel: addKernel(records),
    outageNs: median(
      records.flatMap(({ faultNs, healNs }) => (healNs === undefined ? [] : [healNs - faultNs])),
    ),
    serverCpuShare: median(
      trials.flatMap(({ server }) =>
        server ? [(server.use.cpuUserNs + server.use.cpuSystemNs) / server.use.wallNs] : [],
      ),
    ),
    serverUtilisationMax: median(
      trials.flatMap(({ server }) => server?.use.eventLoopUtilisationMax ?? []),
    ),
  };
}

function summariseMoment(
  trials: readonly FaultedTrial[],
  name: DistributionName,
): MomentSummary | undefined {
  const distributions = trials.flatMap(
    ({ distributions: { [name]: distribution } }) => distribution ?? [],
  );
  const of = (q: 0.5 | 0.95 | 1): number[] =>
    distributions.flatMap((distribution) => quantileOf(distribution, q) ?? []);
  const [middles, highs, largest] = [of(0.5), of(0.95), of(1)];
  const [p50Ns, p95Ns, maxNs] = [median(middles), median(highs), median(largest)];
  if (p50Ns === undefined || p95Ns === undefined || maxNs === undefined) return undefined;
  return {
    p50Ns,
    lowNs: Math.min(...middles),
    highNs: Math.max(...middles),
    p95Ns,
    maxNs,
    trials: distributions.length,
    clients: sumOf(distributions, ({ count }) => count),
  };
}

function addClients(records: readonly RecoveryRecord[]): FaultedArm['clients'] {
  return {
    all: sumOf(records, ({ clients }) => clients),
    hit: sumIfAll(records, ({ hit }) => hit),
    noticed: sumOf(records, ({ noticed }) => noticed),
    resumed: sumOf(records, ({ resumed }) => resumed),
    neverBack: sumOf(records, ({ neverBack }) => neverBack),
    whole: sumOf(records, ({ client }) => client.streamsWhole),
    stopped: sumOf(records, ({ client }) => client.streamsStopped),
    givenUp: sumOf(records, ({ client }) => client.streamsGivenUp),
    unfinished: sumOf(records, ({ client }) => client.streamsUnfinished),
  };
}

function addTokens(records: readonly RecoveryRecord[]): FaultedArm['tokens'] {
  return {
    planned: sumOf(records, ({ client }) => client.tokensPlanned),
    distinct: sumOf(records, ({ client }) => client.tokensDistinct),
    dueAway: sumOf(records, ({ tokensDueAway }) => tokensDueAway),
    lost: sumOf(records, ({ client }) => client.lost),
    lostDeclared: sumOf(records, ({ client }) => client.lostDeclared),
    duplicated: sumOf(records, ({ client }) => client.duplicated),
    reordered: sumOf(records, ({ client }) => client.reordered),
    corrupt: sumOf(records, ({ client }) => client.corrupt),
    replayed: sumIfAll(records, ({ server }) => server?.replayedTokens),
    replayedBytes: sumIfAll(records, ({ server }) => server?.replayedBytes),
  };
}

function addKernel(records: readonly RecoveryRecord[]): FaultedArm['kernel'] {
  const of = (name: keyof KernelCounts): number | undefined =>
    sumIfAll(records, ({ kernel }) => kernel[name]);
  return {
    listenOverflows: of('listenOverflows'),
    listenDrops: of('listenDrops'),
    synRetransmits: of('synRetransmits'),
    segmentsRetransmitted: of('segmentsRetransmitted'),
  };
}

function medianPeers(
  records: readonly RecoveryRecord[],
  when: keyof RecoveryRecord['peers'],
): number | undefined {
  return median(
    records
      .flatMap(({ peers }): PeerCount[] => (peers[when] === undefined ? [] : [peers[when]]))
      .map(({ connections }) => connections),
  );
}

function mergePatterns(clients: readonly RecoveryClientTally[]): readonly RecoveryPattern[] {
  const merged = new Map<string, RecoveryPattern>();
  for (const pattern of clients.flatMap(({ patterns }) => patterns)) {
    const key = pattern.events.join('\n');
    merged.set(key, {
      events: pattern.events,
      clients: pattern.clients + (merged.get(key)?.clients ?? 0),
    });
  }
  return [...merged.values()].sort((a, b) => b.clients - a.clients);
}

/**
 * Trials end at slightly different times: in a bin that a trial does not reach it has no attempts
 * and no further resumptions.
 */
function meanCurve(records: readonly RecoveryRecord[]): FaultedArm['curve'] {
  const bins = Math.max(...records.map(({ curve }) => curve.resumed.length));
  const meanOf = (column: 'attempts' | 'accepted'): number[] =>
    Array.from({ length: bins }, (_, bin) =>
      mean(records.map(({ curve }) => curve[column][bin] ?? 0)),
    );
  const back = records.map(() => 0);
  const resumedShare = Array.from({ length: bins }, (_, bin) => {
    const shares = records.map(({ curve, clients }, index) => {
      back[index] = (back[index] as number) + (curve.resumed[bin] ?? 0);
      return clients === 0 ? 0 : back[index] / clients;
    });
    return mean(shares);
  });
  return {
    binNs: records[0]?.curve.binNs ?? 0,
    attempts: meanOf('attempts'),
    accepted: meanOf('accepted'),
    resumedShare,
  };
}

function addCounts(
  all: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [key, count] of all.flatMap((one) => Object.entries(one)))
    sums[key] = (sums[key] ?? 0) + count;
  return sums;
}

function sumOf<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0);
}

/** undefined unless every one has a value: a sum over some would pass for the sum over all. */
function sumIfAll<T>(all: readonly T[], of: (one: T) => number | undefined): number | undefined {
  const values = all.map(of);
  return values.includes(undefined)
    ? undefined
    : sumOf(values as readonly number[], (value) => value);
}
