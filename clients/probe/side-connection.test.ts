import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { cancelPathOf, renderSteer, steerPathOf } from '../../bench/contract/control-events.ts';
import { asInstant } from '../../bench/contract/units.ts';
import { SideConnection } from './side-connection.ts';

interface Setting extends AsyncDisposable {
  readonly request: SideConnection;
  /** Requests, each with the port that it came from. */
  readonly asked: readonly string[];
  readonly ports: ReadonlySet<number>;
  readonly events: readonly string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const answerAll: Answer = (_request, response) => response.end('{}');

async function start(answer: Answer = answerAll): Promise<Setting> {
  const asked: string[] = [];
  const ports = new Set<number>();
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    ports.add(request.socket.remotePort ?? 0);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const events: string[] = [];
  const { port } = server.address() as AddressInfo;
  const request = new SideConnection(
    { host: '127.0.0.1', port },
    () => asInstant(performance.now() * 1e6),
    {
      answered: () => void events.push('answered'),
      failed: ({ key }) => void events.push(key),
    },
  );
  const stop = async (): Promise<void> => {
    request.close();
    server.closeAllConnections();
    server.close();
  };
  return { request, asked, ports, events, [Symbol.asyncDispose]: stop };
}

it('a warm one has carried an answer before its request, which goes over the same connection', async () => {
  await using setting = await start();
  setting.request.warmUp();
  await expect.poll(() => setting.asked).toEqual(['GET /healthz']);
  expect(setting.events).toEqual([]);
  const bytes = setting.request.post(cancelPathOf('s7'));
  await expect.poll(() => setting.events).toEqual(['answered']);
  expect(setting.asked).toEqual(['GET /healthz', 'POST /v1/streams/s7/cancel']);
  expect(setting.ports.size).toBe(1);
  expect(bytes).toBeGreaterThan('POST /v1/streams/s7/cancel HTTP/1.1'.length);
});

it('a new one opens its connection for the request alone', async () => {
  await using setting = await start();
  setting.request.post(cancelPathOf('s7'));
  await expect.poll(() => setting.events).toEqual(['answered']);
  expect(setting.asked).toEqual(['POST /v1/streams/s7/cancel']);
});

it('a request that comes before the first answer is sent behind it', async () => {
  const waiting: (() => void)[] = [];
  await using setting = await start((request, response) => {
    if (request.method === 'GET') waiting.push(() => response.end('{}'));
    else response.end('{}');
  });
  setting.request.warmUp();
  await expect.poll(() => setting.asked).toEqual(['GET /healthz']);
  setting.request.post(cancelPathOf('s7'));
  for (const answer of waiting) answer();
  await expect.poll(() => setting.events).toEqual(['answered']);
  expect(setting.asked).toEqual(['GET /healthz', 'POST /v1/streams/s7/cancel']);
});

it('a request that is refused, or whose connection breaks, is a failure with its cause', async () => {
  await using refusing = await start((_request, response) => {
    response.writeHead(404).end('no such stream');
  });
  refusing.request.post(cancelPathOf('s7'));
  await expect.poll(() => refusing.events).toEqual(['http-404']);
  await using breaking = await start((request) => request.socket.destroy());
  breaking.request.post(cancelPathOf('s7'));
  await expect.poll(() => breaking.events).toEqual(['closed-early']);
});

it('requests with a body follow one another on one connection, each after the answer to the last', async () => {
  const bodies: string[] = [];
  await using setting = await start((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.push(`${request.headers['content-type']} ${body}`);
      response.end('{}');
    });
  });
  for (const text of ['one', 'zwölf']) setting.request.post(steerPathOf('s7'), renderSteer(text));
  await expect.poll(() => setting.events).toEqual(['answered', 'answered']);
  expect(bodies).toEqual(['application/json {"text":"one"}', 'application/json {"text":"zwölf"}']);
  expect(setting.ports.size).toBe(1);
});
