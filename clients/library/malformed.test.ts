// Responses that are no stream, or not a whole one, byte for byte: how each stack reports them.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { TransportId } from '../../bench/contract/arms/transports.ts';
import { renderTyped } from '../../bench/contract/control-events.ts';
import { asInstant } from '../../bench/contract/units.ts';
import { openProbeClient } from '../probe/probe-client.ts';
import type { SocketCount, StreamListener } from '../stream-client.ts';
import { openLibraryClient } from './library-client.ts';
import { startRawServer } from './scripted-server.ts';

const stacks = { probe: openProbeClient, library: openLibraryClient };
type Stack = keyof typeof stacks;

interface Outcome {
  readonly tokens: string[];
  /** The failure's cause and message; undefined when the stream ended whole. */
  readonly failure: { cause: string; message: string } | undefined;
  readonly count: SocketCount | undefined;
}

async function receive(
  stack: Stack,
  transport: TransportId,
  port: number,
  listener: Partial<StreamListener> = {},
): Promise<Outcome> {
  const tokens: string[] = [];
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const client = stacks[stack](transport, {
    now: () => asInstant(0),
    listener: {
      onConnect: () => {},
      onAccept: () => {},
      onTokenBytes: (_stream, buffer, start, end) =>
        tokens.push(buffer.toString('utf8', start, end)),
      onTokenText: (_stream, payload) => tokens.push(payload),
      onControl: () => {},
      onEnd: (_stream, count) => resolve({ tokens, failure: undefined, count }),
      onFailure: (_stream, cause, message) =>
        resolve({ tokens, failure: { cause, message }, count: undefined }),
      ...listener,
    },
  });
  client.open(1, { host: '127.0.0.1', port, path: '/v1/streams/1' });
  const outcome = await promise;
  await client.close();
  return outcome;
}

const response = (status: string, fields: string[], body = ''): string =>
  `HTTP/1.1 ${status}\r\n${fields.map((f) => `${f}\r\n`).join('')}\r\n${body}`;
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const SSE = ['Content-Type: text/event-stream', 'Transfer-Encoding: chunked'];
const WHOLE = `${chunk('data: a\n\n')}${chunk('event: done\ndata: {}\n\n')}0\r\n\r\n`;
const UPGRADE = ['Upgrade: websocket', 'Connection: Upgrade'];

describe.each(['probe', 'library'] as const)('over %s', (stack) => {
  test.each<[string, string, 'end' | 'stay', string, string]>([
    [
      'another content type',
      response('200 OK', ['Content-Type: text/plain', 'Transfer-Encoding: chunked'], WHOLE),
      'stay',
      'protocol',
      'text/plain',
    ],
    [
      'no content type',
      response('200 OK', ['Transfer-Encoding: chunked'], WHOLE),
      'stay',
      'protocol',
      'content-type is none',
    ],
    [
      'compression',
      response('200 OK', [...SSE, 'Content-Encoding: gzip'], WHOLE),
      'stay',
      'protocol',
      'gzip',
    ],
    [
      'a stream that is shorter than its stated length',
      response('200 OK', ['Content-Type: text/event-stream', 'Content-Length: 100'], 'data: a\n\n'),
      'end',
      'closed-early',
      '',
    ],
    [
      'a stream that only its connection delimits',
      response('200 OK', ['Content-Type: text/event-stream'], 'data: a\n\n'),
      'end',
      'protocol',
      'not chunked',
    ],
    [
      'a body that ends without `done`',
      response('200 OK', SSE, `${chunk('data: a\n\n')}0\r\n\r\n`),
      'stay',
      'closed-early',
      'before `done`',
    ],
    [
      'a chunk that is cut',
      response('200 OK', SSE, 'ff\r\ndata: a\n\n'),
      'end',
      'closed-early',
      '',
    ],
    [
      'an event that nobody agreed on',
      response('200 OK', SSE, chunk('event: nonsense\ndata: {}\n\n')),
      'stay',
      'protocol',
      'unknown control event "nonsense"',
    ],
    [
      'a refusal in chunks',
      response(
        '503 Busy',
        ['Transfer-Encoding: chunked'],
        `${chunk('try ')}${chunk('later')}0\r\n\r\n`,
      ),
      'stay',
      'http-503',
      '503 Busy: try later',
    ],
    [
      'a refusal that the connection delimits',
      response('503 Busy', [], 'try later'),
      'end',
      'http-503',
      '503 Busy: try later',
    ],
    [
      'a refusal without a body',
      response('404 Not Found', ['Content-Length: 0']),
      'stay',
      'http-404',
      '404 Not Found',
    ],
    ['no content', response('204 No Content', []), 'stay', 'http-204', '204 No Content'],
    [
      'a redirection',
      response('302 Found', ['Location: /x', 'Content-Length: 0']),
      'stay',
      'http-302',
      '302 Found',
    ],
  ])('SSE fails on %s', async (_what, bytes, then, cause, message) => {
    await using server = await startRawServer(bytes, then);
    const { failure } = await receive(stack, 'sse', server.port);
    expect(failure).toEqual({ cause, message: expect.stringContaining(message) });
  });

  test('SSE accepts parameters of the content type, interim responses and chunks of single bytes', async () => {
    const body = Buffer.from('data: é🦀\n\nevent: done\ndata: {}\n\n');
    const chunks = Array.from(body, (byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('');
    const head = response('200 OK', [
      'content-type: Text/Event-Stream ; charset=utf-8',
      'transfer-encoding: Chunked',
    ]);
    await using server = await startRawServer(
      Buffer.from(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${head}${chunks}0\r\n\r\n`, 'latin1'),
    );
    expect(await receive(stack, 'sse', server.port)).toMatchObject({
      tokens: ['é🦀'],
      failure: undefined,
    });
  });

  test.each<[string, string, string, string]>([
    [
      'a wrong accept',
      response('101 Switching Protocols', [...UPGRADE, 'Sec-WebSocket-Accept: bm9wZQ==']),
      'protocol',
      '',
    ],
    [
      'another protocol',
      response('101 Switching Protocols', ['Upgrade: h2c', 'Connection: Upgrade']),
      'protocol',
      '',
    ],
    ['a 200', response('200 OK', ['Content-Length: 2'], 'ok'), 'http-200', '200 OK: ok'],
  ])('WebSocket fails on %s', async (_what, bytes, cause, message) => {
    await using server = await startRawServer(bytes);
    const { failure } = await receive(stack, 'ws', server.port);
    expect(failure).toEqual({ cause, message: expect.stringContaining(message) });
  });

  test.each<[string, string[], string]>([
    ['no subprotocol', [], 'subprotocol|sec-websocket-protocol is none'],
    ['another subprotocol', ['Sec-WebSocket-Protocol: tokens.v1.bin'], 'subprotocol|tokens.v1.bin'],
    [
      'an extension',
      ['Sec-WebSocket-Protocol: tokens.v1.json', 'Sec-WebSocket-Extensions: permessage-deflate'],
      '[Ee]xtension',
    ],
  ])('WebSocket fails on %s', async (_what, fields, message) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (request) => {
        const key = /sec-websocket-key: (.*)\r\n/i.exec(request.toString())?.[1];
        const accept = createHash('sha1')
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64');
        socket.write(
          response('101 Switching Protocols', [
            ...UPGRADE,
            `Sec-WebSocket-Accept: ${accept}`,
            ...fields,
          ]),
        );
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { failure } = await receive(stack, 'ws', (server.address() as AddressInfo).port);
    server.close();
    expect(failure).toEqual({ cause: 'protocol', message: expect.stringMatching(message) });
  });

  test.each<[string, number | undefined, string, string]>([
    ['a close with another code after `done`', 1011, 'done', 'protocol'],
    ['a close without a code after `done`', undefined, 'done', 'protocol'],
    ['a restart before `done`', 1012, 'open', 'closed-1012'],
    ['a stream that is not known', 4404, 'open', 'closed-4404'],
    ['a close without a code before `done`', undefined, 'open', 'closed-1005'],
  ])('WebSocket fails on %s', async (_what, code, type, cause) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) => {
      socket.send(JSON.stringify({ type }));
      socket.close(code);
    });
    const { failure } = await receive(stack, 'ws', (server.address() as AddressInfo).port);
    server.close();
    expect(failure).toEqual({
      cause,
      message: expect.stringContaining(`closed with ${code ?? 'no code'}`),
    });
  });

  test('a binary message is a failure', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) => socket.send(Buffer.from('bytes')));
    const { failure } = await receive(stack, 'ws', (server.address() as AddressInfo).port);
    server.close();
    expect(failure).toMatchObject({
      cause: 'protocol',
      message: expect.stringContaining('binary message'),
    });
  });

  test('pings are answered, also before and after tokens, and the closing handshake is completed', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const pongs: string[] = [];
    const closed = Promise.withResolvers<number>();
    server.on('connection', (socket) => {
      socket.ping('one');
      socket.send('token');
      socket.ping('');
      socket.on('pong', (payload) => {
        if (pongs.push(payload.toString()) < 2) return;
        socket.send(renderTyped('done', {}));
        socket.close(1000);
      });
      socket.on('close', (code) => closed.resolve(code));
    });
    const { tokens, failure } = await receive(stack, 'ws', (server.address() as AddressInfo).port);
    expect(await closed.promise).toBe(1000);
    server.close();
    expect({ tokens, failure, pongs }).toEqual({
      tokens: ['token'],
      failure: undefined,
      pongs: ['one', ''],
    });
  });

  test('a line that the end of the connection cuts after `done` is a failure', async () => {
    await using server = await startRawServer('{"type":"done"}\n{"s":1', 'end');
    const { failure } = await receive(stack, 'tcp', server.port);
    expect(failure).toMatchObject({
      cause: 'protocol',
      message: expect.stringContaining('within a line'),
    });
  });

  test('a fault of the listener is not blamed on the server', async () => {
    const listener = {
      onControl: () => {
        throw new TypeError('a bug of the recorder');
      },
    };
    await using server = await startRawServer('{"type":"open"}\n');
    const { failure } = await receive(stack, 'tcp', server.port, listener);
    expect(failure).toEqual({
      cause: 'client-bug',
      message: expect.stringContaining('a bug of the recorder'),
    });
  });
});

test('of bytes behind the last chunk the probe makes a failure', async () => {
  await using server = await startRawServer(response('200 OK', SSE, `${WHOLE}data: late\n\n`));
  const { failure } = await receive('probe', 'sse', server.port);
  expect(failure).toMatchObject({
    cause: 'protocol',
    message: expect.stringContaining('nothing after the end of the body'),
  });
});

test('a head in pieces, down to single bytes, is counted to the byte by both stacks', async () => {
  const head = response('200 OK', SSE);
  const server = createServer((socket) => {
    socket.setNoDelay(true).on('error', () => {});
    socket.once('data', async () => {
      for (const byte of head) await new Promise((resolve) => socket.write(byte, resolve));
      socket.write(WHOLE);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const stack of ['probe', 'library'] as const) {
    const { count } = await receive(stack, 'sse', (server.address() as AddressInfo).port);
    expect(count).toMatchObject({ headBytes: head.length, bytesRead: head.length + WHOLE.length });
  }
  server.close();
});
