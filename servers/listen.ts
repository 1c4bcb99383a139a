// Where servers listen, and how they stop.

import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:net';
import { BenchError } from '../bench/contract/errors.ts';
import type { Streams } from './streams.ts';

export const HOST = '127.0.0.1';
/** Deep enough for every connection of a ramp to arrive in one turn of the event loop. */
const BACKLOG = 4096;

export interface RunningServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export async function listenFastify(app: FastifyInstance, port: number): Promise<RunningServer> {
  await app.listen({ host: HOST, port, backlog: BACKLOG });
  return { port: addressPort(app.server), close: async () => await app.close() };
}

/** For a server without a framework: its streams are ended here. */
export async function listenBare(server: Server, streams: Streams, port: number): Promise<RunningServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port, backlog: BACKLOG }, resolve);
  });
  const close = async (): Promise<void> => {
    streams.sayBye();
    streams.abortAll();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: addressPort(server), close };
}

function addressPort(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new BenchError('PORT', 'the server has no port');
  return address.port;
}
