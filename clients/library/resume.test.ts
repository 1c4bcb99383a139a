// Requirements on a client for streams that outlive their connections: the same cases for every
// transport and both stacks.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  type TransportId,
  transportIds,
  transports,
} from '../../bench/contract/arms/transports.ts';
import { TrialClock } from '../../bench/contract/clock.ts';
import { stacks } from '../stacks.ts';
import type { StreamClient, StreamListener, StreamTarget } from '../stream-client.ts';
import { startScriptedServer, type ScriptedStream } from './scripted-server.ts';

type Stack = 'probe' | 'library';

const cases = transportIds
  .filter((transport) => {
    const { resumable, streamsPerConnection } = transports[transport].capabilities;
    return resumable !== 'no' && streamsPerConnection === 'one';
  })
  .flatMap((transport) => (['probe', 'library'] as const).map((stack) => ({ transport, stack })));

const OPEN = { sid: '7', epoch: 'k3f9', from: 18, n: 20 };
const DONE = { s: 21, n: 20, sha256: 'e3b0', finish: 'stop' } as const;
const RESUME_AFTER = 'k3f9.17';

interface Watched {
  readonly client: StreamClient;
  /** Events of stream 1, with the text of tokens and causes. */
  readonly events: string[];
  readonly ended: Promise<void>;
  readonly firstToken: Promise<void>;
  readonly onToken: { call: (stream: number) => void };
}

function watch({ transport, stack }: { transport: TransportId; stack: Stack }): Watched {
  const events: string[] = [];
  const ended = Promise.withResolvers<void>();
  const firstToken = Promise.withResolvers<void>();
  const onToken = { call: (_stream: number): void => {} };
  const note = (stream: number, what: string): void => {
    if (stream === 1) events.push(what);
  };
  const token = (stream: number, text: string): void => {
    note(stream, `token ${text}`);
    if (stream === 1) firstToken.resolve();
    onToken.call(stream);
  };
  const listener: StreamListener = {
    onConnect: (stream) => note(stream, 'connect'),
    onAccept: (stream) => note(stream, 'accept'),
    onTokenBytes: (stream, buffer, start, end) =>
      token(stream, buffer.toString('utf8', start, end)),
    onTokenText: token,
    onControl: (stream, type, text) => {
      const { type: _type, ...fields } = JSON.parse(text) as Record<string, unknown>;
      note(stream, `${type} ${JSON.stringify(fields)}`);
    },
    onEnd: (stream) => {
      note(stream, 'end');
      if (stream === 1) ended.resolve();
    },
    onFailure: (stream, cause) => {
      note(stream, `failure ${cause}`);
      if (stream === 1) ended.resolve();
    },
  };
  const client = stacks[stack](transport, { listener, now: new TrialClock().now });
  return { client, events, ended: ended.promise, firstToken: firstToken.promise, onToken };
}

const at = (port: number, more: Partial<StreamTarget> = {}): StreamTarget => ({
  host: '127.0.0.1',
  port,
  path: '/v1/streams/1',
  ...more,
});

/** A compressed comment's length depends on the bytes that were sent before. */
const atLeastOne: unknown = expect.toSatisfy((bytes: number) => bytes > 0);

const CHUNKED_COMMENT = '3\r\n:\n\n\r\n'.length;

const heartbeatBytes: Partial<Record<TransportId, number>> = {
  sse: CHUNKED_COMMENT,
  'sse-post': CHUNKED_COMMENT,
  ndjson: '1\r\n\n\r\n'.length,
  ws: 2,
  'ws-binary': 2,
  'ws-deflate': 2,
  'ws-deflate-no-takeover': 2,
  tcp: 1,
};

describe.each(cases)('$transport over $stack', ({ transport, stack }) => {
  test('a client that comes back says where it stands, before it is sent anything', async () => {
    let seen: { path: string; resume: string | undefined } | undefined;
    await using server = await startScriptedServer(transport, (stream) => {
      seen = { path: stream.path, resume: stream.resume };
      stream.control('open', OPEN);
      for (const sequence of [18, 19, 20]) stream.token(`{"s":${sequence}}`);
      stream.control('done', DONE);
      stream.end();
    });
    const { client, events, ended } = watch({ transport, stack });
    client.open(1, at(server.port, { resumeAfter: RESUME_AFTER }));
    await ended;
    const isWebSocket = transports[transport].protocol === 'websocket';
    expect(seen).toEqual({
      path: isWebSocket ? '/v1/streams/1?resume=1' : '/v1/streams/1',
      resume: isWebSocket ? '{"type":"resume","after":"k3f9.17"}' : RESUME_AFTER,
    });
    expect(events).toEqual([
      'connect',
      'accept',
      `open ${JSON.stringify(OPEN)}`,
      'token {"s":18}',
      'token {"s":19}',
      'token {"s":20}',
      `done ${JSON.stringify(DONE)}`,
      'end',
    ]);
  });

  test('a gap is told with its fields, between the tokens', async () => {
    await using server = await startScriptedServer(transport, (stream) => {
      stream.control('gap', { missing: 18, from: 120 });
      stream.token('{"s":120}');
      stream.control('done', DONE);
      stream.end();
    });
    const { client, events, ended } = watch({ transport, stack });
    client.open(1, at(server.port, { resumeAfter: RESUME_AFTER }));
    await ended;
    expect(events.slice(2, 4)).toEqual(['gap {"missing":18,"from":120}', 'token {"s":120}']);
  });

  test('a heartbeat is counted as bytes and told to nobody', async () => {
    let accepted: ScriptedStream | undefined;
    await using server = await startScriptedServer(transport, (stream) => {
      accepted = stream;
      stream.token('one');
    });
    const { client, events, firstToken } = watch({ transport, stack });
    client.open(1, at(server.port));
    await firstToken;
    const before = client.bytesRead(1)!;
    accepted!.heartbeat();
    await expect
      .poll(() => (client.bytesRead(1) ?? 0) - before, { interval: 1 })
      .toEqual(heartbeatBytes[transport] ?? atLeastOne);
    expect(events).toEqual(['connect', 'accept', 'token one']);
    client.abandon(1);
  });

  test('the bytes read are those that the server wrote, and unknown without a connection', async () => {
    let accepted: ScriptedStream | undefined;
    await using server = await startScriptedServer(transport, (stream) => {
      accepted = stream;
      stream.token('x'.repeat(100_000));
    });
    const { client, firstToken } = watch({ transport, stack });
    expect(client.bytesRead(1)).toBeUndefined();
    client.open(1, at(server.port));
    expect(client.bytesRead(1)).toBe(0);
    await firstToken;
    await expect
      .poll(() => client.bytesRead(1), { interval: 1 })
      .toBe(accepted!.socket.bytesWritten);
    client.abandon(1);
    expect(client.bytesRead(1)).toBeUndefined();
  });
});

/** A compressor would shrink what is to fill the buffers, and hold what they do not take. */
const uncompressed = cases.filter(
  ({ transport }) => !transports[transport].capabilities.compressed,
);

describe.each(uncompressed)(
  '$transport over $stack, sent more than buffers hold',
  ({ transport, stack }) => {
    // Two streams are sent more than the kernel buffers of a connection can hold (4 MiB and 6 MiB
    // by default, together).
    const BIG_TOKENS = 96;
    const BIG_TOKEN_BYTES = 256 * 1024;

    async function startFlood(): Promise<{
      server: Awaited<ReturnType<typeof startScriptedServer>>;
      sockets: Map<string, Socket>;
    }> {
      const sockets = new Map<string, Socket>();
      const server = await startScriptedServer(transport, (stream) => {
        sockets.set(stream.path, stream.socket);
        for (let token = 1; token <= BIG_TOKENS; token++)
          stream.token(String(token).padEnd(BIG_TOKEN_BYTES, 'x'));
        stream.control('done', DONE);
        stream.end();
      });
      return { server, sockets };
    }

    test.each(['at its first token', 'before it is connected'])(
      'a stream that is paused %s stops its server, not its neighbour',
      async (when) => {
        const { server, sockets } = await startFlood();
        await using _server = server;
        const { client, events, ended, onToken } = watch({ transport, stack });
        let neighbourTokens = 0;
        const neighbourEnded = Promise.withResolvers<void>();
        onToken.call = (stream) => {
          if (stream === 1 && events.at(-1)!.startsWith('token 1x')) client.pause(1);
          if (stream === 2 && ++neighbourTokens === BIG_TOKENS) neighbourEnded.resolve();
        };
        client.open(1, at(server.port, { path: '/1' }));
        if (when === 'before it is connected') client.pause(1);
        client.open(2, at(server.port, { path: '/2' }));
        await neighbourEnded.promise;
        expect(events.filter((event) => event.startsWith('token')).length).toBeLessThanOrEqual(
          when === 'at its first token' ? 2 : 0,
        );
        expect(client.bytesRead(1)).toBeLessThan(4 * BIG_TOKEN_BYTES);
        expect(sockets.get('/1')!.writableLength).toBeGreaterThan(BIG_TOKEN_BYTES);

        onToken.call = () => {};
        client.unpause(1);
        await ended;
        const tokens = events
          .filter((event) => event.startsWith('token'))
          .map((event) => Number.parseInt(event.slice('token '.length), 10));
        expect(tokens).toEqual(Array.from({ length: BIG_TOKENS }, (_, index) => index + 1));
        expect(events.at(-1)).toBe('end');
        client.abandon(2);
        await client.close();
      },
    );
  },
);

describe.each(cases)('$transport over $stack, abandoned', ({ transport, stack }) => {
  test('a stream that is abandoned while it connects sends nothing and leaves no connection', async () => {
    const closed = Promise.withResolvers<number>();
    const server = createServer((socket) => {
      let received = 0;
      socket.on('data', (bytes) => (received += bytes.length));
      socket.on('error', () => {}).on('close', () => closed.resolve(received));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { client, events } = watch({ transport, stack });
    client.open(1, at((server.address() as AddressInfo).port, { resumeAfter: RESUME_AFTER }));
    // Connecting begins in a later tick of this turn, and is done in a later turn.
    for (let tick = 0; tick < 10; tick++) await new Promise((resolve) => process.nextTick(resolve));
    client.abandon(1);
    expect(await closed.promise).toBe(0);
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    expect(events).toEqual([]);
    server.close();
  });

  test('a paused stream can be abandoned, and nothing can be done to one that is not open', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await startScriptedServer(transport, (stream) => {
      stream.socket.on('close', () => closed.resolve());
      stream.token('one');
    });
    const { client, events, firstToken } = watch({ transport, stack });
    client.open(1, at(server.port));
    await firstToken;
    client.pause(1);
    client.abandon(1);
    await closed.promise;
    client.pause(1);
    client.unpause(1);
    expect(events).toEqual(['connect', 'accept', 'token one']);
  });
});

/**
 * Bytes that a client sends until it has requested its stream; a WebSocket upgrade is answered, so
 * that it can.
 */
async function sentBytes(
  stack: Stack,
  transport: TransportId,
  resumeAfter?: string,
): Promise<Buffer> {
  const whole = Promise.withResolvers<Buffer>();
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      const headEnd = transport === 'tcp' ? received.indexOf('\n') : received.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const isResumeAwaited = transport === 'ws' && resumeAfter !== undefined;
      if (isResumeAwaited && received.length === headEnd + 4) answerUpgrade(socket, received);
      else whole.resolve(received);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { client } = watch({ transport, stack });
  client.open(
    1,
    at((server.address() as AddressInfo).port, resumeAfter === undefined ? {} : { resumeAfter }),
  );
  const bytes = await whole.promise;
  client.abandon(1);
  server.close();
  return bytes;
}

function answerUpgrade(socket: Socket, request: Buffer): void {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(request.toString())?.[1];
  const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: tokens.v1.json\r\n\r\n`,
  );
}

/** Replaces ports and keys, which differ from one connection to the next, keys not in length. */
const comparable = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/(host: 127\.0\.0\.1):\d+/i, '$1:PORT')
    .replace(/(sec-websocket-key): \S+/i, '$1: KEY');

describe.each(['probe', 'library'] as const)('what %s sends to come back', (stack) => {
  test('over SSE it is one more field, and nothing else', async () => {
    const first = comparable(await sentBytes(stack, 'sse'));
    const again = comparable(await sentBytes(stack, 'sse', RESUME_AFTER));
    const field = /last-event-id: k3f9\.17\r\n/i;
    expect(again).toMatch(field);
    expect(again.replace(field, '')).toBe(first);
  });

  test('over the null arm it is one more word', async () => {
    expect(comparable(await sentBytes(stack, 'tcp'))).toBe('/v1/streams/1\n');
    expect(comparable(await sentBytes(stack, 'tcp', RESUME_AFTER))).toBe('/v1/streams/1 k3f9.17\n');
  });

  test('over WebSocket it is a query, and after the handshake one masked text frame', async () => {
    const first = comparable(await sentBytes(stack, 'ws'));
    const again = await sentBytes(stack, 'ws', RESUME_AFTER);
    const headEnd = again.indexOf('\r\n\r\n') + 4;
    expect(
      comparable(again.subarray(0, headEnd)).replace('/v1/streams/1?resume=1 ', '/v1/streams/1 '),
    ).toBe(first);
    const frame = again.subarray(headEnd);
    const message = '{"type":"resume","after":"k3f9.17"}';
    expect([...frame.subarray(0, 2)]).toEqual([0x81, 0x80 | message.length]);
    const mask = frame.subarray(2, 6);
    expect(
      Buffer.from(frame.subarray(6).map((byte, index) => byte ^ mask[index % 4]!)).toString(),
    ).toBe(message);
  });
});

test('the probe sends exactly this to come back over SSE', async () => {
  expect(
    (await sentBytes('probe', 'sse', RESUME_AFTER)).toString().replace(/:\d+\r\n/, ':80\r\n'),
  ).toBe(
    'GET /v1/streams/1 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\n' +
      'Last-Event-ID: k3f9.17\r\n\r\n',
  );
});
