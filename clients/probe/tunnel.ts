// A tunnel through a forward proxy (RFC 9110 §9.3.6): CONNECT names the server, and after a 2xx the
// connection is the server's.

import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { Instant } from '../../bench/contract/units.ts';
import { authorityOf } from '../request-target.ts';
import type { StreamTarget } from '../stream-client.ts';
import { asStreamFailure, StreamFailure } from '../stream-failure.ts';
import { HttpHeadReader } from './http-head.ts';

/** RFC 9112 §3.2.3. */
export function connectRequest(target: Pick<StreamTarget, 'host' | 'port'>): string {
  const authority = authorityOf(target);
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
}

/** Reads the answer of the proxy to CONNECT. */
export class TunnelAnswer {
  readonly #head = new HttpHeadReader();

  /** Whether the tunnel is open. @throws StreamFailure when the proxy refuses */
  push(buffer: Buffer, start: number, end: number): boolean {
    const after = this.#head.push(buffer, start, end);
    const { head } = this.#head;
    if (after === undefined || head === undefined) return false;
    const { status, reason } = head;
    if (status < 200 || status > 299)
      throw new StreamFailure(
        `connect-${status}`,
        `the forward proxy answered CONNECT with ${status} ${reason}`,
      );
    // The client speaks first in TLS and in HTTP, so nothing can follow the head yet.
    if (after < end) throw new StreamFailure('protocol', 'bytes follow the answer to CONNECT');
    return true;
  }
}

interface TunnelEvents {
  readonly connected: (at: Instant) => void;
  readonly refused: (failure: StreamFailure, at: Instant) => void;
}

interface TunnelOptions extends TunnelEvents {
  readonly target: Pick<StreamTarget, 'host' | 'port'>;
  readonly now: () => Instant;
}

/** Carries TLS: what is written before the tunnel is open waits for it. */
export class TunnelSocket extends Duplex {
  readonly #socket: Socket;
  #write: (() => void) | undefined;
  #isOpen = false;

  constructor(socket: Socket, { target, now, connected, refused }: TunnelOptions) {
    super();
    this.#socket = socket;
    const answer = new TunnelAnswer();
    socket.on('connect', () => {
      connected(now());
      socket.write(connectRequest(target), 'latin1');
    });
    socket.on('data', (bytes: Buffer) => {
      if (this.#isOpen) {
        if (!this.push(bytes)) socket.pause();
        return;
      }
      try {
        if (answer.push(bytes, 0, bytes.length)) this.#open();
      } catch (error) {
        refused(asStreamFailure(error), now());
      }
    });
    socket.on('drain', () => this.#goOn());
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  #open(): void {
    this.#isOpen = true;
    this.#goOn();
  }

  #goOn(): void {
    const write = this.#write;
    this.#write = undefined;
    write?.();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const write = (): void => {
      if (this.#socket.write(bytes)) done();
      else this.#write = done;
    };
    if (this.#isOpen) write();
    else this.#write = write;
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
