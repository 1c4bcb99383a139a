import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  ask,
  chunk,
  chunkedHead,
  lastChunk,
  startRaw,
  type AskOptions,
  type Heard,
  type RawServer,
} from './endpoint-fixture.ts';

const stream = (socket: Socket): void =>
  void socket.write(
    Buffer.concat([Buffer.from(chunkedHead), chunk('data: x\n\n'), Buffer.from(lastChunk)]),
  );

const redirectTo =
  (location: string, status = 307) =>
  (socket: Socket): void =>
    void socket.write(`HTTP/1.1 ${status} X\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);

interface Followed {
  readonly heard: Heard;
  /** The head of the request that the final server received. */
  readonly request: string;
  readonly final: RawServer;
}

const secrets = [
  ['Authorization', 'Bearer k'],
  ['Cookie', 'c=1'],
  ['X-API-Key', 'k'],
  ['X-From-Environment', 'k'],
  ['X-Plain', 'p'],
] as const;

/** `127.0.0.1` and `localhost` are two hosts. */
async function follow(
  host: '127.0.0.1' | 'localhost',
  options: Partial<AskOptions> & { readonly status?: number } = {},
): Promise<Followed> {
  const { status, ...asked } = options;
  await using final = await startRaw(stream);
  await using first = await startRaw(redirectTo(`http://${host}:${final.port}/end?x=1`, status));
  const heard = await ask({
    url: `http://127.0.0.1:${first.port}/start`,
    headers: secrets,
    credentialHeaders: ['x-from-environment'],
    ...asked,
  });
  return { heard, request: final.requests[0] ?? '', final };
}

describe('a redirect', () => {
  it('within the server is followed with all headers, and what is told is of the last request', async () => {
    let count = 0;
    await using server = await startRaw((socket, head) => {
      if (count++ === 0) redirectTo('/end')(socket);
      else {
        expect(head).toContain('Authorization: Bearer k');
        stream(socket);
      }
    });
    const heard = await ask({ url: `http://127.0.0.1:${server.port}/`, headers: secrets });
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(heard.head?.status).toBe(200);
    expect(heard.calls).toEqual(['connect', 'sent', 'connect', 'sent', 'head', 'end']);
  });

  it('to another port of the host is followed without credentials', async () => {
    const { heard, request } = await follow('127.0.0.1');
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(request).toMatch(/^GET \/end\?x=1 /);
    expect(request).toContain('X-Plain: p');
    for (const [name] of secrets.slice(0, 4)) expect(request).not.toContain(name);
  });

  it('to another host is refused', async () => {
    const { heard, final } = await follow('localhost');
    expect(heard.failure).toMatchObject({ cause: 'redirect-refused', status: 307 });
    expect(heard.failure?.message).toContain('that is another host');
    expect(heard.failure?.hint).toContain('--allow-redirect');
    expect(final.requests).toEqual([]);
  });

  it('to another host that is allowed is followed without credentials', async () => {
    const { heard, request } = await follow('localhost', { allowedRedirects: ['localhost'] });
    expect(heard.end).toEqual({ kind: 'in-order' });
    expect(request).toContain('X-Plain: p');
    for (const [name] of secrets.slice(0, 4)) expect(request).not.toContain(name);
  });

  it.each([
    [303, 'GET'],
    [302, 'GET'],
    [307, 'POST'],
    [308, 'POST'],
  ])('with %i after a POST asks with %s', async (status, method) => {
    const { request } = await follow('127.0.0.1', { status, method: 'POST', body: '{}' });
    expect(request.split(' ')[0]).toBe(method);
    expect(request.includes('content-length: 2')).toBe(method === 'POST');
  });

  it('takes no body with a secret to another origin', async () => {
    const { heard, final } = await follow('127.0.0.1', {
      method: 'POST',
      body: 'secret',
      hasSecretBody: true,
    });
    expect(heard.failure?.cause).toBe('redirect-refused');
    expect(final.requests).toEqual([]);
  });

  it.each([
    ['a circle', '/start', 'more than 5 redirects'],
    ['another scheme', 'file:///etc/passwd', 'no http: or https:'],
    ['nothing that can be read', 'http://[', 'no http: or https:'],
  ])('to %s is refused', async (_what, location, message) => {
    await using server = await startRaw(redirectTo(location));
    const heard = await ask({ url: `http://127.0.0.1:${server.port}/start` });
    expect(heard.failure?.cause).toBe('redirect-refused');
    expect(heard.failure?.message).toContain(message);
    expect(heard.ends).toBe(1);
  });
});
