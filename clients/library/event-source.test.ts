// The client stacks that reconnect by themselves: both implementations of EventSource, over the
// same cases.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { TrialClock } from '../../bench/contract/clock.ts';
import { stacks } from '../stacks.ts';
import type { SocketCount, StreamClient, StreamListener } from '../stream-client.ts';

/** Handles the first request, the second … and, if it is the last answer, all that follow. */
type Answer = (response: ServerResponse, request: IncomingMessage) => void;

interface Served extends AsyncDisposable {
  readonly port: number;
  /** `Last-Event-ID` of the requests, in order of arrival, and when they came, ms. */
  readonly cursors: (string | undefined)[];
  readonly cameMs: number[];
  /** Counts the connections that are open. */
  readonly connections: () => number;
}

async function serve(...answers: Answer[]): Promise<Served> {
  const cursors: (string | undefined)[] = [];
  const cameMs: number[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    cameMs.push(performance.now());
    cursors.push(request.headers['last-event-id'] as string | undefined);
    answers[Math.min(cursors.length, answers.length) - 1]!(response, request);
  });
  server.on('connection', (socket) => {
    connections++;
    socket.on('error', () => {}).on('close', () => connections--);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cursors,
    cameMs,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Heard {
  readonly client: StreamClient;
  readonly events: string[];
  readonly lostMs: number[];
  readonly ended: Promise<void>;
  readonly count: () => SocketCount | undefined;
}

const OPEN_FIELDS = '{"sid":"7","epoch":"k3f9","from":1,"n":2}';
const head = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
  });
const OPEN = `event: open\nid: k3f9.0\nretry: 5\ndata: ${OPEN_FIELDS}\n\n`;
const FIRST = 'id: k3f9.1\ndata: {"s":1,"d":" é🦀"}\n\n';
const SECOND = 'id: k3f9.2\ndata: {"s":2,"d":"b"}\n\n';
const DONE = 'event: done\nid: k3f9.3\ndata: {"s":3}\n\n';

/** Sends this part of a stream, then calls `then` to treat the connection. */
const part =
  (text: string, then: (response: ServerResponse) => void = () => {}): Answer =>
  (response) => {
    head(response).write(text, () => then(response));
  };

describe.each(['eventsource', 'undici-eventsource'] as const)('%s', (stack) => {
  function open(port: number, listener: Partial<StreamListener> = {}): Heard {
    const events: string[] = [];
    const lostMs: number[] = [];
    const ended = Promise.withResolvers<void>();
    let count: SocketCount | undefined;
    const client = stacks[stack]('sse', {
      now: new TrialClock().now,
      listener: {
        onConnect: () => events.push('connect'),
        onAccept: () => events.push('accept'),
        onTokenBytes: () => events.push('bytes'),
        onTokenText: (_stream, payload) => events.push(`token ${payload}`),
        onControl: (_stream, type, text) => events.push(`${type} ${text}`),
        onEnd: (_stream, counted) => {
          count = counted;
          events.push('end');
          ended.resolve();
        },
        onFailure: (_stream, cause) => {
          events.push(`failure ${cause}`);
          ended.resolve();
        },
        onLost: (_stream, cause) => {
          lostMs.push(performance.now());
          events.push(`lost ${cause}`);
        },
        ...listener,
      },
    });
    client.open(1, { host: '127.0.0.1', port, path: '/v1/streams/1' });
    return { client, events, lostMs, ended: ended.promise, count: () => count };
  }

  test('a whole stream is delivered, told apart from the API’s own events, and closed for good', async () => {
    await using server = await serve((response) =>
      head(response).end(OPEN + FIRST + SECOND + DONE),
    );
    const { client, events, ended, count } = open(server.port);
    await ended;
    await expect.poll(() => server.connections()).toBe(0);
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    expect(events).toEqual([
      'connect',
      'accept',
      `open ${OPEN_FIELDS}`,
      'token {"s":1,"d":" é🦀"}',
      'token {"s":2,"d":"b"}',
      'done {"s":3}',
      'end',
    ]);
    expect(server.cursors).toEqual([undefined]);
    expect(count()!.bytesRead).toBeGreaterThan(count()!.headBytes);
    await client.close();
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['ends in good order', (response) => response.end(), 'closed-early'],
    ['is closed', (response) => response.socket!.end(), 'closed-early'],
    ['is reset', (response) => response.socket!.resetAndDestroy(), 'ECONNRESET'],
  ])(
    'after a connection that %s it comes back with the id of the last event',
    async (_how, cut, cause) => {
      await using server = await serve(
        // The id of an event that is cut does not count (WHATWG HTML §9.2.6).
        part(`${OPEN}${FIRST}id: k3f9.2\ndata: {"s":2`, (response) =>
          setImmediate(() => cut(response)),
        ),
        part(SECOND + DONE),
      );
      const { events, ended } = open(server.port);
      await ended;
      expect(server.cursors).toEqual([undefined, 'k3f9.1']);
      // A connection that ended in good order is kept and used again.
      expect(events.filter((event) => event !== 'connect')).toEqual([
        'accept',
        `open ${OPEN_FIELDS}`,
        'token {"s":1,"d":" é🦀"}',
        `lost ${cause}`,
        'accept',
        'token {"s":2,"d":"b"}',
        'done {"s":3}',
        'end',
      ]);
    },
  );

  test('it waits as long as the server asked for, each time', async () => {
    const retry = (ms: number): Answer =>
      part(`retry: ${ms}\ndata: x\n\n`, (response) => setImmediate(() => response.socket!.end()));
    await using server = await serve(retry(60), retry(20), part(DONE));
    const { lostMs, ended } = open(server.port);
    await ended;
    // Timers of Node fire at most 1 ms early by this clock; on a busy machine they may be late.
    expect(server.cameMs[1]! - lostMs[0]!).toBeGreaterThanOrEqual(59);
    expect(server.cameMs[2]! - lostMs[1]!).toBeGreaterThanOrEqual(19);
  });

  test.each([
    [204, 'http-204'],
    [404, 'http-404'],
    [503, 'http-503'],
  ])('status %i ends it for good', async (status, cause) => {
    await using server = await serve(
      part(OPEN + FIRST, (response) => setImmediate(() => response.socket!.end())),
      (response) => response.writeHead(status).end(),
    );
    const { events, ended } = open(server.port);
    await ended;
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    expect(events.at(-1)).toBe(`failure ${cause}`);
    expect(events.filter((event) => event.startsWith('lost'))).toEqual(['lost closed-early']);
    expect(server.cursors).toHaveLength(2);
    await expect.poll(() => server.connections()).toBe(0);
  });

  test('another content type ends it for good', async () => {
    await using server = await serve((response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end(FIRST),
    );
    const { events, ended } = open(server.port);
    await ended;
    expect(events).toEqual(['connect', 'failure protocol']);
  });

  test('a refused connection is tried again until there is a server', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    const { client, events } = open(port);
    const cut = once(free, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const [, response] = await cut;
    // The EventSource takes the retry of 5 ms from here.
    head(response).write(OPEN, () => {
      free.close();
      setImmediate(() => response.socket!.destroy());
    });
    await expect
      .poll(() => events.filter((event) => event === 'lost ECONNREFUSED').length, { interval: 1 })
      .toBeGreaterThanOrEqual(2);
    const again = createServer((_request, secondResponse) => head(secondResponse).end(DONE)).listen(
      port,
      '127.0.0.1',
    );
    await expect.poll(() => events.at(-1), { interval: 1 }).toBe('end');
    again.close();
    await client.close();
  });

  test('an abandoned stream is silent and does not come back', async () => {
    await using server = await serve(
      part(OPEN + FIRST, (response) => setImmediate(() => response.end())),
    );
    const lost = Promise.withResolvers<void>();
    const events: string[] = [];
    const { client } = open(server.port, {
      onLost: () => lost.resolve(),
      onAccept: () => events.push('accept'),
    });
    await lost.promise;
    client.abandon(1);
    await expect.poll(() => server.connections()).toBe(0);
    expect(events).toEqual(['accept']);
    expect(server.cursors).toHaveLength(1);
  });

  test('a listener that expects no reconnecting is told of a failure, once', async () => {
    await using server = await serve(
      part(OPEN + FIRST, (response) => setImmediate(() => response.socket!.end())),
    );
    const failures: string[] = [];
    const failed = Promise.withResolvers<void>();
    const client = stacks[stack]('sse', {
      now: new TrialClock().now,
      listener: {
        onConnect: () => {},
        onAccept: () => {},
        onTokenBytes: () => {},
        onTokenText: () => {},
        onControl: () => {},
        onEnd: () => {},
        onFailure: (_stream, cause) => {
          failures.push(cause);
          failed.resolve();
        },
      },
    });
    client.open(1, { host: '127.0.0.1', port: server.port, path: '/' });
    await failed.promise;
    await expect.poll(() => server.connections()).toBe(0);
    expect(failures).toEqual(['closed-early']);
    expect(server.cursors).toHaveLength(1);
  });

  test('a fault of the listener is not blamed on the server', async () => {
    await using server = await serve(part(OPEN + FIRST));
    const { events, ended } = open(server.port, {
      onTokenText: () => {
        throw new TypeError('a bug of the recorder');
      },
    });
    await ended;
    expect(events.at(-1)).toBe('failure client-bug');
  });

  test('how many bytes it has read is not told', async () => {
    await using server = await serve(part(OPEN + FIRST));
    const accepted = Promise.withResolvers<void>();
    const { client } = open(server.port, { onTokenText: () => accepted.resolve() });
    await accepted.promise;
    expect(client.bytesRead(1)).toBeUndefined();
    client.abandon(1);
  });

  test.each(['ws', 'tcp'] as const)('it does not speak %s', (transport) => {
    const listener = {} as StreamListener;
    expect(() => stacks[stack](transport, { listener, now: new TrialClock().now })).toThrow(
      `${stack} does not speak ${transport}`,
    );
  });
});
