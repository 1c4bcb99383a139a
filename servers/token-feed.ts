// What makes tokens come: the pacer in this process, or a process that stands for a model and writes them to this one.

import type { Paced, Pacer } from './pacer.ts';

/**
 * Calls `emit` of a stream for each of its tokens, as `PacerOptions` has it. `schedule` asks for a stream's tokens, or goes on
 * with them after `emit` returned undefined.
 */
export interface TokenFeed<S extends Paced> extends Pick<Pacer<S>, 'tick' | 'turnNs' | 'schedule' | 'stop'> {
  /** The stream is over, whole or not: nothing of it is wanted any more. */
  readonly drop?: (stream: S) => void;
}

/** A stream whose tokens can be planned or asked for. */
export interface FedStream extends Paced {
  /** What the plan's offsets count from, ns since T0. */
  readonly originNs: number;
  readonly plan: { readonly id: string; readonly offsetsNs: Float64Array };
}

export type OpenTokenFeed = <S extends FedStream>(emit: (stream: S) => number | undefined) => TokenFeed<S>;
