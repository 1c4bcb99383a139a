// Converts the server's notes on receivers that stopped reading into the record of a trial.

import type { StalledStream, StallRecord, StallSpecification } from '../../contract/stall.ts';
import { median } from '../../analysis/statistics/moments.ts';

export interface StallNotes {
  readonly specification: StallSpecification;
  readonly streams: readonly StalledStream[];
  /** Resident set of the server; undefined when it could not be read. */
  readonly resident: {
    readonly beforeBytes: number | undefined;
    readonly peakBytes: number | undefined;
    readonly endBytes: number | undefined;
  };
}

/** Medians over the streams that have the event. */
export function summariseStalls({ specification, streams, resident }: StallNotes): StallRecord {
  const { connections, atNs } = specification;
  const since = (of: (stream: StalledStream) => number | undefined): readonly number[] =>
    streams.flatMap((stream) => {
      const ns = of(stream);
      // A socket may have been full at the moment of the stop.
      return ns === undefined ? [] : [Math.max(0, ns - atNs)];
    });
  const toBlocked = since(({ blockedNs }) => blockedNs);
  const toCut = since(({ cutNs }) => cutNs);
  const medians = {
    toBlockedNs: median(toBlocked),
    toCutNs: median(toCut),
    takenBytes: median(streams.flatMap(({ takenBytes }) => takenBytes ?? [])),
    rssBeforeBytes: resident.beforeBytes,
    rssPeakBytes: resident.peakBytes,
    rssEndBytes: resident.endBytes,
  };
  const known = Object.entries(medians).filter(([, value]) => value !== undefined);
  return {
    stopped: connections,
    blocked: toBlocked.length,
    cut: toCut.length,
    ...Object.fromEntries(known),
  };
}
