// Ports of loopback, for programs that cannot be told to take any and to say which.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { LOOPBACK } from './direct-path.ts';

/** One that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen({ host: LOOPBACK, port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether a program listens on it. */
export async function acceptsConnections(port: number): Promise<boolean> {
  const socket = connect({ host: LOOPBACK, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
