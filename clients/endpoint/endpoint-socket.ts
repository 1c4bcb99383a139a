// Opens the socket to any server, with TLS or without. A read lands in a buffer that all sockets of
// the process share, and is stamped before anything looks at it.

import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { KIB } from '../../bench/contract/units.ts';

const readBuffer = Buffer.allocUnsafeSlow(64 * KIB);

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  /** Absent without TLS. */
  readonly tls?: SocketTls;
}

interface SocketTls {
  readonly ca?: string | undefined;
  readonly isInsecure: boolean;
  /** Protocols that are offered (ALPN), the preferred one first. */
  readonly alpn: readonly string[];
}

export interface AgreedTls {
  readonly protocol: string;
  readonly alpn: string | undefined;
}

export interface SocketEvents {
  /** TCP is connected. */
  readonly connected: (atNs: number) => void;
  readonly secured: (atNs: number, tls: AgreedTls) => void;
  /** Bytes can be sent. */
  readonly opened: () => void;
  /** Bytes [0, length) were read; the buffer is overwritten when this returns. */
  readonly read: (buffer: Buffer, length: number, atNs: number) => void;
  /** The peer has ended it, or it broke with `error`. */
  readonly ended: (error: NodeJS.ErrnoException | undefined, atNs: number) => void;
}

interface SocketOptions {
  readonly now: () => number;
  /** The bytes are read by somebody else, such as node:http2: `read` is never called. */
  readonly isHandedOn?: true;
}

export function openSocket(
  { host, port, tls }: SocketTarget,
  { now, isHandedOn }: SocketOptions,
  events: SocketEvents,
): Socket {
  const options = {
    host,
    port,
    noDelay: true,
    ...(isHandedOn !== true && {
      onread: {
        buffer: readBuffer,
        callback: (length: number, buffer: Uint8Array) => {
          const atNs = now();
          events.read(buffer as Buffer, length, atNs);
          return true;
        },
      },
    }),
  };
  const socket =
    tls === undefined
      ? connect(options)
      : connectTls({
          ...options,
          // An address is no server name (RFC 6066 §3); the certificate is checked for it anyway.
          ...(isIP(host) === 0 && { servername: host }),
          ...(tls.ca !== undefined && { ca: tls.ca }),
          rejectUnauthorized: !tls.isInsecure,
          ALPNProtocols: [...tls.alpn],
        });
  socket.on('connect', () => {
    events.connected(now());
    if (tls === undefined) events.opened();
  });
  if (tls !== undefined)
    socket.on('secureConnect', () => {
      events.secured(now(), agreedTls(socket as TLSSocket));
      events.opened();
    });
  socket.on('end', () => events.ended(undefined, now()));
  socket.on('error', (error) => events.ended(error, now()));
  return socket;
}

function agreedTls(socket: TLSSocket): AgreedTls {
  const { alpnProtocol } = socket;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    alpn: typeof alpnProtocol === 'string' ? alpnProtocol : undefined,
  };
}
