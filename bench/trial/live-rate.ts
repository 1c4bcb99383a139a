// Adds up the live counts of the load processes of a trial, for the progress display.

import type { FromClient } from '../contract/messages.ts';
import type { Worker } from './worker.ts';

export interface LiveRate {
  readonly tokensReceived: number;
  readonly openStreams: number;
}

export function followProgress(
  workers: readonly Worker<FromClient>[],
  onProgress: (live: LiveRate) => void,
): void {
  const latest = new Map<number, LiveRate>();
  for (const [index, worker] of workers.entries()) {
    worker.onMessage = (message) => {
      if (message.kind !== 'progress') return;
      latest.set(index, message);
      const all = [...latest.values()];
      onProgress({
        tokensReceived: all.reduce((sum, one) => sum + one.tokensReceived, 0),
        openStreams: all.reduce((sum, one) => sum + one.openStreams, 0),
      });
    };
  }
}
