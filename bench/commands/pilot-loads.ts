// The pilot of a run whose loads are shares: a short trial of each arm, and one or two of the
// weaker one near the capacity extrapolated from the trial before. Its results are not compared,
// and it warms the machine up.

import { armName, isCopy, type Arm } from '../contract/arms/arms.ts';
import { transports } from '../contract/arms/transports.ts';
import type { PilotTrial } from '../contract/load-pilot.ts';
import { BenchError } from '../contract/errors.ts';
import { deriveSeed } from '../contract/random.ts';
import type { Plan } from '../contract/run-file.ts';
import type { ProcessUse } from '../contract/tally.ts';
import { NS_PER_S } from '../contract/units.ts';
import { busiest, fullAt, placePlan } from '../plan/loads.ts';
import { planBlock, type PlannedTrial } from '../plan/trials.ts';
import { measureTrial, type MeasureOptions } from '../trial/procedure.ts';

/** Tokens a second that every machine of the last ten years carries with room to spare. */
const FIRST_TOKENS_PER_SECOND = 12_000;
/**
 * The cost of a token falls with the load: an extrapolated capacity is too low, and more accurate
 * nearer to saturation.
 */
const NEXT_SHARE = 0.9;
/** CPU share at which a process is near enough to saturation. */
const NEAR_TOP = 0.6;
const MOST_NEXT = 2;
/**
 * Limits on warm-up and window, else as in the measured trials: in its first second a process costs
 * more than later.
 */
const LONGEST_WARMUP_NS = 2 * NS_PER_S;
const LONGEST_WINDOW_NS = 1 * NS_PER_S;

type PilotOptions = Pick<MeasureOptions, 'tokenFile' | 'port' | 'verbose' | 'signal' | 'site'> & {
  readonly onTrial: (text: string) => void;
  /** Replaced in tests. */
  readonly measure?: (planned: PlannedTrial, options: MeasureOptions) => Promise<Measured>;
};

async function measureSteady(planned: PlannedTrial, options: MeasureOptions): Promise<Measured> {
  const { steady } = await import('../scenarios/steady/procedure.ts');
  return await measureTrial(steady, planned, options);
}

type Use = Pick<ProcessUse, 'cpuUserNs' | 'cpuSystemNs' | 'wallNs'>;

interface Measured {
  readonly server: { readonly use: Use };
  readonly client: { readonly use: Use };
}

function cpuShare({ cpuUserNs, cpuSystemNs, wallNs }: Use): number {
  return (cpuUserNs + cpuSystemNs) / wallNs;
}

/** Returns the plan with its loads. @throws BenchError when a trial cannot be measured. */
export async function pilotLoads(plan: Plan, options: PilotOptions): Promise<Plan> {
  const trials: PilotTrial[] = [];
  for (const arm of contendersOf(plan)) {
    const streams = Math.max(
      1,
      Math.round(FIRST_TOKENS_PER_SECOND / plan.workload.tokensPerSecond),
    );
    trials.push(await tryLoad(plan, arm, streams, options));
  }
  const weakest = trials.reduce((least, trial) => (fullAt(trial) < fullAt(least) ? trial : least));
  const arm = plan.arms.find((one) => armName(one) === weakest.arm) as Arm;
  let last = weakest;
  for (let step = 0; step < MOST_NEXT && (step === 0 || busiest(last) < NEAR_TOP); step++) {
    last = await tryLoad(plan, arm, Math.max(1, Math.round(NEXT_SHARE * fullAt(last))), options);
    trials.push(last);
  }
  return placePlan(plan, trials);
}

/** Leaves out the null arm, which carries more than any other, unless it is the only one. */
function contendersOf({ arms }: Plan): readonly Arm[] {
  const own = arms.filter((arm) => !isCopy(arm));
  const contenders = own.filter(({ transport }) => !transports[transport].isNullArm);
  return contenders.length === 0 ? own : contenders;
}

async function tryLoad(
  plan: Plan,
  arm: Arm,
  streams: number,
  { measure = measureSteady, onTrial, ...options }: PilotOptions,
): Promise<PilotTrial> {
  onTrial(`pilot: what the arms carry, ${armName(arm)}, ${streams} streams`);
  // The pilot's warm-up is too short for a phase of low load.
  const { lowPhase: _lowPhase, ...own } = plan;
  const { serverProcesses = 1, clientProcesses = 1 } = own;
  const short: Plan = {
    ...own,
    arms: [arm],
    loadPoints: [{ connections: streams }],
    warmupNs: Math.min(plan.warmupNs, LONGEST_WARMUP_NS),
    windowNs: Math.min(plan.windowNs, LONGEST_WINDOW_NS),
    seed: deriveSeed(plan.seed, 0x70696c, streams),
    keepStamps: false,
  };
  const [planned] = planBlock(short, 0, { attempt: 0, firstTrial: 0 }).trials;
  if (planned === undefined) throw new BenchError('USAGE', 'a pilot has a trial');
  const { server, client } = await measure(planned, {
    ...options,
    plan: short,
    keepStampsIn: undefined,
    onProgress: () => {},
  });
  return {
    arm: armName(arm),
    streams,
    serverCpuShare: cpuShare(server.use) / serverProcesses,
    clientCpuShare: cpuShare(client.use) / clientProcesses,
  };
}
