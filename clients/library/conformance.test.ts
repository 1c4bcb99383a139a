// The same cases for every transport and both client stacks.

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  transportIds,
  transports,
  type TransportId,
} from '../../bench/contract/arms/transports.ts';
import { TrialClock } from '../../bench/contract/clock.ts';
import type { Instant } from '../../bench/contract/units.ts';
import { API_MESSAGE } from '../api-messages.ts';
import { openProbeClient } from '../probe/probe-client.ts';
import type { SocketCount, StreamClient, StreamListener } from '../stream-client.ts';
import { openLibraryClient } from './library-client.ts';
import {
  startRawServer,
  startRefusingServer,
  startScriptedServer,
  type ScriptedStream,
} from './scripted-server.ts';

const stacks = { probe: openProbeClient, library: openLibraryClient };

/** Each stream has a connection of its own there, as the scripted server needs it. */
const unshared = transportIds.filter(
  (transport) => transports[transport].capabilities.streamsPerConnection === 'one',
);

const cases = unshared.flatMap((transport) =>
  (['probe', 'library'] as const).map((stack) => ({ transport, stack, openClient: stacks[stack] })),
);

interface Seen {
  /** Events in order, each with its text. */
  readonly events: [what: string, text: string][];
  readonly stamps: Instant[];
  count: SocketCount | undefined;
  cause: string | undefined;
}

interface Watched {
  readonly client: StreamClient;
  readonly seen: Seen;
  readonly ended: Promise<void>;
  /** Resolves with the first token. */
  readonly firstToken: Promise<void>;
  readonly onToken: { call: () => void };
}

function watch(openClient: typeof openProbeClient, transport: TransportId): Watched {
  const seen: Seen = { events: [], stamps: [], count: undefined, cause: undefined };
  const ended = Promise.withResolvers<void>();
  const firstToken = Promise.withResolvers<void>();
  const onToken = { call: (): void => {} };
  const note = (what: string, text: string, at: Instant): void => {
    seen.events.push([what, text]);
    seen.stamps.push(at);
  };
  const token = (text: string, at: Instant): void => {
    note('token', text, at);
    firstToken.resolve();
    onToken.call();
  };
  const listener: StreamListener = {
    onConnect: (_stream, at) => note('connect', '', at),
    onAccept: (_stream, at) => note('accept', '', at),
    onTokenBytes: (_stream, buffer, start, end, at) =>
      token(buffer.toString('utf8', start, end), at),
    onTokenText: (_stream, payload, at) => token(payload, at),
    onControl: (_stream, type, text, at) => {
      // `type` is a field only when events have no names.
      const { type: _type, ...fields } = JSON.parse(text) as Record<string, unknown>;
      note(type, JSON.stringify(fields), at);
    },
    onEnd: (_stream, count, at) => {
      note('end', '', at);
      seen.count = count;
      ended.resolve();
    },
    onFailure: (_stream, cause, message, at) => {
      note('failure', message, at);
      seen.cause = cause;
      ended.resolve();
    },
  };
  const client = openClient(transport, { listener, now: new TrialClock().now });
  return { client, seen, ended: ended.promise, firstToken: firstToken.promise, onToken };
}

const endings = (seen: Seen): number =>
  seen.events.filter(([what]) => what === 'end' || what === 'failure').length;

/** Opens one stream, waits for its ending and for whatever might follow it. */
async function receive(
  openClient: typeof openProbeClient,
  transport: TransportId,
  port: number,
): Promise<Seen> {
  const { client, seen, ended } = watch(openClient, transport);
  client.open(7, { host: '127.0.0.1', port, path: '/v1/streams/7' });
  await ended;
  await client.close();
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  expect(endings(seen)).toBe(1);
  return seen;
}

const OPEN = { sid: '7', epoch: 'k3f9', from: 1, n: 4 };
const DONE = { s: 5, n: 4, sha256: 'e3b0', finish: 'stop' } as const;
/** Events without ids, and without the messages of an API around them. */
const plain = { isNumbered: false, api: undefined } as const;
const PAYLOADS = [
  '{"s":1,"d":" tok"}',
  '{"s":2,"d":"日本語 🦀 — ünï"}',
  `{"s":3,"d":"${'x'.repeat(200)}"}`,
  `{"s":4,"d":"${'é'.repeat(40_000)}"}`,
];

function sendWhole(stream: ScriptedStream): void {
  stream.control('open', OPEN);
  for (const payload of PAYLOADS) stream.token(payload);
  stream.control('done', DONE);
  stream.end();
}

describe.each(cases)('$transport over $stack', ({ transport, openClient }) => {
  test('a whole stream is delivered in order and to the byte, between open and done', async () => {
    let path = '';
    await using server = await startScriptedServer(transport, (stream) => {
      path = stream.path;
      sendWhole(stream);
    });
    const { events, stamps, count } = await receive(openClient, transport, server.port);
    expect(events).toEqual([
      ['connect', ''],
      ['accept', ''],
      ['open', JSON.stringify(OPEN)],
      ...PAYLOADS.map((payload) => ['token', payload]),
      ['done', JSON.stringify(DONE)],
      ['end', ''],
    ]);
    expect(path).toBe('/v1/streams/7');
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    const model = transports[transport].bytes;
    expect(count!.bytesSent).toBeGreaterThan(0);
    expect(count!.bytesRead).toBeGreaterThan(count!.headBytes);
    if (model === 'not-modelled') return;
    const body =
      model.open(OPEN, plain) +
      PAYLOADS.reduce(
        (bytes, payload) =>
          bytes +
          model.token({
            payloadBytes: Buffer.byteLength(payload),
            sequence: 1,
            idPrefixBytes: undefined,
          }),
        0,
      ) +
      model.done(DONE, 'k3f9', plain) +
      model.endBytes;
    expect(count!.bytesRead - count!.headBytes).toBe(body);
  });

  test('a refused connection is one failure with the cause of the system', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const { events, cause } = await receive(openClient, transport, port);
    expect(cause).toBe('ECONNREFUSED');
    expect(events).toEqual([['failure', expect.stringContaining(`127.0.0.1:${port}`)]]);
  });
});

const able = (ability: 'incremental' | 'compressed') =>
  cases.filter(({ transport }) => transports[transport].capabilities[ability]);

/**
 * A compressor works in another thread, so what the test writes in one turn need not leave
 * together.
 */
const uncompressed = able('incremental').filter(
  ({ transport }) => !transports[transport].capabilities.compressed,
);

describe.each(uncompressed)(
  '$transport over $stack, whose events leave in the turn that writes them',
  ({ transport, openClient }) => {
    test('tokens that arrive in one read count as one read, a later token as another', async () => {
      let accepted: ScriptedStream | undefined;
      await using server = await startScriptedServer(transport, (stream) => {
        accepted = stream;
        stream.socket.cork();
        stream.token('one');
        stream.token('two');
        stream.socket.uncork();
      });
      const { client, onToken } = watch(openClient, transport);
      const reads: (number | undefined)[] = [];
      const third = Promise.withResolvers<void>();
      onToken.call = () => {
        reads.push(client.tokenReads());
        if (reads.length === 2) setImmediate(() => accepted!.token('three'));
        if (reads.length === 3) third.resolve();
      };
      client.open(1, { host: '127.0.0.1', port: server.port, path: '/' });
      await third.promise;
      await nextTurn();
      expect(client.tokenReads()).toBe(2);
      client.abandon(1);
    });
  },
);

describe.each(able('incremental'))(
  '$transport over $stack, whose tokens leave one by one',
  ({ transport, openClient }) => {
    test('a reset in mid-stream is one failure after the tokens before it', async () => {
      let reset: (() => void) | undefined;
      await using server = await startScriptedServer(transport, (stream) => {
        stream.token('before');
        reset = () => void stream.socket.resetAndDestroy();
      });
      const { client, seen, ended, firstToken } = watch(openClient, transport);
      client.open(1, { host: '127.0.0.1', port: server.port, path: '/' });
      await firstToken;
      reset!();
      await ended;
      expect(seen.cause).toBe('ECONNRESET');
      expect(seen.events.map(([what]) => what)).toEqual(['connect', 'accept', 'token', 'failure']);
    });

    test('a connection that ends before `done` is closed-early', async () => {
      let end: (() => void) | undefined;
      await using server = await startScriptedServer(transport, (stream) => {
        stream.token('before');
        end = () => void stream.socket.end();
      });
      const { client, seen, ended, firstToken } = watch(openClient, transport);
      client.open(1, { host: '127.0.0.1', port: server.port, path: '/' });
      await firstToken;
      end!();
      await ended;
      const { events, cause } = seen;
      expect(cause).toBe('closed-early');
      expect(events.map(([what]) => what)).toEqual(['connect', 'accept', 'token', 'failure']);
    });

    test('an orderly end of the transport without `done` is a failure too', async () => {
      await using server = await startScriptedServer(transport, (stream) => {
        stream.token('before');
        stream.end();
      });
      const { events, cause } = await receive(openClient, transport, server.port);
      expect(cause).toBe(
        transports[transport].capabilities.closingHandshake ? 'closed-1000' : 'closed-early',
      );
      expect(events.at(-1)![1]).toContain('before `done`');
    });

    test('garbage in mid-stream is a protocol failure after the tokens before it', async () => {
      const garbage = {
        'event-stream': 'zz\r\n',
        websocket: Buffer.from([0xff, 0xff, 0xff]),
        lines: '{"type":"nonsense"}\n',
      }[transports[transport].protocol];
      let send: (() => void) | undefined;
      await using server = await startScriptedServer(transport, (stream) => {
        stream.token('before');
        send = () => void stream.socket.write(garbage);
      });
      const { client, seen, ended, firstToken } = watch(openClient, transport);
      client.open(1, { host: '127.0.0.1', port: server.port, path: '/' });
      await firstToken;
      send!();
      await ended;
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      expect(seen.cause).toBe('protocol');
      expect(seen.events.map(([what]) => what)).toEqual(['connect', 'accept', 'token', 'failure']);
    });

    test('an abandoned stream is silent, even for the rest of the read', async () => {
      const closed = Promise.withResolvers<void>();
      await using server = await startScriptedServer(transport, (stream) => {
        stream.socket.on('close', () => closed.resolve());
        stream.socket.cork();
        sendWhole(stream);
        stream.socket.uncork();
      });
      const { client, seen, onToken } = watch(openClient, transport);
      onToken.call = () => client.abandon(1);
      client.open(1, { host: '127.0.0.1', port: server.port, path: '/' });
      await closed.promise;
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      expect(seen.events.map(([what]) => what)).toEqual(['connect', 'accept', 'open', 'token']);
    });

    test('a stream can be abandoned before it is connected', async () => {
      await using server = await startScriptedServer(transport, sendWhole);
      const { client, seen, ended } = watch(openClient, transport);
      client.open(1, { host: '127.0.0.1', port: server.port, path: '/' });
      client.abandon(1);
      client.open(2, { host: '127.0.0.1', port: server.port, path: '/' });
      await ended;
      expect(seen.events.filter(([what]) => what === 'connect')).toHaveLength(1);
      expect(endings(seen)).toBe(1);
      await client.close();
    });

    test('a hundred streams at once do not mix', async () => {
      await using server = await startScriptedServer(transport, (stream) => {
        for (let sequence = 1; sequence <= 20; sequence++)
          stream.token(`${stream.path} ${sequence}`);
        stream.control('done', DONE);
        stream.end();
      });
      const received = new Map<number, string[]>();
      const allEnded = Promise.withResolvers<void>();
      let ended = 0;
      const add = (stream: number, text: string): void => void received.get(stream)!.push(text);
      const settle = (): void => {
        if (++ended === 100) allEnded.resolve();
      };
      const failures: string[] = [];
      const client = openClient(transport, {
        now: new TrialClock().now,
        listener: {
          onConnect: () => {},
          onAccept: () => {},
          onControl: () => {},
          onTokenBytes: (stream, buffer, start, end) =>
            add(stream, buffer.toString('utf8', start, end)),
          onTokenText: add,
          onEnd: settle,
          onFailure: (stream, cause, message) => {
            failures.push(`${stream} ${cause} ${message}`);
            settle();
          },
        },
      });
      for (let stream = 0; stream < 100; stream++) {
        received.set(stream, []);
        client.open(stream, { host: '127.0.0.1', port: server.port, path: `/${stream}` });
      }
      await allEnded.promise;
      await client.close();
      expect(failures).toEqual([]);
      for (const [stream, tokens] of received)
        expect(tokens).toEqual(Array.from({ length: 20 }, (_, index) => `/${stream} ${index + 1}`));
    });

    test('a read that carries only messages of an API is none that carries a token', async () => {
      await using server = await startScriptedServer(transport, sendWhole);
      const over = Promise.withResolvers<void>();
      const client = openClient(transport, {
        now: new TrialClock().now,
        listener: {
          onConnect: () => {},
          onAccept: () => {},
          onControl: () => {},
          onTokenBytes: () => API_MESSAGE,
          onTokenText: () => API_MESSAGE,
          onEnd: () => over.resolve(),
          onFailure: (_stream, _cause, message) => over.reject(new Error(message)),
        },
      });
      client.open(1, { host: '127.0.0.1', port: server.port, path: '/' });
      await over.promise;
      expect(client.tokenReads()).toBe(0);
      await client.close();
    });

    test('the local address is the one that was asked for', async () => {
      let remote = '';
      await using server = await startScriptedServer(transport, (stream) => {
        remote = stream.socket.remoteAddress ?? '';
        sendWhole(stream);
      });
      const { client, ended } = watch(openClient, transport);
      client.open(1, {
        host: '127.0.0.1',
        port: server.port,
        path: '/',
        localAddress: '127.0.0.2',
      });
      await ended;
      expect(remote).toContain('127.0.0.2');
    });
  },
);

test.each(unshared)(
  'both stacks see the same events and the same bytes on %s',
  async (transport) => {
    await using server = await startScriptedServer(transport, sendWhole);
    const probe = await receive(openProbeClient, transport, server.port);
    const library = await receive(openLibraryClient, transport, server.port);
    expect(library.events).toEqual(probe.events);
    expect(library.count!.bytesRead - library.count!.headBytes).toBe(
      probe.count!.bytesRead - probe.count!.headBytes,
    );
  },
);

/**
 * Without the null arm, which has neither a response head nor an end of its own beside the
 * connection's.
 */
const framed = able('incremental').filter(
  ({ transport }) => transports[transport].capabilities.http !== undefined,
);

describe.each(framed)(
  '$transport over $stack, which frames its response',
  ({ transport, openClient }) => {
    test('a connection that ends after `done` but before the end of the transport is closed-early', async () => {
      await using server = await startScriptedServer(transport, (stream) => {
        stream.control('done', DONE);
        stream.socket.end();
      });
      expect(await receive(openClient, transport, server.port)).toMatchObject({
        cause: 'closed-early',
      });
    });

    test('a connection that ends before the response is closed-early', async () => {
      await using server = await startRawServer('', 'end');
      const seen = await receive(openClient, transport, server.port);
      expect(seen.cause).toBe('closed-early');
      expect(seen.events.map(([what]) => what)).toEqual(['connect', 'failure']);
    });

    test.each([404, 400, 503])('status %i is a failure that quotes the body', async (status) => {
      await using server = await startRefusingServer(status, '{"error":"no such stream: 7"}');
      const { events, cause } = await receive(openClient, transport, server.port);
      expect(cause).toBe(`http-${status}`);
      expect(events.at(-1)).toEqual([
        'failure',
        expect.stringContaining('{"error":"no such stream: 7"}'),
      ]);
      expect(events.map(([what]) => what)).toEqual(['connect', 'failure']);
    });

    test('of a long refusal the first 300 bytes are quoted', async () => {
      await using server = await startRefusingServer(500, `${'e'.repeat(300)}TOO MUCH`);
      const { events } = await receive(openClient, transport, server.port);
      expect(events.at(-1)![1]).toContain('e'.repeat(300));
      expect(events.at(-1)![1]).not.toContain('TOO');
    });

    test('garbage instead of a response is a protocol failure', async () => {
      await using server = await startRawServer('SSH-2.0-OpenSSH_9.2\r\n');
      const { events, cause } = await receive(openClient, transport, server.port);
      expect(cause).toBe('protocol');
      expect(events.at(-1)![1]).not.toBe('');
    });
  },
);
