// A scenario is a named question. Its file says what it asks and, where its conditions are its own, what they are and how much
// of it each preset measures; the registry lists them for help, `list` and the plan.

import type { FaultName } from '../contract/faults.ts';
import type { PolicyName } from '../contract/reconnect-policy.ts';
import type { LoadPoint } from '../contract/load-point.ts';
import type { PayloadName } from '../contract/payload.ts';
import type { Plan, ScenarioId } from '../contract/run-file.ts';
import type { TransportId } from '../contract/transports.ts';
import type { Workload } from '../contract/workload.ts';
import type { ArmText } from '../plan/arms.ts';
import type { RunFlags } from '../plan/build-plan.ts';
import type { PresetName } from '../plan/presets.ts';

/** How much of a scenario that breaks something a preset measures; what is not here is the preset's own. */
export interface FaultSize {
  readonly connections: readonly number[];
  readonly blocks: number;
  /** Trials that run side by side. */
  readonly lanes: number;
  /** The outage of `long-blackhole`. */
  readonly longOutageNs: number;
  readonly verdicts: boolean;
}

export interface BreakingScenario {
  /** Without --transports. The null arm is left out: it is the floor of microseconds, and these times are tenths of seconds. */
  readonly transports: readonly TransportId[];
  /** Without --faults; undefined where the scenario is about one fault. */
  readonly faults: readonly FaultName[];
  readonly canChooseFaults: boolean;
  readonly policies: readonly PolicyName[];
  readonly tokensPerSecond: number;
  /** From T0 until all streams are open and their code is warm, and from then to the fault. */
  readonly warmupNs: number;
  readonly beforeFaultNs: number;
  readonly sizes: Record<PresetName, FaultSize>;
}

/** How much of a scenario that breaks nothing a preset measures; what is not here is the preset's own. */
export interface MeasuringSize {
  readonly connections: readonly number[];
  readonly blocks: number;
  readonly burnInBlocks: number;
  readonly warmupNs: number;
  readonly windowNs: number;
  readonly verdicts: boolean;
}

/** A scenario with conditions of its own that breaks nothing. */
interface MeasuringScenario {
  /** Without --transports. */
  readonly transports: readonly ArmText[];
  /** What of the workload differs from the steady one, without the flags that set it. */
  readonly workload: Partial<Pick<Workload, 'tokensPerSecond' | 'tokensPerStream' | 'firstTokenMedianMs' | 'firstTokenSigma'>>;
  readonly sizes: Record<PresetName, MeasuringSize>;
  /** Without --payload; `lean` when absent. */
  readonly payload?: PayloadName;
  /** Flags that would change nothing here: refused, and left out of the command that repeats a run. */
  readonly unused?: readonly ('rate' | 'tokens' | 'warmup' | 'duration')[];
  /** 1 when absent. */
  readonly fewestConnections?: number;
  /** What is measured of each arm in each block. Without --connections they are the size's. */
  readonly loadPoints: (connections: readonly number[], preset: PresetName) => readonly LoadPoint[];
  /** What the plan holds for this scenario alone; refuses flags that make no sense in it. */
  readonly conditions?: (flags: RunFlags, place: ConditionsPlace) => Pick<Plan, 'ladder' | 'search' | 'completions' | 'browserLimits'>;
}

interface ConditionsPlace {
  readonly preset: PresetName;
  readonly connections: readonly number[];
  readonly serverProcesses: number;
  readonly workload: Workload;
  readonly windowNs: number;
}

export interface Scenario {
  readonly name: ScenarioId;
  /** The question it answers, as the report's first line. */
  readonly question: string;
  /** One line for `streamduel list scenarios`. */
  readonly summary: string;
  readonly breaks?: BreakingScenario;
  readonly measures?: MeasuringScenario;
}
