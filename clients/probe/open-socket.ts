// Opens the socket of a connection, with TLS or without. A read lands in a buffer that all sockets of
// the process share.

import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Instant } from '../../bench/contract/units.ts';
import type { StreamTarget } from '../stream-client.ts';
import { asStreamFailure, protocolFailure, type StreamFailure } from '../stream-failure.ts';
import { tlsOptionsOf } from '../tls-options.ts';
import type { TlsSessions } from './tls-sessions.ts';
import { connectRequest, TunnelAnswer, TunnelSocket } from './tunnel.ts';

interface SocketOptions {
  readonly buffer: Buffer;
  readonly now: () => Instant;
  /** The protocol to agree on in the handshake of TLS (ALPN); absent for none. */
  readonly alpn?: string | undefined;
  /** Sessions to resume, for targets that ask for it. */
  readonly sessions?: TlsSessions | undefined;
}

interface SocketEvents {
  /** Bytes of the buffer that were read; it is overwritten when this returns. */
  readonly read: (bytes: number, at: Instant) => void;
  /** TCP is connected. */
  readonly connected: (at: Instant) => void;
  /** Bytes can be sent: at once, or after the handshake of TLS. */
  readonly opened: (at: Instant) => void;
  /** The peer has ended it, or it broke with `error`. */
  readonly ended: (error: NodeJS.ErrnoException | undefined, at: Instant) => void;
  readonly closed: (at: Instant) => void;
  /** Something else was agreed on than was asked for. */
  readonly refused: (failure: StreamFailure, at: Instant) => void;
}

export function openSocket(
  target: StreamTarget,
  { buffer, now, alpn, sessions: known }: SocketOptions,
  events: SocketEvents,
): Socket {
  const { localAddress, tls, through } = target;
  const { host, port } = through ?? target;
  const place = { host, port, ...(localAddress !== undefined && { localAddress }), noDelay: true };
  const isTunnelled = through?.how === 'tunnel';
  let tunnel = isTunnelled && tls === undefined ? new TunnelAnswer() : undefined;
  const options = {
    ...place,
    onread: {
      buffer,
      callback: (bytes: number) => {
        const at = now();
        if (tunnel === undefined) events.read(bytes, at);
        else readAnswer(tunnel, bytes, at);
        return true;
      },
    },
  };
  const readAnswer = (answer: TunnelAnswer, bytes: number, at: Instant): void => {
    try {
      if (!answer.push(buffer, 0, bytes)) return;
      tunnel = undefined;
      events.opened(at);
    } catch (error) {
      events.refused(asStreamFailure(error), at);
    }
  };
  // Without them each connection has a whole handshake: a session that is not offered is not resumed.
  const sessions = tls?.isResumed === true ? known : undefined;
  const session = sessions?.newest;
  const socket =
    tls === undefined
      ? connect(options)
      : connectTls({
          ...options,
          ...(isTunnelled && {
            socket: new TunnelSocket(connect(place), {
              target,
              now,
              connected: events.connected,
              refused: events.refused,
            }),
          }),
          ...tlsOptionsOf(tls),
          ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
          ...(session !== undefined && { session }),
        });
  // Node reads into a buffer of ours only from a socket of the system, and not from one over a tunnel.
  if (isTunnelled && tls !== undefined)
    socket.on('data', (bytes: Buffer) => {
      const at = now();
      for (let start = 0; start < bytes.length; start += buffer.length)
        events.read(bytes.copy(buffer, 0, start), at);
    });
  if (sessions !== undefined) socket.on('session', (given: Buffer) => sessions.keep(given));
  socket.on('connect', () => {
    const at = now();
    // Over a tunnel TLS has a socket of its own, which tells when TCP is connected.
    if (tls === undefined || !isTunnelled) events.connected(at);
    if (tunnel !== undefined) socket.write(connectRequest(target), 'latin1');
    else if (tls === undefined) events.opened(at);
  });
  if (tls !== undefined)
    socket.on('secureConnect', () => {
      const at = now();
      const secured = socket as TLSSocket;
      const failure =
        whyNotAgreed(secured, alpn) ??
        sessions?.judge({
          isOffered: session !== undefined,
          isReused: secured.isSessionReused(),
        });
      if (failure === undefined) events.opened(at);
      else events.refused(failure, at);
    });
  socket.on('end', () => events.ended(undefined, now()));
  socket.on('error', (error) => events.ended(error, now()));
  socket.on('close', () => events.closed(now()));
  return socket;
}

function whyNotAgreed(
  { alpnProtocol }: TLSSocket,
  alpn: string | undefined,
): StreamFailure | undefined {
  return alpn === undefined || alpnProtocol === alpn
    ? undefined
    : protocolFailure(`the protocol agreed on is ${alpnProtocol || 'none'}, not ${alpn}`);
}
