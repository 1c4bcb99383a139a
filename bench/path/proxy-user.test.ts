import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { listenAsProxyUser, withAddress } from './proxy-user.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A proxy that answers the first bytes of each connection by this rule. */
async function proxyOf(answer: (asked: string, socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => answer(String(bytes), socket));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function ask(proxyPort: number, request: string): Promise<string> {
  const port = await listenAsProxyUser({ proxyPort, serverPort: 4000 });
  const socket = connect(port, '127.0.0.1', () => socket.write(request));
  return await text(socket);
}

const UPGRADE = 'GET /v1/ws/1 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n';

it('a plain request is sent with the whole address of its target', async () => {
  const proxy = await proxyOf((asked, socket) => socket.end(asked));
  expect(await ask(proxy, 'GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n')).toBe(
    'GET http://127.0.0.1:4000/a?b HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  expect(withAddress('POST /x HTTP/1.1\r\n', 'h:1')).toBe('POST http://h:1/x HTTP/1.1\r\n');
});

it('a request for an upgrade goes through a tunnel, unchanged', async () => {
  const proxy = await proxyOf((asked, socket) => {
    socket.once('data', (bytes) => socket.end(`${asked}|${bytes.toString()}`));
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  });
  expect(await ask(proxy, UPGRADE)).toBe(
    `CONNECT 127.0.0.1:4000 HTTP/1.1\r\nHost: 127.0.0.1:4000\r\n\r\n|${UPGRADE}`,
  );
});

it('a tunnel that is refused is what the client is told', async () => {
  const refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno';
  const proxy = await proxyOf((_, socket) => socket.end(refusal));
  expect(await ask(proxy, UPGRADE)).toBe(refusal);
});

it('a client that is gone is gone for the proxy, too', async () => {
  const gone = Promise.withResolvers<void>();
  const proxy = await proxyOf((_, socket) => {
    socket.once('close', () => gone.resolve());
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
  });
  const port = await listenAsProxyUser({ proxyPort: proxy, serverPort: 4000 });
  const client = connect(port, '127.0.0.1', () =>
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  );
  await once(client, 'data');
  client.destroy();
  await expect(gone.promise).resolves.toBeUndefined();
});
