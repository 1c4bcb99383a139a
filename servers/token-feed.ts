// Source of tokens: the pacer in this process, or a process that stands in for a model and writes
// them to this one.

import type { Paced, Pacer } from './pacer.ts';

/**
 * Calls `emit` for each token of a stream, as `PacerOptions` specifies. `schedule` requests a
 * stream's tokens, or continues with them after `emit` returned undefined.
 */
export interface TokenFeed<S extends Paced> extends Pick<
  Pacer<S>,
  'tick' | 'turnNs' | 'schedule' | 'stop'
> {
  /** Call when the stream is over, complete or not: no more of its tokens are needed. */
  readonly drop?: (stream: S) => void;
}

/** A stream whose tokens can be paced here or requested from a model. */
export interface FedStream extends Paced {
  /** Origin of the plan's offsets, ns since T0. */
  readonly originNs: number;
  readonly plan: { readonly id: string; readonly offsetsNs: Float64Array };
}

export type OpenTokenFeed = <S extends FedStream>(
  emit: (stream: S) => number | undefined,
) => TokenFeed<S>;
