// How long an EventSource really waits before it comes back: on the server's clock, from the end of a response to the next
// request. The standard leaves the time that nobody asked for to the browser, and lets it wait longer than was asked (§9.2.3).

import type { Receiver } from './receiver.ts';
import type { VectorServer } from './vector-server.ts';

/** Undefined: the stream asks for no time. */
export const askedMs = [undefined, 100, 1000] as const;

/** Returns one after another of each, so that none holds another up. */
const RETURNS = 7;
const PATIENCE_MS = 30_000;

export interface UsedDelay {
  /** Absent where the stream asked for no time. */
  readonly retryMs?: number;
  /** Rising. Without those who did not come back. */
  readonly waitsMs: number[];
}

export async function measureDelays(receiver: Receiver, server: VectorServer): Promise<UsedDelay[]> {
  const delays: UsedDelay[] = [];
  for (const retryMs of askedMs) {
    const stream = Buffer.from(`${retryMs === undefined ? '' : `retry: ${retryMs}\n`}data: a\n\n`);
    const waitsMs: number[] = [];
    for (let turn = 0; turn < RETURNS; turn++) {
      const { path, comeBack } = server.offer(stream, 'whole');
      await receiver.receive({ url: `http://127.0.0.1:${server.port}${path}`, patienceMs: PATIENCE_MS });
      const waitMs = comeBack()?.afterMs;
      if (waitMs !== undefined) waitsMs.push(waitMs);
    }
    const used = { waitsMs: waitsMs.toSorted((a, b) => a - b) };
    delays.push(retryMs === undefined ? used : { retryMs, ...used });
  }
  return delays;
}
