// Measures a storm from the client's stamps alone: which of its streams were accepted, and how long
// the opening took.

import assert from 'node:assert/strict';
import type { StormRecord } from '../../contract/connecting.ts';
import type { StampColumns } from '../../contract/stamps.ts';

/**
 * Columns by stream; NaN when a stamp was never taken. All streams of the trial belong to the
 * storm.
 */
export function measureStorm(client: StampColumns, windowEndNs: number): StormRecord {
  const starts = stampsOf(client, 'startNs');
  const accepts = stampsOf(client, 'acceptNs');
  const [firstNs, lastNs] = [Math.min(...starts), Math.max(...accepts)];
  return {
    streams: (client['startNs'] as Float64Array).length,
    accepted: accepts.length,
    issueNs: starts.length === 0 ? 0 : Math.max(...starts) - firstNs,
    ...(accepts.length > 0 && { spanNs: lastNs - firstNs }),
    outlastsWindow: lastNs >= windowEndNs,
  };
}

/**
 * Streams that did not reach their `done`: they have no times, and are counted by the cause of
 * their failure.
 */
export function streamsNotDone(client: StampColumns): Set<number> {
  const ends = client['endNs'];
  assert(ends !== undefined, 'stamps have an end for each stream');
  return new Set([...ends.keys()].filter((stream) => Number.isNaN(ends[stream])));
}

function stampsOf(client: StampColumns, name: string): Float64Array {
  const column = client[name];
  assert(column !== undefined, `stamps have ${name} for each stream`);
  return column.filter((stamp) => !Number.isNaN(stamp));
}
