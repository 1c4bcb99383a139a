// Test support: saved runs of `reconnect` and `herd` made up from known numbers. The effects of
// each fault on the clients are in fault-courses.ts; nothing here was measured.

import { COPY_LABEL, type Arm } from '../../contract/arms/arms.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type { FaultName } from '../../contract/faults.ts';
import { deriveSeed, drawNormal, seededDraw, shuffled } from '../../contract/random.ts';
import type { PolicyName } from '../../contract/reconnect-policy.ts';
import { DEFAULT_RESUME_LIMITS } from '../../contract/recovery.ts';
import type {
  DistributionName,
  FaultedTrial,
  LoadPoint,
  Plan,
  SavedRun,
  TrialRecord,
} from '../../contract/run-file.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { fixtureHeader } from '../../analysis/analysis-fixture.ts';
import { describeFaultedTrial } from './faulted-trial-fixture.ts';

export interface RecoveryRunOptions {
  readonly scenario?: 'reconnect' | 'herd';
  /** `reset` by default; a herd always has `kill`. */
  readonly faults?: readonly FaultName[];
  /** `identical` by default. */
  readonly policies?: readonly PolicyName[];
  readonly connections?: readonly number[];
  /** The baseline first; sse and ws by default. */
  readonly transports?: readonly TransportId[];
  /** Adds the copy of the baseline, for an A/A pair. */
  readonly copy?: boolean;
  readonly blocks?: number;
  readonly burnInBlocks?: number;
  readonly seed?: number;
  /**
   * σ of the logarithm of each time over trials, five times as much over blocks; 0.02 by default.
   */
  readonly noise?: number;
  readonly isResumable?: boolean;
  readonly absent?: NonNullable<Plan['recovery']>['absent'];
  readonly plan?: Partial<Plan>;
  /** Factor on the times of a distribution; 1 by default. */
  readonly factor?: (name: DistributionName, arm: Arm, loadPoint: LoadPoint) => number;
  /** Changes a trial before it is saved; undefined leaves it out. */
  readonly edit?: (trial: FaultedTrial) => TrialRecord | undefined;
}

const HEARTBEAT_NS = NS_PER_S;
const LONG_OUTAGE_NS = 15 * NS_PER_S;

/** The same options give the same run, to the last digit. */
export function recoveryRun(options: RecoveryRunOptions = {}): SavedRun {
  const { noise = 0.02 } = options;
  const plan = recoveryPlan(options);
  const draw = seededDraw(deriveSeed(plan.seed, 1));
  const trials: TrialRecord[] = [];
  let trial = 0;
  for (let block = 0; block < plan.burnInBlocks + plan.blocks; block++) {
    for (const loadPoint of plan.loadPoints) {
      // Noise that both arms of a block share must cancel.
      const shared = Math.exp(5 * noise * drawNormal(draw));
      for (const [order, arm] of shuffled(draw, plan.arms).entries()) {
        const scale = (name: DistributionName): number =>
          shared *
          Math.exp(noise * drawNormal(draw)) *
          (options.factor?.(name, arm, loadPoint) ?? 1);
        const made: FaultedTrial = {
          ...describeFaultedTrial({ plan, arm, loadPoint, scale }),
          trial,
          block,
          burnIn: block < plan.burnInBlocks,
          order,
          arm,
          loadPoint,
          workloadSeed: deriveSeed(plan.seed, 2, block),
        };
        const record = options.edit === undefined ? made : options.edit(made);
        if (record !== undefined) trials.push(record);
        trial++;
      }
    }
  }
  return {
    folder: 'reports/fixture',
    header: fixtureHeader(plan, { command: `streamduel run ${plan.scenario}` }),
    trials,
    warnings: [],
  };
}

function recoveryPlan(options: RecoveryRunOptions): Plan {
  const { scenario = 'reconnect' } = options;
  const faults = scenario === 'herd' ? (['kill'] as const) : (options.faults ?? ['reset']);
  const policies = options.policies ?? ['identical'];
  const loadPoints = (options.connections ?? [100]).flatMap((connections) =>
    faults.flatMap((fault) =>
      policies.map((policy): LoadPoint => ({ connections, fault, policy })),
    ),
  );
  return {
    scenario,
    preset: 'standard',
    arms: recoveryArms(options),
    loadPoints,
    workload: {
      name: 'chat',
      tokensPerStream: 1_000_000,
      tokensPerSecond: scenario === 'herd' ? 2 : 10,
      gaps: { kind: 'fixed' },
      firstTokenMedianMs: 200,
      firstTokenSigma: 0,
      segments: [],
      tokenFile: 'tokens.json',
      tokensSha256: '0'.repeat(64),
    },
    payload: 'lean',
    blocks: options.blocks ?? 12,
    burnInBlocks: options.burnInBlocks ?? 1,
    warmupNs: 800 * NS_PER_MS,
    windowNs: 10 * NS_PER_S,
    drainNs: 5 * NS_PER_S,
    cooldownNs: 0,
    backpressureBytes: MIB,
    seed: options.seed ?? 1,
    pin: false,
    keepStamps: false,
    verdicts: true,
    recovery: {
      isResumable: options.isResumable ?? true,
      limits: DEFAULT_RESUME_LIMITS,
      heartbeatNs: HEARTBEAT_NS,
      longOutageNs: LONG_OUTAGE_NS,
      absent: [...(options.absent ?? [])],
    },
    ...options.plan,
  };
}

function recoveryArms({ transports = ['sse', 'ws'], copy = false }: RecoveryRunOptions): Arm[] {
  const arms = transports.map((transport): Arm => ({ transport, client: 'probe', path: 'direct' }));
  const [baseline] = arms;
  return copy && baseline !== undefined ? [...arms, { ...baseline, label: COPY_LABEL }] : arms;
}
