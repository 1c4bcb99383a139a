// Every client stack against the real servers when streams outlive their connections: tokens lost
// with a connection are replayed on the next, once.

import { describe, expect, it } from 'vitest';
import { canSpeak, type StreamStack } from '../bench/contract/arms/stacks.ts';
import { transportIds, transports, type TransportId } from '../bench/contract/arms/transports.ts';
import { renderCursor, streamEpoch } from '../bench/contract/control-events.ts';
import { CHUNK_NUMBER_BYTES, isChunkMessage } from '../bench/contract/payload.ts';
import type { Population } from '../bench/contract/population.ts';
import { asInstant } from '../bench/contract/units.ts';
import { streamText } from '../bench/contract/workload.ts';
import type { PlannedStreams } from '../servers/planned-streams.ts';
import { startTestServer } from '../servers/twin-fixture.ts';
import { startCutter } from './cutter-fixture.ts';
import { stacks } from './stacks.ts';
import type { StreamClient, StreamListener } from './stream-client.ts';

const TOKENS = 120;
const SEED = 1000;
const EPOCH = streamEpoch(SEED);
/**
 * One stream, whose tokens are due within 60 ms of the server's start, with or without a receiver.
 */
const population: Population = {
  streams: 1,
  startNs: new Float64Array(1),
  tokens: Int32Array.of(TOKENS),
  seeds: Uint32Array.of(SEED),
  slots: Int32Array.of(0),
  base: Int32Array.of(0),
  totalTokens: TOKENS,
};

interface Received {
  /** Sequence numbers, in order of receipt, over all connections. */
  readonly sequences: number[];
  readonly text: string;
  /** Control events with their JSON, ends and causes; connections as `accept`. */
  readonly events: string[];
}

interface ReceiveOptions {
  readonly transport: TransportId;
  readonly stack: StreamStack;
  readonly port: number;
  readonly streamId?: string;
  readonly resumeAfter?: string;
  /** The client drops a connection after so many tokens, and resumes at once. */
  readonly cutAfterTokens?: number;
}

/** Opens the stream, again and again if connections are to be cut, until it ends. */
async function receive({
  transport,
  stack,
  port,
  streamId = '0',
  resumeAfter,
  cutAfterTokens,
}: ReceiveOptions): Promise<Received> {
  const sequences: number[] = [];
  const events: string[] = [];
  let text = '';
  let tokensOfConnection = 0;
  const ended = Promise.withResolvers<void>();
  const open = (cursor: string | undefined): void => {
    tokensOfConnection = 0;
    client.open(0, {
      host: '127.0.0.1',
      port,
      path: transports[transport].route(streamId),
      ...(cursor !== undefined && { resumeAfter: cursor }),
    });
  };
  const onBytes = (message: Buffer): void => {
    if (isChunkMessage(message))
      onToken(message.readUInt32BE(0), message.toString('base64', CHUNK_NUMBER_BYTES));
    else onText(message.toString());
  };
  const onText = (payload: string): void => {
    const { s, d } = JSON.parse(payload) as { s: number; d: string };
    onToken(s, d);
  };
  const onToken = (s: number, d: string): void => {
    sequences.push(s);
    text += d;
    if (++tokensOfConnection !== cutAfterTokens) return;
    client.abandon(0);
    open(renderCursor({ epoch: EPOCH, sequence: s }));
  };
  const listener: StreamListener = {
    onConnect: () => {},
    onAccept: () => events.push('accept'),
    onTokenBytes: (_stream, buffer, start, end) => onBytes(buffer.subarray(start, end)),
    onTokenText: (_stream, payload) => onText(payload),
    onControl: (_stream, type, json) => {
      const { type: _type, ...fields } = JSON.parse(json) as { type?: string };
      events.push(`${type} ${JSON.stringify(fields)}`);
    },
    onEnd: () => {
      events.push('end');
      ended.resolve();
    },
    onFailure: (_stream, cause) => {
      events.push(`failure ${cause}`);
      ended.resolve();
    },
    onLost: () => {},
  };
  const client: StreamClient = stacks[stack](transport, {
    listener,
    now: () => asInstant(performance.now()),
  });
  open(resumeAfter);
  await ended.promise;
  await client.close();
  return { sequences, text, events };
}

const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

function done(planned: PlannedStreams): string {
  return `done ${JSON.stringify({ s: TOKENS + 1, n: TOKENS, sha256: planned.find({ id: '0' })!.sha256, finish: 'stop' })}`;
}

/** A response of HTTP can say by its status that a stream is over; the others say it by `done`. */
function isHttpAnswer(transport: TransportId): boolean {
  const { http, closingHandshake } = transports[transport].capabilities;
  return http !== undefined && !closingHandshake;
}

const cases = transportIds
  .filter((transport) => {
    const { resumable, streamsPerConnection } = transports[transport].capabilities;
    return resumable !== 'no' && streamsPerConnection === 'one';
  })
  .flatMap((transport) => (['probe', 'library'] as const).map((stack) => ({ transport, stack })));

describe.each(cases)('$transport over $stack', ({ transport, stack }) => {
  it.each([1, 7, 50])(
    'a client that comes back after every %i tokens receives each of them once, in order',
    async (cutAfterTokens) => {
      await using server = await startTestServer(transport, { population, recovery: {} });
      const { port, planned } = server;
      const { sequences, text, events } = await receive({ transport, stack, port, cutAfterTokens });
      const whole = await receive({ transport, stack, port });
      expect(sequences).toEqual(numbers(1, TOKENS));
      expect(text).toBe(whole.text);
      expect(whole.sequences).toEqual(numbers(1, TOKENS));
      // When a cut follows the last token there is nothing to resume, which HTTP reports without a
      // stream.
      const isOver = isHttpAnswer(transport) && TOKENS % cutAfterTokens === 0;
      expect(events.slice(isOver ? -1 : -2)).toEqual(
        isOver ? ['failure http-204'] : [done(planned), 'end'],
      );
    },
  );

  it('tokens that are bytes are replayed as text is, in the form of the transport', async () => {
    const payload = 'audio';
    await using server = await startTestServer(transport, { payload, population, recovery: {} });
    const { port, planned } = server;
    const { sequences, text } = await receive({ transport, stack, port, cutAfterTokens: 50 });
    const { sourceStart } = planned.find({ id: '0' })!;
    expect(sequences).toEqual(numbers(1, TOKENS));
    expect(text).toBe(streamText(planned.source, sourceStart, TOKENS));
  });

  it('a stream that is over and was received whole ends at once', async () => {
    await using server = await startTestServer(transport, { population, recovery: {} });
    const { port, planned } = server;
    await receive({ transport, stack, port });
    const { sequences, events } = await receive({
      transport,
      stack,
      port,
      resumeAfter: renderCursor({ epoch: EPOCH, sequence: TOKENS }),
    });
    expect(sequences).toEqual([]);
    expect(events.slice(-2)).toEqual(
      isHttpAnswer(transport) ? ['failure http-204'] : [done(planned), 'end'],
    );
  });

  it('a stream that is not known is refused in the words of the transport', async () => {
    await using server = await startTestServer(transport, { recovery: {} });
    const { events } = await receive({
      transport,
      stack,
      port: server.port,
      streamId: 'lost',
      resumeAfter: `${EPOCH}.5`,
    });
    // The null arm has neither statuses nor close codes, so it sends a message.
    const { http, closingHandshake } = transports[transport].capabilities;
    const inMessage = [
      'accept',
      expect.stringMatching(/^stream-error .*404/),
      'failure closed-early',
    ];
    expect(events).toEqual(
      closingHandshake
        ? ['accept', 'failure closed-4404']
        : http === undefined
          ? inMessage
          : ['failure http-204'],
    );
  });

  it('what the server no longer has is declared missing', async () => {
    const bufferTokens = 10;
    const limits = { bufferTokens, bufferBytes: 1024 * 1024, ttlNs: 60e9, totalBytes: 1024 * 1024 };
    await using server = await startTestServer(transport, { population, recovery: { limits } });
    const { port } = server;
    await receive({ transport, stack, port });
    const { sequences, events } = await receive({
      transport,
      stack,
      port,
      resumeAfter: renderCursor({ epoch: EPOCH, sequence: 3 }),
    });
    expect(sequences).toEqual(numbers(TOKENS - bufferTokens + 1, TOKENS));
    expect(events).toContain(`gap {"missing":4,"from":${TOKENS - bufferTokens + 1}}`);
  });
});

const selfReconnecting = (Object.keys(stacks) as StreamStack[]).filter(
  (stack) => !canSpeak(stack, 'ws'),
);

describe.each(selfReconnecting)('sse over %s', (stack) => {
  it.each(['fin', 'rst'] as const)(
    'comes back by itself after each %s and receives every token once, in order',
    async (how) => {
      await using server = await startTestServer('sse', { population, recovery: { retryMs: 10 } });
      const cuts = 3;
      using cutter = await startCutter(server.port, { afterBytes: 1200, how, cuts });
      const { sequences, text, events } = await receive({
        transport: 'sse',
        stack,
        port: cutter.port,
      });
      expect(sequences).toEqual(numbers(1, TOKENS));
      expect(text).toBe(
        (await receive({ transport: 'sse', stack: 'probe', port: server.port })).text,
      );
      expect(events.filter((event) => event === 'accept')).toHaveLength(cuts + 1);
      expect(events.slice(-2)).toEqual([done(server.planned), 'end']);
    },
  );
});
