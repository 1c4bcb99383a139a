// Measures how long an EventSource waits before it reconnects: on the server's clock, from the end
// of a response to the next request. The standard leaves the default time to the browser, and lets
// it wait longer than requested (§9.2.3).

import type { Receiver } from './receiver.ts';
import type { VectorServer } from './vector-server.ts';

/** undefined: the stream requests no time. */
export const askedMs = [undefined, 100, 1000] as const;

/** Reconnects for each time, one after another, so that none delays another. */
const RETURNS = 7;
const PATIENCE_MS = 30_000;

export interface UsedDelay {
  /** Absent when the stream requested no time. */
  readonly retryMs?: number;
  /** In rising order, without streams after which the receiver did not reconnect. */
  readonly waitsMs: number[];
}

export async function measureDelays(
  receiver: Receiver,
  server: VectorServer,
): Promise<UsedDelay[]> {
  const delays: UsedDelay[] = [];
  for (const retryMs of askedMs) {
    const stream = Buffer.from(`${retryMs === undefined ? '' : `retry: ${retryMs}\n`}data: a\n\n`);
    const waitsMs: number[] = [];
    for (let turn = 0; turn < RETURNS; turn++) {
      const { path, comeBack } = server.offer(stream, 'whole');
      await receiver.receive({
        url: `http://127.0.0.1:${server.port}${path}`,
        patienceMs: PATIENCE_MS,
      });
      const waitMs = comeBack()?.afterMs;
      if (waitMs !== undefined) waitsMs.push(waitMs);
    }
    const used = { waitsMs: waitsMs.toSorted((a, b) => a - b) };
    delays.push(retryMs === undefined ? used : { retryMs, ...used });
  }
  return delays;
}
