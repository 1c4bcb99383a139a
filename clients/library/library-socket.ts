// Opens the socket that a library reads from, with TLS or without, and says when TCP is connected:
// no library reports that apart from the handshake of TLS.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { StreamTarget } from '../stream-client.ts';
import { tlsOptionsOf } from '../tls-options.ts';

/** @param alpn The protocol to agree on in the handshake of TLS; absent for none. */
export function openLibrarySocket(
  { host, port, localAddress, tls }: StreamTarget,
  alpn?: string,
): Socket {
  const options = {
    host,
    port,
    noDelay: true,
    ...(localAddress !== undefined && { localAddress }),
  };
  if (tls === undefined) return connect(options);
  return connectTls({
    ...options,
    ...tlsOptionsOf(tls),
    ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
  });
}

/** Calls back once TCP is connected. */
export function whenConnected(socket: Socket, call: () => void): void {
  socket.once('connect', call);
}

/** Calls back once bytes can be sent: when TCP is connected, or after the handshake of TLS. */
export function whenOpen(socket: Socket, { tls }: StreamTarget, call: () => void): void {
  socket.once(tls === undefined ? 'connect' : 'secureConnect', call);
}
