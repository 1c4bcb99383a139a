import * as fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { arbitraryReads } from './cut.ts';
import { encodeFields } from './hpack.ts';
import { sseHttp2 } from './http2-connection.ts';
import { Heard, sharedTarget } from './shared-fixture.ts';

const STREAMS = [7, 8, 9];
const DONE = 'event: done\ndata: {"s":4}\n\n';

function frame(type: number, flags: number, id: number, payload: Buffer | string = ''): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(9);
  header.writeUIntBE(body.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, body]);
}

const [DATA, HEADERS, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION] = [
  0, 1, 3, 4, 5, 6, 7, 8, 9,
] as const;
const END_STREAM = 1;
const END_HEADERS = 4;

const headOf = (status: string, type = 'text/event-stream'): Buffer =>
  encodeFields([
    [':status', status],
    ['content-type', type],
  ]);
const head = (id: number, flags = END_HEADERS): Buffer => frame(HEADERS, flags, id, headOf('200'));

/** A payload with so much padding (RFC 9113 §6.1). */
const padded = (text: string, padding: number): Buffer =>
  Buffer.concat([Buffer.from([padding]), Buffer.from(text), Buffer.alloc(padding)]);

/** Bytes that node:http2 sends to a client that asks for these streams at once. */
async function recordServer(answer: (stream: ServerHttp2Stream) => void): Promise<Buffer> {
  const server = createServer();
  server.on('stream', answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const asking = new Heard(sseHttp2, []);
  for (const bytes of asking.preface) socket.write(bytes);
  for (const stream of STREAMS) socket.write(asking.reader.open(stream, sharedTarget(stream)));
  let bytes = Buffer.alloc(0);
  while (asking.events.filter((event) => event.includes(' end ')).length < STREAMS.length) {
    const [more] = (await once(socket, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, more]);
    asking.push(more);
    for (const reply of asking.answers.splice(0)) socket.write(reply);
  }
  socket.destroy();
  server.close();
  expect(asking.failure).toBeUndefined();
  return bytes;
}

it('reads what node:http2 sends, wherever reads cut it', async () => {
  const long = 'é'.repeat(20_000);
  const bytes = await recordServer((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/event-stream; charset=utf-8' });
    stream.write('event: open\ndata: {}\n\n');
    for (const text of ['a', '日本語 🦀', long]) stream.write(`id: x.1\ndata: ${text}\n\n`);
    stream.end(DONE);
  });
  const whole = new Heard(sseHttp2, STREAMS).push(bytes);
  expect(whole.failure).toBeUndefined();
  for (const stream of STREAMS) {
    const events = whole.events.filter((event) => event.startsWith(`${stream} `));
    expect(events.slice(0, -1)).toEqual([
      `${stream} accept`,
      `${stream} open {}`,
      `${stream} token a`,
      `${stream} token 日本語 🦀`,
      `${stream} token ${long}`,
      `${stream} done {"s":4}`,
    ]);
    expect(events.at(-1)).toContain('"headBytes":0');
  }
  fc.assert(
    fc.property(arbitraryReads, (reads) => {
      expect(new Heard(sseHttp2, STREAMS).push(bytes, reads).events).toEqual(whole.events);
    }),
    { numRuns: 30 },
  );
});

it('counts the headers of all frames that a large token takes', () => {
  const large = `data: ${'x'.repeat(40_000)}\n\n`;
  const { events } = new Heard(sseHttp2, [7]).push(
    Buffer.concat([
      frame(SETTINGS, 0, 0),
      head(1),
      frame(DATA, 0, 1, ':\n\n'),
      frame(DATA, 0, 1, large.slice(0, 16_384)),
      frame(DATA, 0, 1, large.slice(16_384, 32_768)),
      frame(DATA, 0, 1, `${large.slice(32_768)}data: a\n\nda`),
      frame(DATA, 0, 1, 'ta: b\n\n'),
      frame(DATA, END_STREAM, 1, DONE),
    ]),
  );
  const count = JSON.parse(events.at(-1)!.slice('7 end '.length)) as Record<string, number>;
  expect(count).toMatchObject({ tokenFrameBytes: 4 * 9 });
});

it('counts body bytes, and the headers of the frames that carried tokens', () => {
  const two = 'data: a\n\ndata: b\n\n';
  const { events } = new Heard(sseHttp2, [7]).push(
    Buffer.concat([
      frame(SETTINGS, 0, 0),
      head(1),
      frame(DATA, 0, 1, two),
      frame(DATA, 0, 1, ':\n\n'),
      frame(DATA, END_STREAM, 1, DONE),
    ]),
  );
  const count = JSON.parse(events.at(-1)!.slice('7 end '.length)) as Record<string, number>;
  expect(count).toMatchObject({
    bytesRead: two.length + 3 + DONE.length,
    headBytes: 0,
    tokenFrameBytes: 9,
  });
});

it('takes padding, priorities, continuations, trailers and unknown frames as RFC 9113 wants', () => {
  const fields = headOf('200');
  const { events, failure } = new Heard(sseHttp2, [7]).push(
    Buffer.concat([
      frame(0x42, 0xff, 0, 'what is this'),
      frame(
        HEADERS,
        0x8 | 0x20,
        1,
        Buffer.concat([Buffer.from([2]), Buffer.alloc(5), fields.subarray(0, 4), Buffer.alloc(2)]),
      ),
      frame(CONTINUATION, 0, 1, fields.subarray(4, 9)),
      frame(CONTINUATION, END_HEADERS, 1, fields.subarray(9)),
      frame(DATA, 0x8, 1, padded('data: a\n\n', 5)),
      frame(DATA, 0x8, 1, padded('', 0)),
      frame(DATA, 0, 1, DONE),
      frame(2, 0, 1, Buffer.alloc(5)),
      frame(HEADERS, END_HEADERS | END_STREAM, 1, encodeFields([['x-checksum', '1']])),
    ]),
  );
  expect(failure).toBeUndefined();
  expect(events.map((event) => event.split(' ').slice(0, 2).join(' '))).toEqual([
    '7 accept',
    '7 token',
    '7 done',
    '7 end',
  ]);
});

it('answers settings and pings, and opens its windows again', () => {
  const heard = new Heard(sseHttp2, [7]);
  heard.push(Buffer.concat([frame(SETTINGS, 0, 0), frame(PING, 0, 0, '12345678'), head(1)]));
  expect(heard.answers.map((bytes) => bytes.toString('hex'))).toEqual([
    frame(SETTINGS, 1, 0).toString('hex'),
    frame(PING, 1, 0, '12345678').toString('hex'),
  ]);
  const comment = `:${'x'.repeat(16_000)}\n\n`;
  for (let sent = 0; sent < 20 * 1024 * 1024; sent += comment.length)
    heard.push(frame(DATA, 0, 1, comment));
  expect(heard.failure).toBeUndefined();
  const updates = heard.answers.slice(2).map((bytes) => [bytes[3], bytes.readUInt32BE(5)]);
  expect(updates.filter(([type, id]) => type === WINDOW && id === 0).length).toBeGreaterThan(1);
  expect(updates.filter(([type, id]) => type === WINDOW && id === 1).length).toBeGreaterThan(4);
});

describe('a peer that misbehaves is named', () => {
  it.each<[string, Buffer, string]>([
    ['a frame beyond the limit', frame(DATA, 0, 1, Buffer.alloc(16_385)), 'FRAME_SIZE_ERROR'],
    ['data on a stream that nobody opened', frame(DATA, 0, 9, 'x'), 'which nobody opened'],
    ['data on the connection', frame(DATA, 0, 0, 'x'), 'which nobody opened'],
    ['a push', frame(PUSH, END_HEADERS, 1, Buffer.alloc(4)), 'a push'],
    ['settings of half a setting', frame(SETTINGS, 0, 0, Buffer.alloc(5)), 'SETTINGS of 5 bytes'],
    ['settings of a stream', frame(SETTINGS, 0, 1, Buffer.alloc(6)), 'SETTINGS of a stream'],
    ['half a ping', frame(PING, 0, 0, '1234'), 'PING of 4 bytes'],
    ['a window opened by nothing', frame(WINDOW, 0, 0, Buffer.alloc(4)), 'opened by nothing'],
    ['a continuation alone', frame(CONTINUATION, 0, 1, ''), 'a continuation without a beginning'],
    [
      'a frame in the middle of a block',
      Buffer.concat([head(1, 0), frame(DATA, 0, 1, 'x')]),
      'in the middle of a header block',
    ],
    [
      'continuations without end',
      Buffer.concat([head(1, 0), ...Array.from({ length: 40 }, () => frame(CONTINUATION, 0, 1))]),
      'a header block without end',
    ],
    [
      'a header block without end',
      Buffer.concat([
        head(1, 0),
        ...Array.from({ length: 8 }, () => frame(CONTINUATION, 0, 1, Buffer.alloc(16_000))),
      ]),
      'a header block without end',
    ],
    [
      'more padding than payload',
      Buffer.concat([head(1), frame(DATA, 0x8, 1, Buffer.from([9, 1]))]),
      'more padding than payload',
    ],
  ])('%s', (_what, bytes, message) => {
    expect(new Heard(sseHttp2, [7]).push(bytes).failure).toContain(message);
  });

  it.each<[string, Buffer, string]>([
    [
      'a reset',
      Buffer.concat([head(1), frame(RESET, 0, 1, Buffer.from([0, 0, 0, 8]))]),
      'h2-CANCEL: the server reset the stream (CANCEL) before `done`',
    ],
    [
      'a stream that was not taken',
      frame(GOAWAY, 0, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 11])),
      'h2-goaway-ENHANCE_YOUR_CALM',
    ],
    ['an end before done', Buffer.concat([head(1), frame(DATA, END_STREAM, 1)]), 'closed-early'],
    ['data before the head', frame(DATA, 0, 1, 'data: a\n\n'), 'data before the response head'],
    ['no status', frame(HEADERS, END_HEADERS, 1, encodeFields([['a', 'b']])), 'without a status'],
    [
      'another content type',
      frame(HEADERS, END_HEADERS, 1, headOf('200', 'text/html')),
      'content-type is text/html',
    ],
    [
      'a refusal',
      Buffer.concat([
        frame(HEADERS, END_HEADERS, 1, headOf('503', 'application/json')),
        frame(DATA, END_STREAM, 1, '{"message":"full"}'),
      ]),
      'http-503: the server answered 503: {"message":"full"}',
    ],
    [
      'an unknown control event',
      Buffer.concat([head(1), frame(DATA, 0, 1, 'event: what\ndata: {}\n\n')]),
      'unknown control event',
    ],
  ])('and only its stream fails: %s', (_what, bytes, message) => {
    const { events, failure } = new Heard(sseHttp2, [7]).push(bytes);
    expect(failure).toBeUndefined();
    expect(events.at(-1)).toMatch(/^7 failed /);
    expect(events.at(-1)).toContain(message);
  });

  it('after GOAWAY no stream begins, and those that were taken may end', () => {
    const heard = new Heard(sseHttp2, [7]).push(
      Buffer.concat([
        head(1),
        frame(GOAWAY, 0, 0, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])),
        frame(DATA, END_STREAM, 1, DONE),
      ]),
    );
    expect(heard.reader.takesStreams).toBe(false);
    expect(heard.events.at(-1)).toMatch(/^7 end /);
  });
});

it('a stream that was given up is reset, and what still comes for it is nobody’s', () => {
  const heard = new Heard(sseHttp2, [7, 8]).push(Buffer.concat([head(1), head(3)]));
  expect(heard.reader.cancel(7).toString('hex')).toBe(
    frame(RESET, 0, 1, Buffer.from([0, 0, 0, 8])).toString('hex'),
  );
  heard.push(
    Buffer.concat([
      frame(DATA, END_STREAM, 1, `data: a\n\n${DONE}`),
      frame(DATA, END_STREAM, 3, DONE),
    ]),
  );
  expect(heard.failure).toBeUndefined();
  expect(heard.events.filter((event) => event.startsWith('7 '))).toEqual(['7 accept']);
  expect(heard.events.at(-1)).toMatch(/^8 end /);
});
