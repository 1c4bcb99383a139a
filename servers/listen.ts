// Starts servers listening on an address, and shuts them down.

import type { FastifyInstance } from 'fastify';
import type { Server, Socket } from 'node:net';
import { BenchError } from '../bench/contract/errors.ts';
import type { Streams } from './streams.ts';

/** Lets every connection of a ramp arrive in one turn of the event loop. */
const BACKLOG = 4096;
/** Longest time that open streams may take to end when the server closes. */
const SHUTDOWN_GRACE_MS = 1000;

export interface Address {
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

export interface RunningServer {
  readonly port: number;
  /** Counts open TCP connections. */
  readonly countConnections: () => Promise<number>;
  /**
   * Ends streams in good order. No connection is accepted from the first moment on, so another
   * server can have the port.
   */
  readonly close: () => Promise<void>;
}

export async function listenFastify(
  app: FastifyInstance,
  { host, port }: Address,
): Promise<RunningServer> {
  await app.listen({ host, port, backlog: BACKLOG });
  const close = async (): Promise<void> => {
    // Fastify itself would keep listening until its streams have ended.
    app.server.close();
    await app.close();
  };
  return {
    port: addressPort(app.server),
    countConnections: async () => await countConnections(app.server),
    close,
  };
}

/** Starts a server without a framework, whose streams are ended here. */
export async function listenBare(
  server: Server,
  streams: Streams,
  { host, port }: Address,
): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await closeStreams(streams);
    // The remaining sockets never requested a stream.
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port: addressPort(server),
    countConnections: async () => await countConnections(server),
    close,
  };
}

/** A plain close() waits for ever on an open stream, so the streams are ended first. */
export async function closeStreams(streams: Streams): Promise<void> {
  streams.sayBye();
  const deadline = Date.now() + SHUTDOWN_GRACE_MS;
  while (streams.openStreams > 0 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 10));
  streams.abortAll();
}

async function countConnections(server: Pick<Server, 'getConnections'>): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

function addressPort(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new BenchError('PORT', 'the server has no port');
  return address.port;
}
