// Test support: what of a steady trial must not depend on how many processes share it, or where.

import type { ClientTally, ServerTally } from '../../contract/tally.ts';
import type { MeasuredSteady } from './measure.ts';

/**
 * Values that must not depend on the number of processes; timing does, and counts per window or
 * turn of the loop do.
 */
export function replayed({ client, server }: { client: ClientTally; server: ServerTally }) {
  const {
    use: _client,
    tokenReads: _reads,
    windowTokens: _received,
    node: _node,
    ...counts
  } = client;
  const {
    tokensWritten,
    streamsOpened,
    streamsFinished,
    streamsCut,
    bytesWritten,
    headBytes,
    earlyTokens,
    planSha256,
  } = server;
  return {
    client: counts,
    server: {
      tokensWritten,
      streamsOpened,
      streamsFinished,
      streamsCut,
      bytesWritten,
      headBytes,
      earlyTokens,
      planSha256,
    },
  };
}

/** Stamps that were never taken, by column. */
export function stampsMissing({
  clientStamps,
  serverStamps,
}: MeasuredSteady): Record<string, number> {
  const all = Object.entries({ ...clientStamps, ...serverStamps });
  return Object.fromEntries(
    all.map(([name, column]) => [name, column.filter((stamp) => Number.isNaN(stamp)).length]),
  );
}
