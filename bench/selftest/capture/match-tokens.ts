// Finds every token of a trial in the captured packets. The bytes of each are known in advance from
// the workload, so no framing is parsed here: assumptions of the servers and clients about their
// framing are not repeated.

import { transports, type TransportId } from '../../contract/arms/transports.ts';
import { payloads, renderPayload, type PayloadName } from '../../contract/payload.ts';
import type { Population } from '../../contract/population.ts';
import { emptyStamps } from '../../contract/stamps.ts';
import { sliceStart, type TokenSource } from '../../contract/workload.ts';
import { reassemble, type TcpFlow } from './tcp-flows.ts';

export interface MatchInput {
  readonly flows: readonly TcpFlow[];
  readonly transport: TransportId;
  readonly payload: PayloadName;
  readonly population: Population;
  readonly source: TokenSource;
  /** The trial's epoch T0 on CLOCK_REALTIME, ns since 1970. */
  readonly originNs: bigint;
}

export interface MatchedTokens {
  /**
   * By token: when the segment that carries the last byte of its payload was on the wire, ns since
   * T0; NaN if none was found.
   */
  readonly wireNs: Float64Array;
  /**
   * Number of segments that carried the ends of `tokens` tokens, by rising `tokens`; segments that
   * carried none are not counted.
   */
  readonly tokensPerSegment: readonly { readonly tokens: number; readonly segments: number }[];
  /** Tokens whose payload was spread over two segments or more. */
  readonly splitTokens: number;
  /**
   * Segments of the trial's streams that were captured only in part: their tokens cannot be found.
   */
  readonly cutSegments: number;
  /** Streams of the trial without a connection in the capture. */
  readonly streamsUnseen: number;
}

/**
 * Expects one stream a connection, as the probe opens them; the streams of the rehearsal are left
 * out.
 */
export function matchTokens(input: MatchInput): MatchedTokens {
  const { population, originNs } = input;
  const wireNs = emptyStamps(population.totalTokens);
  const endsPerSegment: number[] = [];
  const seen = new Set<number>();
  let splitTokens = 0;
  let cutSegments = 0;
  for (const flow of input.flows) {
    const stream = streamOf(flow, input.transport);
    if (stream === undefined || stream >= population.streams || seen.has(stream)) continue;
    seen.add(stream);
    cutSegments += flow.toClient.filter(({ cutBytes }) => cutBytes > 0).length;
    const ended = new Map<number, number>();
    for (const { position, firstSegment, lastSegment } of findTokens(flow, stream, input)) {
      wireNs[position] = Number((flow.toClient[lastSegment]?.atNs as bigint) - originNs);
      ended.set(lastSegment, (ended.get(lastSegment) ?? 0) + 1);
      if (firstSegment !== lastSegment) splitTokens++;
    }
    endsPerSegment.push(...ended.values());
  }
  const tokensPerSegment = [...Map.groupBy(endsPerSegment, (tokens) => tokens)]
    .map(([tokens, { length: segments }]) => ({ tokens, segments }))
    .toSorted((a, b) => a.tokens - b.tokens);
  return {
    wireNs,
    tokensPerSegment,
    splitTokens,
    cutSegments,
    streamsUnseen: population.streams - seen.size,
  };
}

/**
 * Number of the stream that a connection requested; undefined if it requested none, or one of the
 * rehearsal, which have letters.
 */
function streamOf(flow: TcpFlow, transport: TransportId): number | undefined {
  const request = reassemble(flow.toServer).bytes.toString('latin1');
  const number = new RegExp(`(?:^|\\s)${transports[transport].route('')}(\\d+)\\s`).exec(
    request,
  )?.[1];
  return number === undefined ? undefined : Number(number);
}

interface FoundToken {
  /** Index in columns over all tokens. */
  readonly position: number;
  /** Indices into the segments to the client. */
  readonly firstSegment: number;
  readonly lastSegment: number;
}

/**
 * Searches in order: each token is looked for behind the one before it, and a missing one does not
 * hide those that follow.
 */
function findTokens(
  flow: TcpFlow,
  stream: number,
  { population, payload, source }: MatchInput,
): FoundToken[] {
  const { bytes, segmentOf } = reassemble(flow.toClient);
  const template = payloads[payload].template(String(stream));
  const sourceStart = sliceStart(source, population.seeds[stream] as number);
  const found: FoundToken[] = [];
  let from = 0;
  for (let token = 0; token < (population.tokens[stream] as number); token++) {
    const text = source.jsonTexts[(sourceStart + token) % source.jsonTexts.length] as string;
    const expected = Buffer.from(renderPayload(template, token + 1, text));
    // Bytes that were not captured are zeros, which no payload holds: JSON escapes them.
    const at = bytes.indexOf(expected, from);
    if (at === -1) continue;
    from = at + expected.length;
    found.push({
      position: (population.base[stream] as number) + token,
      firstSegment: segmentOf[at] as number,
      lastSegment: segmentOf[from - 1] as number,
    });
  }
  return found;
}
