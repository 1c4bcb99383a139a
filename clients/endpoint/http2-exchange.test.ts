import { once } from 'node:events';
import { createSecureServer, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { TLS_NAME } from '../../bench/contract/certificate.ts';
import { makeCertificate } from '../../bench/trial/certificate.ts';
import { preferredAlpn } from './alpn.ts';
import { ask, startRaw, type AskOptions, type Heard } from './endpoint-fixture.ts';

const head = { ':status': 200, 'content-type': 'text/event-stream' } as const;

async function listen(server: Server): Promise<{ port: number } & Disposable> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => void server.close(),
  };
}

async function askHttp2(
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
  options: Partial<AskOptions> = {},
): Promise<Heard> {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    answer(stream, headers);
  });
  using listening = await listen(server);
  return await ask({ url: `http://127.0.0.1:${listening.port}/a?b=c`, http: 2, ...options });
}

describe('a stream over HTTP/2', () => {
  it('is whole when the server ends it, and everything is told once, in order', async () => {
    const heard = await askHttp2((stream) => {
      stream.respond(head);
      stream.write('data: a\n\n');
      stream.end('data: b\n\n');
    });
    expect(heard.calls).toEqual(['connect', 'sent', 'head', 'end']);
    expect(heard.head).toMatchObject({ status: 200, httpVersion: '2', framing: 'event-stream' });
    expect(heard.events).toEqual([{ data: 'a' }, { data: 'b' }]);
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(heard.wire?.bodyBytes).toBe(18);
  });

  it('sends method, path, headers and body', async () => {
    let body = '';
    const heard = await askHttp2(
      (stream, headers) => {
        stream.respond({
          ...head,
          'x-seen': `${headers[':method']} ${headers[':path']} ${headers['x-one']}`,
        });
        stream.on('data', (bytes) => (body += String(bytes)));
        stream.on('end', () => stream.end('data: x\n\n'));
      },
      { method: 'POST', headers: [['X-One', '1']], body: 'hello' },
    );
    expect(heard.head?.headers['x-seen']).toBe('POST /a?b=c 1');
    expect(body).toBe('hello');
    expect(heard.end).toEqual({ kind: 'in-order' });
  });

  it('that the server resets is not whole, and the code is shown', async () => {
    const heard = await askHttp2((stream) => {
      stream.respond(head);
      stream.write('data: a\n\n');
      // Closed with a code, Node ends it in order first.
      setTimeout(() => stream.destroy(new Error('broken')), 30);
    });
    expect(heard.events).toEqual([{ data: 'a' }]);
    expect(['reset', 'cut']).toContain(heard.failure?.cause);
    expect(heard.failure?.message).toContain('INTERNAL_ERROR');
    expect(heard.end?.kind).toBe('cut');
    expect(heard.ends).toBe(1);
  });

  it('whose connection ends is not whole', async () => {
    const heard = await askHttp2((stream) => {
      stream.respond(head);
      stream.write('data: a\n\n');
      setTimeout(() => stream.session?.destroy(), 30);
    });
    expect(['reset', 'cut']).toContain(heard.failure?.cause);
    expect(heard.end?.kind).toBe('cut');
  });

  it('is refused by its status like any other', async () => {
    const heard = await askHttp2((stream) => {
      stream.respond({ ':status': 401 });
      stream.end('no key');
    });
    expect(heard.failure).toMatchObject({ cause: 'unauthorised', status: 401, excerpt: 'no key' });
  });

  it('falls silent like any other', async () => {
    const heard = await askHttp2(
      (stream) => {
        stream.respond(head);
        stream.write('data: a\n\n');
      },
      { timeoutMs: 150 },
    );
    expect(heard.failure?.cause).toBe('silent');
  });

  it('of a server that speaks HTTP/1 alone fails without a hang', async () => {
    await using server = await startRaw((socket) => void socket.end('HTTP/1.1 400 X\r\n\r\n'));
    const heard = await ask({
      url: `http://127.0.0.1:${server.port}/`,
      http: 2,
      timeoutMs: 2000,
    });
    expect(heard.failure).toBeDefined();
    expect(heard.ends).toBe(1);
  });
});

describe('HTTP/2 over TLS', async () => {
  const certificate = await makeCertificate();
  const { cert } = certificate;

  it('is agreed on by ALPN', async () => {
    const server = createSecureServer({ ...certificate, allowHTTP1: true });
    server.on('stream', (stream) => {
      stream.respond(head);
      stream.end('data: a\n\n');
    });
    using listening = await listen(server);
    const url = `https://${TLS_NAME}:${listening.port}/`;
    const heard = await ask({ url, http: 2, ca: cert });
    expect(heard.calls).toEqual(['connect', 'secure', 'sent', 'head', 'end']);
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(
      await preferredAlpn({
        url,
        method: 'GET',
        headers: [],
        timeoutMs: 5000,
        totalTimeoutMs: 5000,
        maxBytes: 1,
        ca: cert,
      }),
    ).toBe('h2');
  });

  it('with a server that does not offer it is named', async () => {
    await using server = await startRaw(() => {}, certificate);
    const heard = await ask({ url: `https://${TLS_NAME}:${server.port}/`, http: 2, ca: cert });
    expect(heard.failure?.cause).toBe('tls-other');
    expect(heard.failure?.hint).toContain('leave --http 2 out');
  });
});
