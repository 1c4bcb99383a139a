// Plans the streams that the connections of a closed loop request: the same ones, in the same
// order, in every arm of a block, although it is not known in advance how many of them there will
// be time for.

import { transports } from '../bench/contract/arms/transports.ts';
import { BenchError } from '../bench/contract/errors.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import type { CompletionsPlan } from '../bench/contract/completions.ts';
import type { Population } from '../bench/contract/population.ts';
import { deriveSeed } from '../bench/contract/random.ts';
import { NS_PER_S } from '../bench/contract/units.ts';

/** Prefix of the ids of such streams. */
export const ASKED_PREFIX = 'c';

/**
 * Reserve, because gaps vary: streams may end sooner than their mean length says, but far from
 * twice as soon.
 */
const SPARE_TURNS = 2;

export class AskedStreams {
  /** All streams that there could be time for, grouped by connection. Starts are not planned. */
  readonly population: Population;
  readonly plan: CompletionsPlan;
  readonly #transport: TrialSpecification['transport'];
  readonly #turns: number;

  constructor(
    { transport, connections, workloadSeed, ...times }: TrialSpecification,
    plan: CompletionsPlan,
  ) {
    this.plan = plan;
    this.#transport = transport;
    const { tokensPerStream, tokensPerSecond } = plan;
    const shortestNs = ((tokensPerStream - 1) / tokensPerSecond) * NS_PER_S;
    const turns =
      Math.ceil((SPARE_TURNS * (times.warmupNs + times.windowNs + times.tailNs)) / shortestNs) +
      SPARE_TURNS;
    this.#turns = turns;
    const streams = connections * turns;
    const numbers = Array.from({ length: streams }, (_, stream) => stream);
    this.population = {
      streams,
      startNs: new Float64Array(streams).fill(Number.NaN),
      tokens: new Int32Array(streams).fill(tokensPerStream),
      seeds: Uint32Array.from(numbers, (stream) =>
        deriveSeed(workloadSeed, 0x636f6d70, Math.floor(stream / turns), stream % turns),
      ),
      slots: Int32Array.from(numbers, (stream) => Math.floor(stream / turns)),
      base: Int32Array.from(numbers, (stream) => stream * tokensPerStream),
      totalTokens: streams * tokensPerStream,
    };
  }

  /** @throws BenchError STREAM for more turns than whole streams could fill. */
  streamOf(connection: number, turn: number): number {
    if (turn < this.#turns) return connection * this.#turns + turn;
    throw new BenchError(
      'STREAM',
      `a connection asked for ${turn} streams, more than there can be time for: they end before they are whole`,
    );
  }

  connectionOf(stream: number): number {
    return this.population.slots[stream] as number;
  }

  /** Request target that describes the stream in full: the server has planned none. */
  pathOf(stream: number): string {
    const { tokensPerStream, tokensPerSecond } = this.plan;
    const seed = this.population.seeds[stream] as number;
    return `${transports[this.#transport].route(`${ASKED_PREFIX}${stream}`)}?n=${tokensPerStream}&rate=${tokensPerSecond}&seed=${seed}`;
  }
}
