// Proves, rather than assumes, that two processes read one clock: the client asks over a socket,
// the server answers with its own reading, which must lie between the client's readings before and
// after (Cristian's bound). Several requests are in flight at once, so that neither process sleeps
// between them: wake-up latency would widen the bound.

import { readlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { z } from 'zod';
import { BenchError } from './errors.ts';

export const clockBoundSchema = z.object({
  exchanges: z.int().nonnegative(),
  /** Exchanges in which the answer was read before the question or after its receipt. */
  violations: z.int().nonnegative(),
  /** The server's clock minus the client's lies in [lowNs, highNs]. */
  lowNs: z.number(),
  highNs: z.number(),
});

export type ClockBound = z.infer<typeof clockBoundSchema>;

/** Bounds from before and after a trial. */
export interface ClockProof {
  readonly before: ClockBound;
  readonly after: ClockBound;
  readonly sameTimeNamespace: boolean;
}

const ANSWER_BYTES = 8;
const EXCHANGE_TIMEOUT_MS = 10_000;

/**
 * Requests in flight at once: the bound is 8 µs instead of 14 µs with one, in a fifth of the time
 * (2 CPUs, loopback).
 */
const UNDER_WAY = 8;

/** Answers every byte with this process's monotonic time. */
export async function startClockEcho(
  host: string,
): Promise<{ port: number; server: Server } & Disposable> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', ({ length }) => {
      const answers = Buffer.alloc(ANSWER_BYTES * length);
      const now = process.hrtime.bigint();
      for (let question = 0; question < length; question++)
        answers.writeBigUInt64LE(now, ANSWER_BYTES * question);
      socket.write(answers);
    });
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const stop = (): void => {
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, server, [Symbol.dispose]: stop };
}

/**
 * @param exchanges The bound tightens with their number; 500 take 8 to 20 ms on loopback, 2,000
 * take 60 to 100 ms.
 * @throws BenchError CLOCK when the server does not answer.
 */
export async function proveClock(options: {
  readonly host: string;
  readonly port: number;
  readonly exchanges: number;
  /** The kernel chooses when absent. */
  readonly localAddress?: string;
}): Promise<ClockBound> {
  const { exchanges, localAddress } = options;
  return await new Promise((resolve, reject) => {
    let asked = 0;
    let done = 0;
    let violations = 0;
    let lowNs = Number.NEGATIVE_INFINITY;
    let highNs = Number.POSITIVE_INFINITY;
    // Ring buffer: a slot is free again once its request is answered; answers arrive in the order
    // of the requests.
    const askedAt = new BigUint64Array(UNDER_WAY);
    let rest: Buffer = Buffer.alloc(0);
    const socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      ...(localAddress !== undefined && { localAddress }),
    });
    socket.setTimeout(EXCHANGE_TIMEOUT_MS, () =>
      socket.destroy(new Error('no answer from the clock echo')),
    );
    const fill = (): void => {
      for (; asked < Math.min(exchanges, done + UNDER_WAY); asked++) {
        askedAt[asked % UNDER_WAY] = process.hrtime.bigint();
        socket.write('?');
      }
    };
    socket.on('connect', fill);
    socket.on('data', (bytes: Buffer) => {
      const received = process.hrtime.bigint();
      const answers = Buffer.concat([rest, bytes]);
      let at = 0;
      for (; at + ANSWER_BYTES <= answers.length; at += ANSWER_BYTES) {
        const answered = answers.readBigUInt64LE(at);
        const askedNs = askedAt[done % UNDER_WAY] as bigint;
        if (answered < askedNs || answered > received) violations++;
        lowNs = Math.max(lowNs, Number(answered - received));
        highNs = Math.min(highNs, Number(answered - askedNs));
        done++;
      }
      rest = answers.subarray(at);
      fill();
      if (done < exchanges) return;
      socket.end();
      resolve({ exchanges: done, violations, lowNs, highNs });
    });
    socket.on('error', (cause) =>
      reject(new BenchError('CLOCK', `the clock proof failed: ${cause.message}`, { cause })),
    );
  });
}

/**
 * Names the time namespace of this process; CLOCK_MONOTONIC differs between namespaces. Empty when
 * unknown.
 */
export function timeNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/time');
  } catch {
    return '';
  }
}
