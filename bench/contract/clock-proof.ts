// Proves, rather than assumes, that two processes read one clock: the client asks over a socket, the server answers with
// its own reading, which must lie between the client's reading before and after (Cristian's bound).

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

const ANSWER_BYTES = 8;
const EXCHANGE_TIMEOUT_MS = 10_000;

/** Answers every byte with this process's monotonic time. */
export async function startClockEcho(host: string): Promise<{ port: number; server: Server } & Disposable> {
  const server = createServer({ noDelay: true }, (socket) => {
    const answer = Buffer.alloc(ANSWER_BYTES);
    socket.on('data', () => {
      answer.writeBigUInt64LE(process.hrtime.bigint());
      socket.write(answer);
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
 * @param exchanges The bound tightens with their number; 2,000 take about 100 ms on loopback.
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
    let done = 0;
    let violations = 0;
    let lowNs = Number.NEGATIVE_INFINITY;
    let highNs = Number.POSITIVE_INFINITY;
    let asked = 0n;
    const socket = connect({ host: options.host, port: options.port, noDelay: true, ...(localAddress !== undefined && { localAddress }) });
    socket.setTimeout(EXCHANGE_TIMEOUT_MS, () => socket.destroy(new Error('no answer from the clock echo')));
    const ask = (): void => {
      asked = process.hrtime.bigint();
      socket.write('?');
    };
    socket.on('connect', ask);
    socket.on('data', (bytes) => {
      const received = process.hrtime.bigint();
      const answered = bytes.readBigUInt64LE();
      if (answered < asked || answered > received) violations++;
      lowNs = Math.max(lowNs, Number(answered - received));
      highNs = Math.min(highNs, Number(answered - asked));
      done++;
      if (done < exchanges) ask();
      else {
        socket.end();
        resolve({ exchanges: done, violations, lowNs, highNs });
      }
    });
    socket.on('error', (cause) => reject(new BenchError('CLOCK', `the clock proof failed: ${cause.message}`, { cause })));
  });
}

/** Names the time namespace of this process; CLOCK_MONOTONIC differs between namespaces. Empty where unknown. */
export function timeNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/time');
  } catch {
    return '';
  }
}
