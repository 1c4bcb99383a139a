// One undici Client for one stream, whose sockets can be seen from the moment they begin to
// connect.
//
// An Agent would make a Client for every concurrent stream too, but would not say which socket a
// stream is on, and would send the next stream down a connection that this one has finished with.

import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import { originOf } from '../request-target.ts';
import { StreamFailure } from '../stream-failure.ts';
import type { StreamTarget } from '../stream-client.ts';
import { tlsOptionsOf } from '../tls-options.ts';
import { whenConnected } from './library-socket.ts';
import type { LibraryStream } from './library-stream.ts';

interface StreamConnection {
  readonly client: Client;
  /** Closes the socket at once, also one that is still connecting. */
  readonly close: () => void;
}

interface Timeouts {
  /** All in ms; undici's own when absent, 0 for none. */
  readonly connectMs?: number;
  readonly headersMs?: number;
  readonly bodyMs?: number;
}

export function openStreamConnection(
  stream: LibraryStream,
  target: StreamTarget,
  timeouts: Timeouts = {},
): StreamConnection {
  const { connectMs, headersMs, bodyMs } = timeouts;
  const { tls } = target;
  const connector = buildConnector({
    allowH2: false,
    ...(tls !== undefined && tlsOptionsOf(tls)),
    ...(connectMs === undefined ? {} : { timeout: connectMs }),
  });
  let latest: Socket | undefined;
  const client = new Client(originOf(target), {
    allowH2: false,
    // One request at a time; 0 would mean the same, but ask the server to close.
    pipelining: 1,
    ...(headersMs === undefined ? {} : { headersTimeout: headersMs }),
    ...(bodyMs === undefined ? {} : { bodyTimeout: bodyMs }),
    ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
    connect: (options, callback) => {
      // Its type does not say so, but the connector returns the socket. The client itself learns of
      // it once it is connected, too late for a stream that is abandoned before.
      latest = connector(options, (...result) => {
        const at = stream.now();
        if (result[0] === null && tls === undefined) stream.connected(result[1], at);
        callback(...result);
      }) as unknown as Socket | undefined;
      // The connector reports the end of the handshake, which is long after TCP was connected.
      const socket = latest;
      if (socket !== undefined && tls !== undefined)
        whenConnected(socket, () => stream.connected(socket, stream.now()));
    },
  });
  return {
    client,
    close: () => {
      void client.destroy();
      latest?.destroy();
    },
  };
}

/**
 * Translates undici's own codes and llhttp's into those of this project; keeps the system's
 * (ECONNRESET …) as they are.
 */
export function describeError(error: NodeJS.ErrnoException): StreamFailure {
  const { code = 'protocol', message } = error;
  if (code === 'UND_ERR_SOCKET' || code === 'HPE_INVALID_EOF_STATE')
    return new StreamFailure('closed-early', message);
  return new StreamFailure(code.startsWith('HPE_') ? 'protocol' : code, message);
}
