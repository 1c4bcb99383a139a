// The streams a server can be asked for: those of the trial, planned before the start so that planning costs nothing
// inside the window, and any other that a request describes itself (for people and for tests).

import { hashStreamText, openTokenSource, planOffsetsNs, sliceStart, type TokenSource, type Workload } from '../bench/contract/workload.ts';
import type { Population } from '../bench/contract/population.ts';

export interface StreamPlan {
  readonly id: string;
  readonly seed: number;
  readonly tokens: number;
  /** Index of the first token in the trial's stamp columns, and of the stream; undefined outside a trial. */
  readonly trialIndex: { readonly stream: number; readonly base: number } | undefined;
  /** When each token is due, ns after the handler began. */
  readonly offsetsNs: Float64Array;
  /** Index of the first token in the source. */
  readonly sourceStart: number;
  readonly sha256: string;
}

/** What a request may say about a stream that the trial did not plan. */
export interface StreamRequest {
  readonly id: string;
  readonly n?: number;
  readonly rate?: number;
  readonly seed?: number;
}

export class PlannedStreams {
  readonly source: TokenSource;
  readonly #workload: Workload;
  readonly #planned: StreamPlan[] = [];

  constructor(workload: Workload, population: Population | undefined) {
    this.source = openTokenSource(workload);
    this.#workload = workload;
    for (let stream = 0; stream < (population?.streams ?? 0); stream++)
      this.#planned.push(this.#plan(workload, population as Population, stream));
  }

  #plan(workload: Workload, population: Population, stream: number): StreamPlan {
    const seed = population.seeds[stream] as number;
    const tokens = population.tokens[stream] as number;
    return {
      ...this.#describe(workload, String(stream), seed, tokens),
      trialIndex: { stream, base: population.base[stream] as number },
    };
  }

  #describe(workload: Workload, id: string, seed: number, tokens: number): StreamPlan {
    const sourceStart = sliceStart(this.source, seed);
    return {
      id,
      seed,
      tokens,
      trialIndex: undefined,
      offsetsNs: planOffsetsNs(workload, seed, tokens),
      sourceStart,
      sha256: hashStreamText(this.source, sourceStart, tokens),
    };
  }

  /** Undefined when the request names neither a stream of the trial nor what another one should be. */
  find(request: StreamRequest): StreamPlan | undefined {
    const { n, rate, seed } = request;
    if (n === undefined && rate === undefined && seed === undefined) {
      return /^\d{1,9}$/.test(request.id) ? this.#planned[Number(request.id)] : undefined;
    }
    const workload = rate === undefined ? this.#workload : { ...this.#workload, tokensPerSecond: rate };
    return this.#describe(workload, request.id, seed ?? 1, n ?? workload.tokensPerStream);
  }
}
