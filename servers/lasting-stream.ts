// One stream that outlives its connections: its generation follows the plan, with or without a
// receiver, as a model's does.

import { renderContent, type Payload } from '../bench/contract/payload.ts';
import type { PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';
import { contentAt, type TokenSource } from '../bench/contract/workload.ts';
import type { Paced } from './pacer.ts';
import { epochOf, type StreamPlan } from './planned-streams.ts';
import type { Receiver } from './receiver.ts';
import type { ReplayBuffer } from './replay-buffer.ts';
import type { Kept } from './resume-point.ts';

interface LastingStreamOptions {
  readonly plan: StreamPlan;
  readonly template: PayloadTemplate;
  readonly source: TokenSource;
  /** When each token is due, ns since T0. */
  readonly tokensDueNs: Float64Array;
  /** undefined for a stream that keeps nothing. */
  readonly buffer: ReplayBuffer | undefined;
  /** The first token that is generated here. */
  readonly first: number;
}

export class LastingStream implements Paced, Kept {
  readonly plan: StreamPlan;
  readonly epoch: string;
  readonly tokensDueNs: Float64Array;
  readonly buffer: ReplayBuffer | undefined;
  readonly #template: PayloadTemplate;
  readonly #source: TokenSource;
  dueNs = 0;
  nextInSlot: Paced | undefined;
  isScheduled = false;
  generated: number;
  receiver: Receiver<LastingStream> | undefined;
  hasBeenHeard = false;
  /** Since when it has had no receiver, ns since T0; without meaning while it has one. */
  unheardSinceNs = 0;
  /** `done` was sent to a receiver. */
  isTold = false;
  /** False once its buffer was dropped for lack of memory, until a receiver connects again. */
  isRetaining = true;
  /** Cancelled, or its time to live is over. */
  isForgotten = false;
  /** When the last token was generated, ns since T0. */
  endedNs: number | undefined;
  lastTick = -1;

  constructor({ plan, template, source, tokensDueNs, buffer, first }: LastingStreamOptions) {
    this.plan = plan;
    this.epoch = epochOf(plan);
    this.tokensDueNs = tokensDueNs;
    this.buffer = buffer;
    this.generated = first - 1;
    this.#template = template;
    this.#source = source;
  }

  get tokens(): number {
    return this.plan.tokens;
  }

  get oldest(): number | undefined {
    return this.buffer?.oldest;
  }

  get isFinished(): boolean {
    return this.generated === this.plan.tokens;
  }

  render(sequence: number): Payload {
    const content = contentAt(this.#source, this.plan.sourceStart + sequence - 1);
    return renderContent(this.#template, sequence, content);
  }

  /**
   * A token that was generated but not sent yet; undefined when it has fallen out of the buffer. A
   * stream without a replay buffer still owes a connected receiver the tokens that its full socket
   * delays: they are rendered from the plan.
   */
  waiting(sequence: number): Payload | undefined {
    return this.buffer === undefined ? this.render(sequence) : this.buffer.payload(sequence);
  }

  /** When the next token is due; undefined after the last. */
  nextDueNs(): number | undefined {
    return this.tokensDueNs[this.generated];
  }
}

/** Number of tokens that are due at this moment. */
export function countDue(tokensDueNs: Float64Array, nowNs: number): number {
  let low = 0;
  let high = tokensDueNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tokensDueNs[middle] as number) <= nowNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
