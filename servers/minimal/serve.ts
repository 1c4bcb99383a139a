// Starts and ends a server of node:http on loopback, connections included.

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MinimalServer } from './generations.ts';

/** @param port 0 for any. @param end Ends what `close` of node:http would wait for. */
export async function serve(server: Server, port: number, end: () => void): Promise<MinimalServer> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
