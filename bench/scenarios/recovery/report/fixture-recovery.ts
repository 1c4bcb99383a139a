// Made-up analyses of runs with fault injection: a matrix of faults, and a herd. Their numbers come
// from no measurement.

import type { Analysis, LoadPointAnalysis, MetricSummary } from '../../../analysis/analysis.ts';
import type { Estimate } from '../../../analysis/statistics/estimate.ts';
import type { FaultAnalysis, FaultedArm, RecoveryFindings } from '../findings.ts';
import type { LoadPoint } from '../../../contract/load-point.ts';
import type { PolicyName } from '../../../contract/reconnect-policy.ts';
import { DEFAULT_RESUME_LIMITS } from '../../../contract/recovery.ts';
import type { Plan } from '../../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { courses, FAULT_TRIALS, faultedArm, summary, type Course } from './fixture-faults.ts';
import {
  fixtureArms,
  gatesOf,
  verdictOf,
  type PartialVerdict,
} from '../../../report/fixture-load-point.ts';
import type { ArmComparison, MetricText } from '../../../report/report-context.ts';
import { fullAnalysis } from '../../../report/report-fixture.ts';

const lower = { better: 'lower' } as const;

export const recoveryFixtureMetrics: readonly MetricText[] = [
  {
    id: 'resumed.p95',
    title: 'Time to resumed stream p95',
    unit: 'ns',
    endpoint: 'P8',
    definition: 't_first_new − t_fault',
    ...lower,
  },
  {
    id: 'resumed.p50',
    title: 'Time to resumed stream p50',
    unit: 'ns',
    definition: 't_first_new − t_fault',
    ...lower,
  },
  {
    id: 'detect.p50',
    title: 'Detection p50',
    unit: 'ns',
    definition: 't_detect − t_fault',
    ...lower,
  },
  {
    id: 'attempts',
    title: 'Attempts per client',
    unit: 'count',
    definition: 'attempts / clients that noticed',
    ...lower,
  },
  {
    id: 'attempts.peak',
    title: 'Most attempts in 100 ms',
    unit: 'count',
    definition: 'fullest 100 ms',
    ...lower,
  },
  {
    id: 'recovered.50',
    title: 'Time until 50 % were back',
    unit: 'ns',
    definition: 'over all clients',
    ...lower,
  },
  {
    id: 'recovered.95',
    title: 'Time until 95 % were back',
    unit: 'ns',
    definition: 'over all clients',
    ...lower,
  },
  {
    id: 'recovered.100',
    title: 'Time until 100 % were back',
    unit: 'ns',
    definition: 'over all clients',
    ...lower,
  },
  { id: 'lost', title: 'Tokens lost', unit: 'count', definition: 'planned − distinct', ...lower },
];

const arms = fixtureArms.slice(0, 2);

/** Factor by which WebSocket resumes later. */
const WS_FACTOR = 1.004;

export function reconnectAnalysis(): Analysis & RecoveryFindings {
  const points = courses.map(({ fault }): LoadPoint => ({
    connections: 100,
    fault,
    policy: 'identical',
  }));
  const plan: Partial<Plan> = {
    scenario: 'reconnect',
    loadPoints: points,
    lanes: 4,
    recovery: recoveryPlan(),
  };
  const analysis = recoveryAnalysis('reconnect', plan);
  return {
    ...analysis,
    command: 'streamduel run reconnect --faults all --seed 7',
    loadPoints: courses.map((course, index) => faultedPoint(course, points[index] as LoadPoint)),
    recovery: {
      faults: courses.map((course, index) => ({
        loadPoint: points[index] as LoadPoint,
        isResumable: true,
        deadAfterNs: 2.5 * NS_PER_S,
        arms: [faultedArm(course, 'sse', 1), faultedArm(course, 'ws', WS_FACTOR)],
        sentence: course.sentence,
      })),
      absent: recoveryPlan().absent,
    },
  };
}

/** The reset is INVALID, the run was interrupted, and one fault was never measured. */
export function brokenReconnectAnalysis(): Analysis & RecoveryFindings {
  const analysis = reconnectAnalysis();
  const reason = '3 tokens came twice over WebSocket';
  return {
    ...analysis,
    isComplete: false,
    trials: { ...analysis.trials, completed: 161 },
    loadPoints: analysis.loadPoints
      .slice(0, -1)
      .map((point) => (point.loadPoint.fault === 'reset' ? invalidPoint(point, reason) : point)),
    recovery: {
      absent: [],
      faults: analysis.recovery.faults.map((fault, index) =>
        index === courses.length - 1 ? unmeasured(fault) : fault,
      ),
    },
  };
}

function invalidPoint(point: LoadPointAnalysis, reason: string): LoadPointAnalysis {
  const verdict = verdictOf({ kind: 'invalid', reason });
  return {
    ...point,
    invalid: [reason],
    comparisons: point.comparisons.map((one) => Object.assign({}, one, { verdict })),
  };
}

function unmeasured(fault: FaultAnalysis): FaultAnalysis {
  return { ...fault, arms: [], sentence: 'No trial was measured.' };
}

export function herdAnalysis(): Analysis & RecoveryFindings {
  const places = [500, 2000].flatMap((connections) =>
    (['identical', 'as-specified'] as const).map((policy): LoadPoint & { policy: PolicyName } => ({
      connections,
      fault: 'kill',
      policy,
    })),
  );
  const { absent: _absent, ...recovery } = recoveryPlan();
  const plan: Partial<Plan> = {
    scenario: 'herd',
    loadPoints: places,
    recovery: { ...recovery, absent: [] },
  };
  return {
    ...recoveryAnalysis('herd', plan),
    command: 'streamduel run herd --connections 500,2000 --seed 7',
    loadPoints: places.map((place) => herdPoint(place)),
    recovery: { faults: places.map((place) => herdFault(place)), absent: [] },
  };
}

function recoveryPlan(): NonNullable<Plan['recovery']> {
  const why = 'network namespaces need privileges that this user does not have';
  const remedy = 'run it as root, or in a container with CAP_NET_ADMIN';
  return {
    isResumable: true,
    limits: DEFAULT_RESUME_LIMITS,
    heartbeatNs: NS_PER_S,
    longOutageNs: 60 * NS_PER_S,
    absent: ['link-down', 'partition', 'packet-loss'].map((fault) => ({ fault, why, remedy })),
  };
}

function recoveryAnalysis(name: string, plan: Partial<Plan>): Analysis {
  const full = fullAnalysis();
  const workload = { ...full.plan.workload, tokensPerSecond: name === 'herd' ? 2 : 10 };
  return {
    ...full,
    name,
    plan: { ...full.plan, ...plan, arms: [...arms], workload, blocks: FAULT_TRIALS },
    trials: { planned: 192, completed: 192, failed: 0, burnIn: 16 },
    failures: [],
    warnings: [],
    blocks: { measured: FAULT_TRIALS, disturbed: 0 },
  };
}

function faultedPoint({ fault, times, lost = 0 }: Course, loadPoint: LoadPoint): LoadPointAnalysis {
  const verdict: PartialVerdict =
    times.resumed === undefined
      ? { kind: 'not-measured', reason: 'no stream was interrupted, or none came back' }
      : fault === 'freeze'
        ? { kind: 'inconclusive', blocksNeeded: 31 }
        : fault === 'kill'
          ? { kind: 'better', favours: 'sse' }
          : { kind: 'equivalent' };
  return emptyPoint(loadPoint, {
    comparisons: [
      compare('resumed.p95', [times.resumed && times.resumed * 1.06, WS_FACTOR], verdict),
      {
        ...compare('detect.p50', [times.detect, WS_FACTOR], { kind: 'inconclusive' }),
        endpoint: undefined,
      },
    ],
    summaries: ['sse', 'ws'].flatMap((arm) => [
      summarise('resumed.p95', arm, times.resumed && times.resumed * 1.06 * NS_PER_MS),
      summarise('detect.p50', arm, times.detect && times.detect * NS_PER_MS),
      summarise('attempts', arm, times.detect && 1.25),
      summarise('lost', arm, lost),
    ]),
  });
}

function emptyPoint(
  loadPoint: LoadPoint,
  parts: Pick<LoadPointAnalysis, 'comparisons' | 'summaries'>,
): LoadPointAnalysis {
  return {
    loadPoint,
    arms: arms.map((arm) => ({ name: arm.transport, arm, completed: FAULT_TRIALS, failed: 0 })),
    noiseFloors: [],
    // Only the point of fault `freeze` has gates that were not met.
    gates: arms
      .flatMap(({ transport }) => gatesOf(transport))
      .filter(({ state }) => loadPoint.fault === 'freeze' || state === 'ok'),
    deliveryCurves: [],
    invalid: [],
    harnessLimited: [],
    ...parts,
  };
}

function compare(
  metric: string,
  [ms, factor]: readonly [ms: number | undefined, factor: number],
  verdict: PartialVerdict,
): ArmComparison {
  const value = ms === undefined ? Number.NaN : ms * NS_PER_MS;
  const isMeasured = ms !== undefined;
  return {
    otherArm: 'ws',
    metric,
    endpoint: 'P8',
    baseline: around(value, 0.03),
    other: around(value * factor, 0.03),
    blocks: isMeasured ? FAULT_TRIALS : 0,
    ratio: isMeasured ? around(factor, 0.012) : undefined,
    difference: isMeasured ? around(value * (factor - 1), 3) : undefined,
    margin: { ratio: 0.1, absolute: 50 * NS_PER_MS },
    signFlipP: isMeasured ? 0.41 : undefined,
    adjustedP: isMeasured ? 1 : undefined,
    tostP: isMeasured ? 0.0004 : undefined,
    orderEffect: undefined,
    pairs: [],
    verdict: verdictOf(verdict),
    sentence: '',
    warnings: [],
  };
}

function around(value: number, share: number): Estimate {
  return { value, low: value * (1 - share), high: value * (1 + share), trials: FAULT_TRIALS };
}

function summarise(metric: string, arm: string, value: number | undefined): MetricSummary {
  return {
    metric,
    arm,
    estimate:
      value === undefined
        ? undefined
        : value === 0
          ? { value, low: 0, high: 0, trials: FAULT_TRIALS }
          : around(value * (arm === 'ws' ? WS_FACTOR : 1), 0.03),
    values: Array.from({ length: FAULT_TRIALS }, () => value),
    note: undefined,
  };
}

const BIN_NS = 100 * NS_PER_MS;
const BINS = 120;

/** When clients resume, ms after the server was killed: evenly from the first to the last. */
function returnOf(
  arm: string,
  policy: PolicyName | undefined,
): readonly [firstMs: number, lastMs: number] {
  if (policy !== 'as-specified') return [1050, 3400];
  return arm === 'sse' ? [3010, 3080] : [1100, 9200];
}

function herdFault(loadPoint: LoadPoint): FaultAnalysis {
  return {
    loadPoint,
    isResumable: true,
    deadAfterNs: loadPoint.policy === 'identical' ? 2.5 * NS_PER_S : undefined,
    arms: [herdArm('sse', loadPoint), herdArm('ws', loadPoint)],
    sentence: `All ${loadPoint.connections} clients came back over both transports; nothing was lost.`,
  };
}

function herdArm(arm: string, { connections, policy }: LoadPoint): FaultedArm {
  const [first, last] = returnOf(arm, policy);
  const middle = (first + last) / 2;
  const course: Course = {
    fault: 'kill',
    times: { detect: 0.8, attempt: 260, open: middle - 3, resumed: middle, caughtUp: middle + 240 },
    outageMs: 1000,
    loss: 'ECONNRESET',
    failure: 'ECONNREFUSED',
    events: ['ECONNRESET', 'wait', 'ECONNREFUSED', 'wait', 'open', 'token'],
    sentence: '',
  };
  const base = faultedArm(course, arm, 1);
  const all = connections * FAULT_TRIALS;
  const shareAt = (ms: number): number => Math.min(1, Math.max(0, (ms - first) / (last - first)));
  const binMs = BIN_NS / NS_PER_MS;
  const resumedShare = Array.from({ length: BINS }, (_, bin) => shareAt((bin + 1) * binMs));
  const accepted = resumedShare.map(
    (share, bin) => connections * (share - (resumedShare[bin - 1] ?? 0)),
  );
  return {
    ...base,
    // Attempts before the new server listens are refused.
    curve: {
      binNs: BIN_NS,
      resumedShare,
      accepted,
      attempts: accepted.map((count, bin) =>
        bin < 10 && (policy === 'identical' || arm === 'ws') ? connections / 12 : count,
      ),
    },
    attempts: all * 3,
    accepted: all,
    losses: { ECONNRESET: all },
    attemptFailures: { ECONNREFUSED: all * 2 },
    tokens: { ...base.tokens, planned: 14 * all, distinct: 14 * all, dueAway: 4 * all },
    moments: { ...base.moments, resumed: summary(middle, connections) },
    clients: { ...base.clients, all, noticed: all, resumed: all, whole: all, hit: undefined },
    peers: { before: connections, dead: connections, end: 0 },
    kernel: {
      listenOverflows: arm === 'sse' ? 38 : 0,
      listenDrops: arm === 'sse' ? 38 : 0,
      synRetransmits: arm === 'sse' ? 41 : 2,
      segmentsRetransmitted: undefined,
    },
    serverCpuShare: 0.62,
    serverUtilisationMax: 0.98,
  };
}

function herdPoint(loadPoint: LoadPoint): LoadPointAnalysis {
  const { connections, policy } = loadPoint;
  const verdict: PartialVerdict =
    policy === 'identical'
      ? { kind: 'equivalent' }
      : { kind: 'withheld', reason: 'the policies differ, so this compares waiting times' };
  const [, baselineLast] = returnOf('sse', policy);
  const [, otherLast] = returnOf('ws', policy);
  const comparison = compare(
    'resumed.p95',
    [baselineLast * 0.95, (otherLast / baselineLast) * WS_FACTOR],
    verdict,
  );
  return emptyPoint(loadPoint, {
    comparisons: [policy === 'identical' ? comparison : { ...comparison, endpoint: undefined }],
    summaries: ['sse', 'ws'].flatMap((arm) => {
      const [first, last] = returnOf(arm, policy);
      const at = (share: number): number => (first + share * (last - first)) * NS_PER_MS;
      return [
        summarise('resumed.p95', arm, at(0.95)),
        summarise('resumed.p50', arm, at(0.5)),
        summarise(
          'attempts.peak',
          arm,
          arm === 'sse' && policy === 'as-specified' ? connections : connections / 12,
        ),
        summarise('recovered.50', arm, at(0.5)),
        summarise('recovered.95', arm, at(0.95)),
        summarise('recovered.100', arm, at(1)),
        summarise('lost', arm, 0),
      ];
    }),
  });
}
