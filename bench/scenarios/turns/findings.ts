// The part of an analysis about the factors of a turn's time. Pure values, saved within
// analysis.json.

import type { Estimate } from '../../analysis/statistics/estimate.ts';
import type { TurnConditions } from '../../contract/turn-conditions.ts';
import type { EffectVerdict } from './effect-verdict.ts';

/** Level 1 of each: a kept connection, only what is new, the other arm. */
export type TurnFactor = 'connection' | 'context' | 'transport';

export type Network = Pick<TurnConditions, 'roundTripNs' | 'uplinkBytesPerSecond'>;

export interface TurnEffect {
  /** One for a main effect, several for their interaction. */
  readonly factors: readonly TurnFactor[];
  /** Time of a turn at level 1 over that at level 0; of an interaction, the ratio of two such ratios. */
  readonly ratio: Estimate | undefined;
  /** The difference, ns. */
  readonly difference: Estimate | undefined;
}

/** The effect of one factor where another has one level: these are declared, and have verdicts. */
export interface SimpleEffect {
  readonly factor: TurnFactor;
  readonly given: { readonly factor: TurnFactor; readonly level: 0 | 1 };
  readonly ratio: Estimate | undefined;
  /** Ns. */
  readonly difference: Estimate | undefined;
  /** Absent where there is none: too few blocks, or a doubt. */
  readonly verdict?: EffectVerdict | undefined;
}

/** One change after another, from the slowest way to the other end. */
export interface Step {
  /** The levels after it. */
  readonly connection: TurnConditions['connection'];
  readonly context: TurnConditions['context'];
  readonly arm: string;
  /** Undefined for the first. */
  readonly factor: TurnFactor | undefined;
  /** Time of the whole conversation, ns. */
  readonly total: Estimate | undefined;
  /** Over the step before it, and over the first. */
  readonly ratio: Estimate | undefined;
  readonly ratioOfAll: Estimate | undefined;
  /** Over the second, which keeps its connection; undefined up to it. */
  readonly ratioOfKept: Estimate | undefined;
}

/** All effects over one network, of the baseline and one other arm. */
export interface NetworkEffects {
  readonly network: Network;
  readonly baselineArm: string;
  /** Undefined in a run of one arm, which then has no factor `transport`. */
  readonly otherArm: string | undefined;
  /** Blocks with every combination. */
  readonly blocks: number;
  readonly effects: readonly TurnEffect[];
  readonly simple: readonly SimpleEffect[];
  readonly steps: readonly Step[];
  /** Why no effect has a verdict, in words; empty where they have. */
  readonly doubts: readonly string[];
}

/** How many round trips an effect is worth, over networks that differ in their round trip alone. */
export interface RoundTrips {
  readonly factor: TurnFactor;
  readonly given: SimpleEffect['given'];
  readonly otherArm: string | undefined;
  readonly uplinkBytesPerSecond: number | undefined;
  readonly fromNs: number;
  readonly toNs: number;
  /** Positive where level 0 takes more of them. */
  readonly saved: Estimate | undefined;
}

/** One turn of a cell, medians over its trials, ns. */
interface TurnOfCell {
  readonly turn: number;
  readonly firstTokenNs: number | undefined;
  readonly lastTokenNs: number | undefined;
  readonly bytesUp: number | undefined;
}

export interface CellByTurn {
  readonly conditions: TurnConditions;
  readonly arm: string;
  readonly turns: readonly TurnOfCell[];
}

export interface TurnsFindings {
  readonly turns: {
    readonly networks: readonly NetworkEffects[];
    readonly roundTrips: readonly RoundTrips[];
    readonly cells: readonly CellByTurn[];
  };
}
