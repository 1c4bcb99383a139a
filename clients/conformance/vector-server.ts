// Serves event streams over HTTP on loopback: whole, or one byte per write. Each is sent once; a
// receiver that reconnects is stopped (204), and its reconnect is recorded.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

export const deliveries = ['whole', 'byte by byte'] as const;

/**
 * Delivery of the body: in one write, or in one for each byte, with TCP_NODELAY and a turn of the
 * event loop between.
 */
export type Delivery = (typeof deliveries)[number];

export interface Return {
  /** Field of the request; undefined when it has none. */
  readonly lastEventId: string | undefined;
  /** Time since the end of the first response, on the server. */
  readonly afterMs: number;
}

interface Offer {
  readonly path: string;
  /** Returns undefined until a receiver has reconnected. */
  readonly comeBack: () => Return | undefined;
}

export interface VectorServer extends AsyncDisposable {
  readonly port: number;
  readonly offer: (stream: Uint8Array, delivery: Delivery) => Offer;
}

interface Served {
  readonly stream: Uint8Array;
  readonly delivery: Delivery;
  isAsked: boolean;
  endedMs: number | undefined;
  comeBack: Return | undefined;
}

/**
 * Readable by any page: browsers are given one origin per stream, since they open few connections
 * to one.
 */
const head = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
} as const;

export async function startVectorServer(): Promise<VectorServer> {
  const offers = new Map<string, Served>();
  const server = createServer((request, response) => {
    const served = offers.get(request.url ?? '');
    // Serves a page to start from, and answers whatever else a browser requests by itself.
    if (served === undefined)
      response.writeHead(request.url === '/' ? 200 : 204, { 'content-type': 'text/html' }).end();
    else void answer(served, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    offer: (stream, delivery) => {
      const path = `/streams/${offers.size}`;
      const served: Served = {
        stream,
        delivery,
        isAsked: false,
        endedMs: undefined,
        comeBack: undefined,
      };
      offers.set(path, served);
      return { path, comeBack: () => served.comeBack };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (served.isAsked) {
    served.comeBack ??= {
      lastEventId: lastEventIdOf(request),
      afterMs: performance.now() - (served.endedMs ?? Infinity),
    };
    response.writeHead(204, head).end();
    return;
  }
  served.isAsked = true;
  response.on('error', () => {});
  response.socket?.setNoDelay(true);
  response.writeHead(200, head).flushHeaders();
  if (served.delivery === 'byte by byte') await writeBytes(served.stream, response);
  else if (served.stream.length > 0) response.write(served.stream);
  served.endedMs = performance.now();
  response.end();
}

async function writeBytes(stream: Uint8Array, response: ServerResponse): Promise<void> {
  for (let at = 0; at < stream.length && !response.destroyed; at++) {
    response.write(stream.subarray(at, at + 1));
    await nextTurn();
  }
}

/** Node reads header fields as Latin-1, but this one is UTF-8. */
function lastEventIdOf({ headers }: IncomingMessage): string | undefined {
  const field = headers['last-event-id'];
  return field === undefined ? undefined : Buffer.from(String(field), 'latin1').toString();
}
