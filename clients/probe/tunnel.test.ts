import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { makeCertificate } from '../../bench/trial/certificate.ts';
import { openSocket } from './open-socket.ts';
import type { StreamTarget } from '../stream-client.ts';

const now = (): never => performance.now() as never;
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A forward proxy that answers CONNECT with this status, and passes bytes on after a 200. */
async function startProxy(status: number): Promise<{ port: number; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((client) => {
    closers.push(() => client.destroy());
    client.once('data', (bytes: Buffer) => {
      const request = bytes.toString('latin1');
      requests.push(request);
      const port = Number(/^CONNECT [^:]+:(\d+)/.exec(request)?.[1]);
      if (status !== 200) return void client.end(`HTTP/1.1 ${status} No\r\nX-Y: z\r\n\r\n`);
      const onward = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(onward).pipe(client);
      });
      closers.push(() => onward.destroy());
      return undefined;
    });
  });
  return { port: await listen(server), requests };
}

interface Heard {
  readonly events: string[];
  readonly socket: Socket;
}

function open(target: Partial<StreamTarget>, says: string): Heard {
  const events: string[] = [];
  const buffer = Buffer.alloc(65_536);
  const socket = openSocket(
    { host: '127.0.0.1', port: 1, path: '/', ...target },
    { buffer, now },
    {
      connected: () => void events.push('connected'),
      opened: () => {
        events.push('opened');
        socket.write(says);
      },
      read: (bytes) => void events.push(`read ${buffer.toString('latin1', 0, bytes)}`),
      ended: (error) => void events.push(`ended ${error?.message ?? ''}`),
      closed: () => void events.push('closed'),
      refused: ({ key, message }) => void events.push(`refused ${key}: ${message}`),
    },
  );
  closers.push(() => socket.destroy());
  return { events, socket };
}

const echo = (socket: Socket): void => {
  closers.push(() => socket.destroy());
  socket.on('data', (bytes: Buffer) => socket.write(`heard ${bytes.toString('latin1')}`));
  socket.on('error', () => {});
};

it('bytes pass a tunnel once the proxy has opened it, and it is asked by the server’s name', async () => {
  const port = await listen(createServer(echo));
  const proxy = await startProxy(200);
  const { events } = open(
    { port, through: { host: '127.0.0.1', port: proxy.port, how: 'tunnel' } },
    'GET',
  );
  await expect.poll(() => events).toEqual(['connected', 'opened', 'read heard GET']);
  expect(proxy.requests).toEqual([
    `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
  ]);
});

it('TLS passes a tunnel from end to end, and its end is heard', async () => {
  const { cert, key } = await makeCertificate();
  const port = await listen(createTlsServer({ cert, key }, echo));
  const proxy = await startProxy(200);
  const { events, socket } = open(
    {
      port,
      tls: { ca: cert },
      through: { host: '127.0.0.1', port: proxy.port, how: 'tunnel' },
    },
    'GET',
  );
  await expect.poll(() => events).toEqual(['connected', 'opened', 'read heard GET']);
  socket.destroy();
  await expect.poll(() => events.at(-1)).toBe('closed');
});

it.each([false, true])('a proxy that refuses says so by its status (TLS: %s)', async (tls) => {
  const proxy = await startProxy(403);
  const { events } = open(
    {
      ...(tls && { tls: { ca: (await makeCertificate()).cert } }),
      through: { host: '127.0.0.1', port: proxy.port, how: 'tunnel' },
    },
    'GET',
  );
  await expect
    .poll(() => events.slice(0, 2))
    .toEqual(['connected', 'refused connect-403: the forward proxy answered CONNECT with 403 No']);
});
