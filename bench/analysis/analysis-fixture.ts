// Test support: saved runs made up from known numbers, so that a test can inject an effect and
// require its detection.

import { COPY_LABEL, type Arm } from '../contract/arms/arms.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import { deriveSeed, drawNormal, seededDraw, shuffled } from '../contract/random.ts';
import type { CompletedTrial, Gate, Plan, SavedRun, TrialRecord } from '../contract/run-file.ts';
import { MIB, NS_PER_S } from '../contract/units.ts';
import {
  describeTrial,
  FIXTURE_OPEN_STREAMS,
  FIXTURE_TOKENS_PER_STREAM,
  FIXTURE_WINDOW_NS,
  type FixtureQuantity,
} from './trial-fixture.ts';
import { hashPlan } from './hash-plan.ts';

export interface FixtureOptions {
  /** Transports of the arms, the baseline first; sse and ws by default. */
  readonly transports?: readonly TransportId[];
  /** Adds the copy of the baseline, for an A/A pair. */
  readonly copy?: boolean;
  readonly connections?: readonly number[];
  readonly blocks?: number;
  readonly burnInBlocks?: number;
  readonly seed?: number;
  /** σ of the logarithm of each quantity over trials; 0.02 by default. */
  readonly noise?: number;
  /** Plan.verdicts. */
  readonly verdicts?: boolean;
  /** Members of the plan that no option above sets. */
  readonly plan?: Partial<Plan>;
  readonly command?: string;
  /**
   * Blocks that are measured twice: in the first attempt one trial of each load point misses N1.
   */
  readonly repeated?: readonly number[];
  /** Factor on a quantity of an arm; 1 by default. */
  readonly factor?: (
    quantity: FixtureQuantity,
    transport: TransportId,
    connections: number,
    arm?: Arm,
  ) => number;
  /** Changes a trial before it is saved; undefined leaves it out. */
  readonly edit?: (trial: CompletedTrial) => TrialRecord | undefined;
}

function fixtureArms({ transports = ['sse', 'ws'], copy = false }: FixtureOptions): Arm[] {
  const arms = transports.map((transport): Arm => ({ transport, client: 'probe', path: 'direct' }));
  const [baseline] = arms;
  return copy && baseline !== undefined ? [...arms, { ...baseline, label: COPY_LABEL }] : arms;
}

function fixturePlan(options: FixtureOptions = {}): Plan {
  return {
    scenario: 'stream',
    preset: 'standard',
    arms: fixtureArms(options),
    loadPoints: (options.connections ?? [FIXTURE_OPEN_STREAMS]).map((connections) => ({
      connections,
    })),
    workload: {
      name: 'chat',
      tokensPerStream: FIXTURE_TOKENS_PER_STREAM,
      tokensPerSecond: 50,
      gaps: { kind: 'fixed' },
      firstTokenMedianMs: 200,
      firstTokenSigma: 0,
      segments: [],
      tokenFile: 'tokens.json',
      tokensSha256: '0'.repeat(64),
    },
    payload: 'openai',
    blocks: options.blocks ?? 12,
    burnInBlocks: options.burnInBlocks ?? 1,
    warmupNs: 3 * NS_PER_S,
    windowNs: FIXTURE_WINDOW_NS,
    drainNs: 5 * NS_PER_S,
    cooldownNs: 0,
    backpressureBytes: MIB,
    seed: options.seed ?? 1,
    pin: false,
    keepStamps: false,
    verdicts: options.verdicts ?? true,
    ...options.plan,
  };
}

export function fixtureRun(options: FixtureOptions = {}): SavedRun {
  const plan = fixturePlan(options);
  const draw = seededDraw(deriveSeed(plan.seed, 1));
  const trials: TrialRecord[] = [];
  let trial = 0;
  for (const { block, attempt } of fixtureBlocks(plan, options)) {
    for (const loadPoint of plan.loadPoints) {
      const { connections } = loadPoint;
      // Noise that both arms of a block share must cancel: it is far larger than the effects that
      // tests inject.
      const shared = Math.exp(0.3 * drawNormal(draw));
      for (const [order, arm] of shuffled(draw, plan.arms).entries()) {
        const scale = (quantity: FixtureQuantity): number =>
          shared *
          Math.exp((options.noise ?? 0.02) * drawNormal(draw)) *
          (options.factor?.(quantity, arm.transport, connections, arm) ?? 1);
        const isDisturbed =
          attempt === 0 && order === 0 && options.repeated?.includes(block) === true;
        const numbers = describeTrial(arm.transport, scale);
        const made: CompletedTrial = {
          ...numbers,
          ...(attempt > 0 && { attempt }),
          gates: isDisturbed ? numbers.gates.map(missIfStolen) : numbers.gates,
          trial,
          block,
          burnIn: block < plan.burnInBlocks,
          order,
          arm,
          loadPoint,
        };
        const record = options.edit === undefined ? made : options.edit(made);
        if (record !== undefined) trials.push(record);
        trial++;
      }
    }
  }
  return { folder: 'reports/fixture', header: fixtureHeader(plan, options), trials, warnings: [] };
}

function fixtureBlocks(
  plan: Plan,
  { repeated = [] }: FixtureOptions,
): readonly { readonly block: number; readonly attempt: number }[] {
  return Array.from({ length: plan.burnInBlocks + plan.blocks }, (_, block) =>
    (repeated.includes(block) ? [0, 1] : [0]).map((attempt) => ({ block, attempt })),
  ).flat();
}

function missIfStolen(gate: Gate): Gate {
  return gate.id === 'N1' ? { ...gate, value: 0.09, ok: false } : gate;
}

export function fixtureHeader(
  plan: Plan,
  { command = 'streamduel run' }: Pick<FixtureOptions, 'command'>,
): SavedRun['header'] {
  return {
    kind: 'run',
    schema: 1,
    streamduel: '0.1.0',
    name: 'fixture',
    startedAt: '2026-01-02T03:04:05.000Z',
    command,
    plan,
    planSha256: hashPlan(plan),
    environment: {
      node: 'v24.0.0',
      v8: '13',
      os: 'Linux',
      cpuModel: 'made up',
      cpus: 2,
      memoryBytes: 4096 * MIB,
      settings: {},
      packages: {},
      tools: {},
    },
  };
}

/** A factor that acts on one quantity of one arm. */
export function factorOn(
  quantity: FixtureQuantity,
  transport: TransportId,
  factor: number,
): NonNullable<FixtureOptions['factor']> {
  return (one, of) => (one === quantity && of === transport ? factor : 1);
}
