// Every client stack over every transport against the real servers: the same streams, the same
// events, verified whole.

import { describe, expect, it } from 'vitest';
import { canSpeak } from '../bench/contract/arms/stacks.ts';
import { transportIds, transports, type TransportId } from '../bench/contract/arms/transports.ts';
import {
  messageBytes,
  payloadNames,
  payloads,
  type PayloadName,
} from '../bench/contract/payload.ts';
import type { Population } from '../bench/contract/population.ts';
import { asInstant, KIB, MIB } from '../bench/contract/units.ts';
import { openTokenSource, streamText } from '../bench/contract/workload.ts';
import type { PlannedStreams } from '../servers/planned-streams.ts';
import { startTestServer, fastWorkload } from '../servers/twin-fixture.ts';
import { API_MESSAGE, checkApiMessages } from './api-messages.ts';
import { startCutter } from './cutter-fixture.ts';
import { expectTokens, layOutOnce } from './expected-chunks.ts';
import { noFaults, SequenceCheck } from './sequence.ts';
import { sharedPlace } from './shared-place.ts';
import { stacks } from './stacks.ts';
import type { SocketCount, StreamClient, StreamListener } from './stream-client.ts';

type Stack = 'probe' | 'library';
const stacksOf = (transport: TransportId): Stack[] =>
  (['probe', 'library'] as const).filter((stack) => canSpeak(stack, transport));

/** Streams on a connection, on a transport that shares them. */
const SHARED = 3;
const eventSources = ['eventsource', 'undici-eventsource'] as const;

/** Streams of lengths from 1 token on, so that first, last and only tokens all occur. */
function populationWith(streams: number, longerBy: number): Population {
  const tokens = Int32Array.from({ length: streams }, (_, stream) => 1 + longerBy * stream);
  const base = new Int32Array(streams);
  for (let stream = 1; stream < streams; stream++)
    base[stream] = base[stream - 1]! + tokens[stream - 1]!;
  return {
    streams,
    startNs: new Float64Array(streams),
    tokens,
    seeds: Uint32Array.from({ length: streams }, (_, stream) => 1000 + stream),
    slots: Int32Array.from({ length: streams }, (_, stream) => stream),
    base,
    totalTokens: base.at(-1)! + tokens.at(-1)!,
  };
}

const many = populationWith(20, 2);
const few = populationWith(4, 1);
const populationOf = (payload: PayloadName): Population =>
  messageBytes(payload) > 64 * KIB ? few : many;
/** All tokens of a test are due at once, which makes no receiver of it a slow one. */
const limits = { backpressureBytes: 64 * MIB };

interface Seen {
  readonly payloads: string[][];
  /** Messages of an API around the tokens. */
  readonly apiMessages: string[][];
  readonly controls: string[][];
  readonly ends: (SocketCount | undefined)[];
  readonly failures: string[][];
  readonly order: string[][];
  readonly counts: ReturnType<typeof noFaults>;
  readonly verified: boolean[];
}

async function receive(
  transport: TransportId,
  stack: keyof typeof stacks,
  port: number,
  payload: PayloadName,
  planned: PlannedStreams,
): Promise<Seen> {
  const population = populationOf(payload);
  const source = openTokenSource(fastWorkload, payload);
  const layout = layOutOnce(source);
  const counts = noFaults();
  const lists = (): string[][] => Array.from({ length: population.streams }, () => []);
  const seen: Seen = {
    payloads: lists(),
    apiMessages: lists(),
    controls: lists(),
    ends: [],
    failures: lists(),
    order: lists(),
    counts,
    verified: [],
  };
  const hashes: (string | undefined)[] = [];
  const checks = Array.from(population.tokens, (tokens, stream) => {
    const plan = planned.find({ id: String(stream) })!;
    const template = payloads[payload].template(String(stream));
    const expected = expectTokens(source, { template, transport, layout });
    const { id, sourceStart } = plan;
    const text = (): string => streamText(source, sourceStart, tokens);
    const apiMessages = checkApiMessages(payload, transport, { id, tokens, text });
    return new SequenceCheck(expected, { sourceStart, tokens, counts, apiMessages });
  });
  let left = population.streams;
  let allOver: () => void;
  const over = new Promise<void>((resolve) => {
    allOver = resolve;
  });
  const finish = (): void => {
    left--;
    if (left === 0) allOver();
  };
  const keep = (stream: number, place: number, message: string): void =>
    void seen[place === API_MESSAGE ? 'apiMessages' : 'payloads'][stream]!.push(message);
  const listener: StreamListener = {
    onConnect: (stream) => void seen.order[stream]!.push('connect'),
    onAccept: (stream) => void seen.order[stream]!.push('accept'),
    onTokenBytes: (stream, buffer, start, end) => {
      const place = checks[stream]!.acceptBytes(buffer, start, end);
      keep(stream, place, buffer.toString('utf8', start, end));
    },
    onTokenText: (stream, text) => keep(stream, checks[stream]!.acceptText(text), text),
    onControl: (stream, type, text) => {
      seen.order[stream]!.push(type);
      const { type: _type, ...fields } = JSON.parse(text) as { type?: string; sha256?: string };
      seen.controls[stream]!.push(`${type} ${JSON.stringify(fields)}`);
      if (type === 'done') hashes[stream] = fields.sha256;
    },
    onEnd: (stream, count) => {
      seen.order[stream]!.push('end');
      seen.ends[stream] = count;
      seen.verified[stream] = checks[stream]!.finish(
        hashes[stream],
        () => planned.find({ id: String(stream) })!.sha256,
      );
      finish();
    },
    onFailure: (stream, cause, message) => {
      seen.failures[stream]!.push(`${cause}: ${message}`);
      finish();
    },
  };
  const client: StreamClient = stacks[stack](transport, {
    listener,
    now: () => asInstant(performance.now()),
  });
  for (let stream = 0; stream < population.streams; stream++)
    client.open(stream, {
      host: '127.0.0.1',
      port,
      path: transports[transport].route(String(stream)),
      ...(transports[transport].capabilities.streamsPerConnection === 'many' &&
        sharedPlace({ streamsPerConnection: SHARED }, { slot: stream, streamId: String(stream) })),
    });
  await over;
  await client.close();
  return seen;
}

/** `open` is a comment in the event stream of an API. */
function orderOf(transport: TransportId, payload: PayloadName): string[] {
  const hidesOpen =
    transports[transport].protocol === 'event-stream' && payloads[payload].api !== undefined;
  return ['connect', 'accept', ...(hidesOpen ? [] : ['open']), 'done', 'end'];
}

describe.each(
  transportIds.flatMap((transport) => payloadNames.map((payload) => [transport, payload] as const)),
)('%s with %s payload', (transport, payload) => {
  it('the client stacks verify every stream and see the same events', async () => {
    const population = populationOf(payload);
    await using server = await startTestServer(transport, { payload, population, limits });
    const all: Seen[] = [];
    for (const stack of stacksOf(transport))
      all.push(await receive(transport, stack, server.port, payload, server.planned));
    const [probe] = all;
    for (const seen of all) {
      expect(seen.failures.flat()).toEqual([]);
      expect(seen.counts).toEqual(noFaults());
      expect(seen.verified).toEqual(Array.from(population.tokens, () => true));
      expect(seen.payloads.map((tokens) => tokens.length)).toEqual([...population.tokens]);
      for (const order of seen.order) expect(order).toEqual(orderOf(transport, payload));
      expect(seen.payloads).toEqual(probe!.payloads);
      expect(seen.apiMessages).toEqual(probe!.apiMessages);
      expect(seen.controls).toEqual(probe!.controls);
    }
    // The server counts the sockets of all clients; each must have read an equal share exactly.
    await expect.poll(() => server.streams.openStreams).toBe(0);
    for (const { ends } of all)
      expect(ends.reduce((sum, count) => sum + (count?.bytesRead ?? 0), 0)).toBe(
        server.streams.counts.bytesWritten / all.length,
      );
  });
});

it.each(eventSources.flatMap((stack) => payloadNames.map((payload) => [stack, payload] as const)))(
  '%s verifies every stream of payload %s, and sees the events of the probe',
  async (stack, payload) => {
    const population = populationOf(payload);
    await using server = await startTestServer('sse', { payload, population, limits });
    const probe = await receive('sse', 'probe', server.port, payload, server.planned);
    const seen = await receive('sse', stack, server.port, payload, server.planned);
    expect(seen.failures.flat()).toEqual([]);
    expect(seen.counts).toEqual(noFaults());
    expect(seen.verified).toEqual(Array.from(population.tokens, () => true));
    for (const order of seen.order) expect(order).toEqual(orderOf('sse', payload));
    expect([seen.payloads, seen.apiMessages, seen.controls]).toEqual([
      probe.payloads,
      probe.apiMessages,
      probe.controls,
    ]);
  },
);

const cuts = transportIds.flatMap((transport) =>
  stacksOf(transport).flatMap((stack) =>
    (['fin', 'rst'] as const).map((how) => [transport, stack, how] as const),
  ),
);

it.each(cuts)(
  '%s/%s: a stream that is cut by a %s fails once, is never whole, and what came is a prefix',
  async (transport, stack, how) => {
    await using server = await startTestServer(transport, { population: many });
    const whole = await receive(transport, stack, server.port, 'lean', server.planned);
    // Longer than any head, shorter than the longest streams.
    using cutter = await startCutter(server.port, { afterBytes: 700, how });
    const seen = await receive(transport, stack, cutter.port, 'lean', server.planned);
    const cutStreams = seen.failures.filter((failures) => failures.length > 0).length;
    expect(cutStreams).toBeGreaterThan(0);
    for (let stream = 0; stream < many.streams; stream++) {
      const failures = seen.failures[stream]!;
      expect(failures.length + (seen.order[stream]!.includes('end') ? 1 : 0)).toBe(1);
      const received = seen.payloads[stream]!;
      expect(received).toEqual(whole.payloads[stream]!.slice(0, received.length));
      for (const failure of failures)
        expect(failure).toMatch(/^(closed-early|ECONNRESET|protocol)/);
    }
  },
);
