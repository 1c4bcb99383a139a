import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { brotliCompressSync, createGzip, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { TLS_NAME } from '../../bench/contract/certificate.ts';
import { makeCertificate } from '../../bench/trial/certificate.ts';
import {
  ask,
  askRaw,
  chunk,
  chunkedHead,
  eventStreamHead,
  lastChunk,
  openAsked,
  startRaw,
} from './endpoint-fixture.ts';

const three = 'data: a\n\ndata: b\n\ndata: c\n\n';

const send =
  (...parts: readonly (string | Buffer)[]) =>
  (socket: Socket): void => {
    for (const part of parts) socket.write(part);
  };

const sendAndEnd =
  (...parts: readonly (string | Buffer)[]) =>
  (socket: Socket): void => {
    send(...parts)(socket);
    socket.end();
  };

const whole = send(chunkedHead, chunk(three), lastChunk);

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a stream over HTTP/1.1', () => {
  it('is whole with its last chunk, and everything is told once, in order', async () => {
    const heard = await askRaw(whole);
    expect(heard.calls).toEqual(['connect', 'sent', 'head', 'end']);
    expect(heard.events).toEqual([{ data: 'a' }, { data: 'b' }, { data: 'c' }]);
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(heard.head).toMatchObject({
      status: 200,
      httpVersion: '1.1',
      contentType: 'text/event-stream',
      framing: 'event-stream',
    });
    expect(heard.wire).toMatchObject({
      bodyBytes: three.length,
      hasHalfEvent: false,
      hasSpacedData: true,
      lineEnds: { lf: 6, crlf: 0, cr: 0 },
      hasInvalidUtf8: false,
    });
  });

  it('has the stamp of the read that brought the last byte of each event', async () => {
    const heard = await askRaw((socket) => {
      socket.write(chunkedHead);
      socket.write(chunk('data: a\n\ndata: b'));
      setTimeout(() => socket.write(Buffer.concat([chunk('\n\n'), Buffer.from(lastChunk)])), 30);
    });
    const times = heard.reads.map(([atNs]) => atNs);
    expect(heard.eventsNs[0]).toBe(times.at(-2));
    expect(heard.eventsNs[1]).toBe(times.at(-1));
  });

  it('of a known length ends with its last byte, though the connection stays', async () => {
    const heard = await askRaw(send(eventStreamHead(`content-length: ${three.length}\r\n`), three));
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(heard.events).toHaveLength(3);
  });

  it('without length and chunks ends with the connection, which is no proof', async () => {
    const heard = await askRaw(sendAndEnd(eventStreamHead(), three));
    expect(heard.end?.kind).toBe('closed');
    expect(heard.failure).toBeUndefined();
  });

  it('over HTTP/1.0 is read, too', async () => {
    const head = 'HTTP/1.0 200 OK\ncontent-type: text/event-stream; charset=utf-8\n\n';
    const heard = await askRaw(sendAndEnd(head, three));
    expect(heard.head).toMatchObject({ httpVersion: '1.0', framing: 'event-stream' });
    expect(heard.events).toHaveLength(3);
  });

  it('is read on after interim answers', async () => {
    const heard = await askRaw(
      send('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n', chunkedHead, chunk(three), lastChunk),
    );
    expect(heard.end).toEqual({ kind: 'in-order' });
  });

  it('is the same cut anywhere', async () => {
    const bytes = Buffer.concat([
      Buffer.from(chunkedHead),
      chunk('event: x\nid: 1\ndata: ä\n\n: ping\n\n'),
      chunk('data: b\r\ndata: c\r\n\r\n'),
      Buffer.from(lastChunk),
    ]);
    for (const size of [1, 2, 3, 7, 64]) {
      const heard = await askRaw((socket) => {
        const next = (at: number): void => {
          socket.write(bytes.subarray(at, at + size));
          if (at + size < bytes.length) setImmediate(next, at + size);
        };
        next(0);
      });
      expect(heard.events).toEqual([{ name: 'x', id: '1', data: 'ä' }, { data: 'b\nc' }]);
      expect(heard.comments).toEqual(['ping']);
      expect(heard.end).toEqual({ kind: 'in-order' });
    }
  });

  it('of lines of JSON is cut at line ends', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n\r\n';
    const heard = await askRaw(sendAndEnd(head, '{"a":1}\n{"a":2}\n{"a":'));
    expect(heard.events).toEqual([{ data: '{"a":1}' }, { data: '{"a":2}' }]);
    expect(heard.head?.framing).toBe('lines');
    expect(heard.wire).toMatchObject({ hasHalfEvent: true });
  });

  it('notes bytes that are no UTF-8, and reads on', async () => {
    const heard = await askRaw(
      send(
        chunkedHead,
        chunk(Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 10, 10])),
        lastChunk,
      ),
    );
    expect(heard.events).toEqual([{ data: '\uFFFD' }]);
    expect(heard.wire).toMatchObject({ hasInvalidUtf8: true, hasSpacedData: false });
  });

  it('sends method, headers and body as they were given', async () => {
    await using server = await startRaw((socket) => whole(socket));
    await ask({
      url: `http://127.0.0.1:${server.port}/v1/chat?x=1`,
      method: 'POST',
      headers: [['X-One', 'a b']],
      body: '{"ä":1}',
    });
    const [request = ''] = server.requests;
    expect(request.split('\r\n')[0]).toBe('POST /v1/chat?x=1 HTTP/1.1');
    expect(request).toContain('\r\nX-One: a b');
    expect(request).toContain('\r\ncontent-type: application/json');
    expect(request).toContain('\r\ncontent-length: 8');
    expect(request).toContain(`\r\nhost: 127.0.0.1:${server.port}`);
  });
});

describe('a compressed stream', () => {
  it.each([
    ['gzip', gzipSync(three)],
    ['deflate', deflateSync(three)],
    ['br', brotliCompressSync(three)],
    ['zstd', zstdCompressSync(three)],
  ])('by %s is read, and says so', async (coding, bytes) => {
    const head = eventStreamHead(
      `content-encoding: ${coding}\r\ncontent-length: ${bytes.length}\r\n`,
    );
    const heard = await askRaw(send(head, bytes));
    expect(heard.events).toHaveLength(3);
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(heard.wire).toMatchObject({ contentEncoding: coding, bodyBytes: bytes.length });
  });

  it('gives its events as they are flushed, each with the stamp of its read', async () => {
    const { promise: second, resolve: onFirst } = Promise.withResolvers<void>();
    await using server = await startRaw((socket) => {
      socket.write(eventStreamHead('content-encoding: gzip\r\n'));
      const gzip = createGzip();
      gzip.on('data', (bytes) => socket.write(bytes as Buffer));
      gzip.on('end', () => socket.end());
      gzip.write('data: a\n\n');
      gzip.flush();
      void second.then(() => gzip.end('data: b\n\n'));
    });
    const { ended } = openAsked({ url: `http://127.0.0.1:${server.port}/` }, () => onFirst());
    const heard = await ended;
    expect(heard.events).toEqual([{ data: 'a' }, { data: 'b' }]);
    const times = new Set(heard.reads.map(([atNs]) => atNs));
    expect(heard.eventsNs.every((atNs) => times.has(atNs))).toBe(true);
    expect(heard.eventsNs[0]).toBeLessThan(heard.eventsNs[1]!);
  });

  it('that ends in the middle, is damaged or has an unknown coding is named', async () => {
    const bytes = gzipSync(three);
    const cut = bytes.subarray(0, -6);
    const gzip = (body: Buffer): string =>
      eventStreamHead(`content-encoding: gzip\r\ncontent-length: ${body.length}\r\n`);
    expect((await askRaw(send(gzip(cut), cut))).failure).toMatchObject({
      cause: 'bad-encoding',
      message: expect.stringContaining('gzip body is damaged') as string,
    });
    const damaged = Buffer.from(three);
    expect((await askRaw(send(gzip(damaged), damaged))).failure?.cause).toBe('bad-encoding');
    expect(
      (await askRaw(send(eventStreamHead('content-encoding: snappy\r\n'), three))).failure,
    ).toMatchObject({ cause: 'bad-encoding', message: 'the content coding is "snappy"' });
  });

  it('that expands without end is stopped at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 'data: xxxxxxxxxxxxxxxxxxx\n\n'));
    const head = eventStreamHead(`content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n`);
    const heard = await askRaw(send(head, bomb), { maxBytes: 1024 * 1024 });
    expect(heard.failure).toMatchObject({
      cause: 'too-many-bytes',
      message: 'more than 1048576 decompressed bytes',
    });
    expect(heard.events.length).toBeLessThan(100_000);
  });
});

describe('what fails before a stream', () => {
  it('a port where nothing listens is refused', async () => {
    const heard = await ask({ url: `http://127.0.0.1:${await closedPort()}/` });
    expect(heard.failure?.cause).toBe('refused');
    expect(heard.failure?.message).toContain('ECONNREFUSED');
    expect(heard).toMatchObject({ ends: 1, end: { kind: 'cut' }, calls: ['failure', 'end'] });
  });

  it.each([
    [401, 'unauthorised'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [429, 'too-many-requests'],
    [500, 'server-error'],
    [503, 'server-error'],
    [405, 'status'],
    [304, 'status'],
  ])('status %i is %s, with what the server says', async (status, cause) => {
    const body = status === 304 ? '' : '{"error":"no\u001b[31m"}';
    const heard = await askRaw(
      send(
        `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      ),
    );
    expect(heard.failure).toMatchObject({ cause, status });
    expect(heard.failure?.message).toContain(`the server answered ${status}`);
    // Escape sequences of a server are never obeyed.
    expect(heard.failure?.message).not.toContain('\u001b');
    expect(heard.head?.status).toBe(status);
    expect(heard.ends).toBe(1);
  });

  it('204 is no stream', async () => {
    const heard = await askRaw(send('HTTP/1.1 204 No Content\r\n\r\n'));
    expect(heard.failure).toMatchObject({ cause: 'status', status: 204 });
  });

  it('Retry-After is told in ms', async () => {
    const answer = 'HTTP/1.1 429 X\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n';
    expect((await askRaw(send(answer))).failure).toMatchObject({ retryAfterMs: 7000 });
    const later = new Date(Date.now() + 60_000).toUTCString();
    const dated = answer.replace('7', later);
    const { retryAfterMs = 0 } = (await askRaw(send(dated))).failure ?? {};
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('a page of HTML is quoted', async () => {
    const page = '<!doctype html><title>Sign in</title>';
    const head = `HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: ${page.length}\r\n\r\n`;
    expect((await askRaw(send(head, page))).failure).toMatchObject({
      cause: 'not-a-stream',
      message: `"text/html" instead of a stream: "${page}"`,
      excerpt: page,
    });
  });

  it('an event stream under another type is named as what it is', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\n';
    const heard = await askRaw(send(head, 'data: a\n\n'));
    expect(heard.failure?.cause).toBe('not-a-stream');
    expect(heard.failure?.hint).toContain('content-type: text/event-stream');
  });

  it('one JSON answer is named', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n';
    expect((await askRaw(send(head, '{"choices":1}'))).failure).toMatchObject({
      cause: 'json-error',
      excerpt: '{"choices":1}',
    });
  });

  it('a refusal that never ends is quoted after a while', async () => {
    const heard = await askRaw(send('HTTP/1.1 500 X\r\n\r\n', 'no idea'), { timeoutMs: 300 });
    expect(heard.failure).toMatchObject({ cause: 'server-error', excerpt: 'no idea' });
  });

  it('a refusal without end in one read is quoted at once, in part', async () => {
    const heard = await askRaw(send('HTTP/1.1 500 X\r\n\r\n', 'x'.repeat(5000)));
    expect(heard.failure?.excerpt).toHaveLength(2048);
    expect(heard.failure?.message.length).toBeLessThan(300);
  });

  it.each([
    ['SSH-2.0-OpenSSH_9\r\n', 'begins with "SSH-2.0-OpenSSH_9\\r\\n"'],
    ['HTTP/1.1 abc\r\n\r\n', 'status line'],
    ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', 'malformed header "no colon"'],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}`, 'did not end within 65536 bytes'],
  ])('%j is no answer of HTTP', async (bytes, message) => {
    const { failure } = await askRaw(send(bytes));
    expect(failure?.cause).toBe('bad-framing');
    expect(failure?.message).toContain(message);
  });

  it('a server that ends before it answers has cut it', async () => {
    expect((await askRaw((socket) => void socket.end())).failure?.cause).toBe('cut');
  });
});

describe('limits of time', () => {
  it('no answer', async () => {
    const heard = await askRaw(() => {}, { timeoutMs: 100 });
    expect(heard.failure).toMatchObject({
      cause: 'never-started',
      message: 'no answer within 0.1 s of the request',
    });
    expect(heard.end?.kind).toBe('timeout');
  });

  it('an answer without an event', async () => {
    const heard = await askRaw(send(chunkedHead), { timeoutMs: 100 });
    expect(heard.failure?.cause).toBe('never-started');
    expect(heard.head?.status).toBe(200);
  });

  it('comments alone, until the time for the whole stream is over', async () => {
    const heard = await askRaw(
      (socket) => {
        socket.write(chunkedHead);
        const timer = setInterval(() => socket.write(chunk(': keep-alive\n\n')), 10);
        socket.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 5000, totalTimeoutMs: 300 },
    );
    expect(heard.failure?.cause).toBe('never-started');
    expect(heard.comments.length).toBeGreaterThan(2);
  });

  it('silence in the middle', async () => {
    const heard = await askRaw(send(chunkedHead, chunk(three)), { timeoutMs: 100 });
    expect(heard.failure).toMatchObject({
      cause: 'silent',
      message: 'nothing for 0.1 s, after 3 events',
    });
    expect(heard.events).toHaveLength(3);
  });

  it('a stream that never ends', async () => {
    const heard = await askRaw(
      (socket) => {
        socket.write(chunkedHead);
        const timer = setInterval(() => socket.write(chunk('data: x\n\n')), 10);
        socket.on('close', () => clearInterval(timer));
      },
      { totalTimeoutMs: 300 },
    );
    expect(heard.failure?.cause).toBe('too-long');
    expect(heard.end?.kind).toBe('timeout');
    expect(heard.ends).toBe(1);
  });
});

describe('limits of size', () => {
  it('a line of 100 MB fails in bounded memory', async () => {
    let sentBytes = 0;
    const piece = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage().rss;
    const heard = await askRaw(
      (socket) => {
        socket.write(`${eventStreamHead()}data: `);
        const write = (): void => {
          while (!socket.destroyed && sentBytes < 100e6) {
            sentBytes += piece.length;
            if (!socket.write(piece)) return;
          }
        };
        socket.on('drain', write);
        write();
      },
      { maxBytes: 200e6 },
    );
    expect(heard.failure).toMatchObject({ cause: 'line-too-long' });
    expect(heard.wire?.bodyBytes).toBeLessThan(2 * 1024 * 1024);
    // The read buffer, a line of 1 MiB while it grows, and what the test's own server holds.
    expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
  });

  it('more bytes than are wanted', async () => {
    const heard = await askRaw(send(eventStreamHead(), three.repeat(100)), { maxBytes: 1000 });
    expect(heard.failure).toMatchObject({
      cause: 'too-many-bytes',
      message: 'more than 1000 bytes',
    });
  });
});

describe('a body that is not whole', () => {
  it.each([
    ['in a chunk', chunkedHead, 'ff\r\ndata: a\n\n', 'before the last chunk, after 9 bytes'],
    ['between chunks', chunkedHead, '9\r\ndata: a\n\n\r\n', 'before the last chunk'],
    ['before its length', eventStreamHead('content-length: 99\r\n'), three, 'after 27 of the 99'],
  ])('cut %s is cut, with what came', async (_where, head, body, message) => {
    const heard = await askRaw(sendAndEnd(head, body));
    expect(heard.failure?.cause).toBe('cut');
    expect(heard.failure?.message).toContain(message);
    expect(heard.end?.kind).toBe('cut');
    expect(heard.events[0]).toEqual({ data: 'a' });
  });

  it('half an event is told', async () => {
    const heard = await askRaw(sendAndEnd(eventStreamHead(), `${three}data: d`));
    expect(heard.wire?.hasHalfEvent).toBe(true);
    expect(heard.events).toHaveLength(3);
  });

  it('a reset is told apart', async () => {
    const heard = await askRaw((socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), chunk(three)]));
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
    expect(heard.failure?.cause).toBe('reset');
    expect(heard.failure?.message).toContain('ECONNRESET');
    expect(heard.events).toHaveLength(3);
  });

  it.each([
    ['a chunk size', chunkedHead, 'zz\r\n'],
    ['what follows the last chunk', chunkedHead, `9\r\ndata: a\n\n\r\n${lastChunk}more`],
    ['what follows the length', eventStreamHead('content-length: 9\r\n'), three],
    ['two lengths', eventStreamHead('content-length: 9\r\ncontent-length: 8\r\n'), three],
    [
      'length and chunks',
      eventStreamHead('content-length: 9\r\ntransfer-encoding: chunked\r\n'),
      three,
    ],
    ['another transfer coding', eventStreamHead('transfer-encoding: gzip\r\n'), three],
  ])('%s that breaks the framing is named', async (_what, head, body) => {
    const { failure, end } = await askRaw(send(head, body));
    expect(failure?.cause).toBe('bad-framing');
    expect(end?.kind).toBe('cut');
  });
});

describe('the client closes', () => {
  it('and hears of its own end once, after the events of the same read', async () => {
    await using server = await startRaw((socket) => send(chunkedHead, chunk(three))(socket));
    const { ended } = openAsked({ url: `http://127.0.0.1:${server.port}/` }, (_event, endpoint) =>
      endpoint.close(),
    );
    const heard = await ended;
    expect(heard).toMatchObject({ end: { kind: 'by-client' }, ends: 1 });
    expect(heard.failure).toBeUndefined();
    expect(heard.events).toHaveLength(3);
  });

  it('before it is connected', async () => {
    const { endpoint, ended } = openAsked({ url: `http://127.0.0.1:${await closedPort()}/` });
    endpoint.close();
    endpoint.close();
    expect(await ended).toMatchObject({ end: { kind: 'by-client' }, calls: ['end'] });
  });
});

describe('a request that cannot be sent is refused before anything is', () => {
  it.each([
    [{ url: 'ftp://host/' }, '"ftp://host/" is no http:, https:, ws: or wss: URL'],
    [{ url: 'http://h/', method: 'GET /' }, '"GET /" is no HTTP method'],
    [{ url: 'http://h/', headers: [['a b', 'c']] as const }, '"a b" is no name of a header'],
    [{ url: 'http://h/', headers: [['x', 'a\r\ny: z']] as const }, 'the value of header x has'],
    [{ url: 'http://h/', headers: [['Connection', 'close']] as const }, 'set by the client itself'],
  ])('%j', (options, message) => {
    expect(() => openAsked(options)).toThrow(message);
  });
});

describe('TLS', async () => {
  const certificate = await makeCertificate();
  const other = await makeCertificate();

  it('is told apart, with what was agreed on', async () => {
    await using server = await startRaw((socket) => whole(socket), certificate);
    const heard = await ask({
      url: `https://${TLS_NAME}:${server.port}/`,
      ca: certificate.cert,
    });
    expect(heard.calls).toEqual(['connect', 'secure', 'sent', 'head', 'end']);
    expect(heard.end).toEqual({ kind: 'in-order' });
  });

  it.each([
    ['another name', '127.0.0.1', certificate.cert, 'tls-name'],
    ['an unknown authority', TLS_NAME, undefined, 'tls-chain'],
    ['another authority', TLS_NAME, other.cert, 'tls-chain'],
  ])('a certificate of %s is refused', async (_what, host, ca, cause) => {
    await using server = await startRaw((socket) => whole(socket), certificate);
    const heard = await ask({
      url: `https://${host}:${server.port}/`,
      ...(ca !== undefined && { ca }),
    });
    expect(heard.failure?.cause).toBe(cause);
    expect(heard.ends).toBe(1);
  });

  it('without checks is read whatever the certificate', async () => {
    await using server = await startRaw((socket) => whole(socket), certificate);
    const heard = await ask({ url: `https://127.0.0.1:${server.port}/`, isInsecure: true });
    expect(heard.end).toEqual({ kind: 'in-order' });
  });

  it('with a server that does not speak it is named', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const heard = await ask({ url: `https://127.0.0.1:${port}/` });
    server.close();
    expect(heard.failure?.cause).toBe('tls-other');
  });

  it('of a server that is asked in clear text is named', async () => {
    await using server = await startRaw((socket) => whole(socket), certificate);
    const { failure } = await ask({ url: `http://127.0.0.1:${server.port}/` });
    expect(['bad-framing', 'cut', 'reset']).toContain(failure?.cause);
  });

  it('that is never answered is a connection that was not made', async () => {
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const heard = await ask({ url: `https://127.0.0.1:${port}/`, timeoutMs: 200 });
    server.close();
    expect(heard.failure?.cause).toBe('connect-timeout');
  });
});
