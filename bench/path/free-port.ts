// A port of loopback that is free now, for a program that cannot be told to take any.

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { LOOPBACK } from './direct-path.ts';

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen({ host: LOOPBACK, port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
