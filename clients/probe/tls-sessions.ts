// The TLS session that the next connection of a client resumes: the newest that the server gave, as
// the Agent of node:https keeps it. Whether it was resumed is read from each connection.

import { once } from 'node:events';
import { connect } from 'node:tls';
import type { TlsSessionTally } from '../../bench/contract/connecting.ts';
import { BenchError, messageOf } from '../../bench/contract/errors.ts';
import { NS_PER_MS, NS_PER_S } from '../../bench/contract/units.ts';
import type { StreamTarget } from '../stream-client.ts';
import { StreamFailure } from '../stream-failure.ts';
import { tlsOptionsOf } from '../tls-options.ts';

export class TlsSessions {
  #newest: Buffer | undefined;
  readonly #counts = { resumed: 0, whole: 0 };

  get counts(): TlsSessionTally {
    return { ...this.#counts };
  }

  /** The session to offer; undefined before the server has given one. */
  get newest(): Buffer | undefined {
    return this.#newest;
  }

  keep(session: Buffer): void {
    this.#newest = session;
  }

  /**
   * Counts a connection whose handshake is over. Why it may not carry a stream: it offered a session
   * that the server did not take, so what was measured is a whole handshake.
   */
  judge({
    isOffered,
    isReused,
  }: {
    readonly isOffered: boolean;
    readonly isReused: boolean;
  }): StreamFailure | undefined {
    if (isReused) this.#counts.resumed++;
    else this.#counts.whole++;
    return isOffered && !isReused
      ? new StreamFailure(
          'tls-not-resumed',
          'the server made a whole handshake where it was to resume the TLS session that it had given',
        )
      : undefined;
  }
}

/** A session follows the handshake at once (RFC 8446 §4.6.1). */
const SESSION_TIMEOUT_NS = 5 * NS_PER_S;

type SecureTarget = Pick<StreamTarget, 'host' | 'port' | 'localAddress'> & {
  readonly tls: NonNullable<StreamTarget['tls']>;
};

/**
 * Makes one whole handshake for the session that the server gives after it. @throws BenchError STREAM
 * for a server that gives none.
 */
export async function fetchSession(
  { host, port, localAddress, tls }: SecureTarget,
  timeoutNs = SESSION_TIMEOUT_NS,
): Promise<Buffer> {
  const socket = connect({
    host,
    port,
    ...(localAddress !== undefined && { localAddress }),
    ...tlsOptionsOf(tls),
  });
  // Events after the session, or after the time for it, are ignored.
  socket.on('error', () => {});
  try {
    const signal = AbortSignal.timeout(timeoutNs / NS_PER_MS);
    const [session] = (await once(socket, 'session', { signal })) as [Buffer];
    return session;
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'AbortError';
    const why = isLate ? `none came within ${timeoutNs / NS_PER_S} s` : messageOf(cause);
    throw new BenchError(
      'STREAM',
      `the server at ${host}:${port} gave no TLS session to resume: ${why}`,
      {
        hint: 'a server gives sessions as tickets of TLS 1.3; without them only whole handshakes can be measured',
        cause,
      },
    );
  } finally {
    socket.destroy();
  }
}
