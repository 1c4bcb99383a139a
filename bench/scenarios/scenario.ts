// A scenario is a named question. Its file states the question and, if it has conditions of its
// own, these conditions and the sizes of each preset; the registry lists the scenarios for help,
// `list` and the plan.

import type { ClientStack } from '../contract/arms/stacks.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import type { FaultName } from '../contract/faults.ts';
import type { PolicyName } from '../contract/reconnect-policy.ts';
import type { LoadPoint } from '../contract/load-point.ts';
import type { PayloadName } from '../contract/payload.ts';
import type { ProcedureId } from '../contract/procedures.ts';
import type { Plan, ScenarioId } from '../contract/run-file.ts';
import type { Workload } from '../contract/workload.ts';
import type { RunFlags, ScenarioFlags } from '../flags/run-flags.ts';
import type { FollowUp } from '../plan/follow-up.ts';
import type { ALL_ARMS, ArmText } from '../plan/arms.ts';
import type { Needs } from '../plan/needs.ts';
import type { PresetName } from '../plan/presets.ts';

/** Size of a fault scenario in a preset; all other values are the preset's own. */
export interface FaultSize {
  readonly connections: readonly number[];
  readonly blocks: number;
  /** Number of parallel trials. */
  readonly lanes: number;
  /** The outage of `long-blackhole`. */
  readonly longOutageNs: number;
  readonly verdicts: boolean;
}

export interface BreakingScenario {
  /**
   * Default without --transports. The null arm is left out: it is the floor of microseconds, and
   * these times are tenths of seconds.
   */
  readonly transports: readonly TransportId[];
  /** Default without --faults. */
  readonly faults: readonly FaultName[];
  readonly policies: readonly PolicyName[];
  readonly tokensPerSecond: number;
  /** Time from T0 until all streams are open and their code is warm, and from then to the fault. */
  readonly warmupNs: number;
  readonly beforeFaultNs: number;
  readonly sizes: Record<PresetName, FaultSize>;
}

/** Size of a scenario without faults in a preset; all other values are the preset's own. */
export interface MeasuringSize {
  readonly connections: readonly number[];
  readonly blocks: number;
  readonly burnInBlocks: number;
  readonly warmupNs: number;
  readonly windowNs: number;
  /** Number of parallel trials, of trials that wait most of the time; 1 when absent. */
  readonly lanes?: number;
  readonly verdicts: boolean;
}

/** A scenario with conditions of its own and without faults. */
interface MeasuringScenario {
  /** Default without --transports. */
  readonly transports: readonly ArmText[] | typeof ALL_ARMS;
  /** Differences from the steady workload, unless flags set them. */
  readonly workload: Partial<
    Pick<Workload, 'tokensPerSecond' | 'tokensPerStream' | 'firstTokenMedianMs' | 'firstTokenSigma'>
  >;
  readonly sizes: Record<PresetName, MeasuringSize>;
  /** Default without --payload; `lean` when absent. */
  readonly payload?: PayloadName;
  /** 1 when absent. */
  readonly fewestConnections?: number;
  /**
   * Load points that each arm measures in each block. Without --connections, `connections` are the
   * size's.
   */
  readonly loadPoints: (
    connections: readonly number[],
    preset: PresetName,
    arms: Plan['arms'],
  ) => readonly LoadPoint[];
  /** Part of the plan for this scenario alone; refuses flags that make no sense in it. */
  readonly conditions?: (
    flags: RunFlags,
    place: ConditionsPlace,
  ) => Pick<
    Plan,
    | 'ladder'
    | 'search'
    | 'completions'
    | 'browserLimits'
    | 'proxyCells'
    | 'duplex'
    | 'turns'
    | 'stops'
    | 'steers'
  >;
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
  /** Exceptions to the rules of flags: those it takes, sets itself or does not take. */
  readonly flags?: ScenarioFlags;
  /** Abilities that every arm must have. */
  readonly needs: Needs;
  /** Client stack of arms that name none; the default one when absent. */
  readonly client?: ClientStack;
  /** Default arms with this --client, where they are not the usual ones. */
  readonly armsByClient?: { readonly [Stack in ClientStack]?: readonly ArmText[] };
  /**
   * Set when its usual arms go over loopback and over each real proxy of this machine in both forms,
   * and each arm names its path.
   */
  readonly comparesPaths?: true;
  /** How each of its trials is carried out. */
  readonly procedure: ProcedureId;
  /** Plans what follows from its saved trials; absent when its plan is all there is. */
  readonly followUp?: FollowUp;
  /** Whether its load points may be shares of what the arms carry, and declare their endpoints. */
  readonly hasLoads?: true;
  /** Set when its arms are servers that are not this project's. */
  readonly hasTargets?: true;
  /** Set when its streams can be recorded ones: it sets no length and no pace of its own. */
  readonly replays?: true;
  readonly breaks?: BreakingScenario;
  readonly measures?: MeasuringScenario;
}

/**
 * Flags of a scenario in which faults strike one server, or whose result is that of one load
 * process with one server.
 */
export const undivided = {
  clientProcesses: { refuses: 'one load process speaks with one server' },
  serverProcesses: { refuses: 'one load process speaks with one server' },
} as const satisfies ScenarioFlags;
