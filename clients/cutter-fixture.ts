// Test fixture: a proxy between client and server that cuts connections after some bytes to the
// client.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

interface CutterOptions {
  readonly afterBytes: number;
  /** A clean close or a reset. */
  readonly how: 'fin' | 'rst';
  /**
   * Number of connections that are cut, in order of opening; later ones pass. By default all are
   * cut.
   */
  readonly cuts?: number;
}

export async function startCutter(
  serverPort: number,
  options: CutterOptions,
): Promise<{ port: number } & Disposable> {
  const { afterBytes, how, cuts = Number.POSITIVE_INFINITY } = options;
  let connections = 0;
  const server = createServer((downstream: Socket) => {
    const upstream = connect(serverPort, '127.0.0.1');
    let left = ++connections > cuts ? Number.POSITIVE_INFINITY : afterBytes;
    downstream.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => {
      const part = bytes.subarray(0, left);
      left -= part.length;
      downstream.write(part, () => {
        if (left > 0) return;
        upstream.destroy();
        if (how === 'rst') downstream.resetAndDestroy();
        else downstream.end();
      });
    });
    for (const socket of [upstream, downstream]) {
      socket.on('error', () => {});
      socket.on('close', () => (socket === upstream ? downstream.end() : upstream.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: stop };
}
