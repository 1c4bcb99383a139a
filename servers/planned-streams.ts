// The streams that can be requested of a server: those of the trial and its rehearsal, planned
// before the start so that planning costs nothing inside the window, and any other that a request
// describes itself (for people and for tests).

import { streamEpoch } from '../bench/contract/control-events.ts';
import { padTemplate, payloads, type PayloadName } from '../bench/contract/payload.ts';
import { recordedStream } from '../bench/contract/recorded-streams.ts';
import {
  hashStreamText,
  openTokenSource,
  planOffsetsNs,
  sliceStart,
  type OtherTexts,
  type TokenSource,
  type Workload,
} from '../bench/contract/workload.ts';
import type { PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';
import { REHEARSAL_PREFIX, type Population, type Rehearsal } from '../bench/contract/population.ts';

/** A stream's place in its trial. */
interface TrialIndex {
  /** Index of the stream, and of its first token, in the trial's stamp columns. */
  readonly stream: number;
  readonly base: number;
  /** Planned start, ns since T0. */
  readonly startNs: number;
}

interface LargeTokens {
  readonly texts: OtherTexts;
  /** The text of each as a JSON string. */
  readonly jsonText: string;
}

export interface StreamPlan {
  readonly id: string;
  readonly seed: number;
  /**
   * Set when the seed does not name this instance of the stream: people ask for the same one again
   * and again.
   */
  readonly epoch?: string;
  readonly tokens: number;
  /** undefined outside a trial. */
  readonly trialIndex: TrialIndex | undefined;
  /** True for streams before T0 that warm up; they are not needed afterwards. */
  readonly isRehearsal: boolean;
  /**
   * When each token is due, ns after the stream's origin: the start of its handler or, on a
   * timetable, its planned start.
   */
  readonly offsetsNs: Float64Array;
  readonly isOnTimetable: boolean;
  /** Index of the first token in the source. */
  readonly sourceStart: number;
  readonly sha256: string;
  /** Tokens that are large messages. */
  readonly large?: LargeTokens;
  /**
   * Token source and payload template, set when they are not those of all streams of the server.
   */
  readonly source?: TokenSource;
  readonly template?: PayloadTemplate;
}

/** Names the instance of the stream in its cursors. */
export function epochOf({ seed, epoch }: StreamPlan): string {
  return epoch ?? streamEpoch(seed);
}

/** A request for a stream; the optional fields describe one that the trial did not plan. */
export interface StreamRequest {
  readonly id: string;
  readonly n?: number;
  readonly rate?: number;
  readonly seed?: number;
  /** Bytes by which each payload is longer. */
  readonly pad?: number;
  /** Name of one of several workloads; only a server that has them knows it. */
  readonly workload?: string;
}

interface PlannedPopulations {
  readonly population: Population;
  readonly rehearsal: Rehearsal;
  /** Offsets by stream of the population, set when it follows a timetable. */
  readonly timetabledOffsetsNs?: readonly Float64Array[] | undefined;
  /** Large messages among the tokens, by stream of the population. */
  readonly large?: ReadonlyMap<number, OtherTexts>;
}

export class PlannedStreams {
  readonly source: TokenSource;
  readonly #workload: Workload;
  readonly #payload: PayloadName;
  readonly #planned = new Map<string, StreamPlan>();

  /** @param payload Decides whether tokens are text or bytes; text when absent. */
  constructor(workload: Workload, populations?: PlannedPopulations, payload?: PayloadName) {
    this.source = openTokenSource(workload, payload);
    this.#workload = workload;
    this.#payload = payload ?? 'lean';
    if (populations === undefined) return;
    const { population, rehearsal, timetabledOffsetsNs, large } = populations;
    for (let stream = 0; stream < population.streams; stream++) {
      const trialIndex = {
        stream,
        base: population.base[stream] as number,
        startNs: population.startNs[stream] as number,
      };
      const plan = {
        ...this.#planOf(workload, population, stream, String(stream)),
        ...this.#withLarge(population, stream, large?.get(stream)),
        trialIndex,
      };
      const offsetsNs = timetabledOffsetsNs?.[stream];
      this.#add(offsetsNs === undefined ? plan : { ...plan, offsetsNs, isOnTimetable: true });
    }
    for (let stream = 0; stream < rehearsal.population.streams; stream++) {
      const plan = this.#planOf(
        rehearsal.workload,
        rehearsal.population,
        stream,
        `${REHEARSAL_PREFIX}${stream}`,
      );
      this.#add({ ...plan, isRehearsal: true });
    }
  }

  #add(plan: StreamPlan): void {
    this.#planned.set(plan.id, plan);
  }

  #planOf(workload: Workload, population: Population, stream: number, id: string): StreamPlan {
    return this.#describe(
      workload,
      id,
      population.seeds[stream] as number,
      population.tokens[stream] as number,
    );
  }

  #withLarge(
    population: Population,
    stream: number,
    others: OtherTexts | undefined,
  ): Pick<StreamPlan, 'large' | 'sha256'> | undefined {
    if (others === undefined) return undefined;
    const sourceStart = sliceStart(this.source, population.seeds[stream] as number);
    const tokens = population.tokens[stream] as number;
    return {
      large: { texts: others, jsonText: JSON.stringify([...others.values()][0] ?? '') },
      sha256: hashStreamText(this.source, sourceStart, tokens, others),
    };
  }

  #describe(workload: Workload, id: string, seed: number, tokens: number): StreamPlan {
    const sourceStart = sliceStart(this.source, seed);
    return {
      id,
      seed,
      tokens,
      trialIndex: undefined,
      isRehearsal: false,
      isOnTimetable: false,
      offsetsNs: planOffsetsNs(workload, seed, tokens),
      sourceStart,
      sha256: hashStreamText(this.source, sourceStart, tokens),
    };
  }

  /**
   * Returns undefined when the request neither names a stream of the trial nor describes another
   * one.
   */
  find(request: StreamRequest): StreamPlan | undefined {
    const { id, n, rate, seed, pad } = request;
    if (n === undefined && rate === undefined && seed === undefined)
      return this.#planned.get(request.id);
    const workload = rate === undefined ? this.#workload : atRate(this.#workload, rate);
    const ofSeed = seed ?? 1;
    const recorded = recordedStream(workload, ofSeed)?.tokens;
    const tokens =
      recorded === undefined ? (n ?? workload.tokensPerStream) : Math.min(n ?? recorded, recorded);
    const plan = this.#describe(workload, id, ofSeed, tokens);
    return pad === undefined
      ? plan
      : { ...plan, template: padTemplate(payloads[this.#payload].template(id), pad) };
  }
}

/** At a rate that the request asks for, recorded gaps cannot be kept. */
function atRate(workload: Workload, tokensPerSecond: number): Workload {
  const { gaps } = workload;
  return {
    ...workload,
    tokensPerSecond,
    gaps: gaps.kind === 'recorded' ? { kind: 'fixed' } : gaps,
  };
}
