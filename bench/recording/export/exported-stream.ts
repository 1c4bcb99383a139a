// Recorded streams on one axis of time, as other tools have it, and the interface of a format.

import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import { NS_PER_MS } from '../../contract/units.ts';

export interface ExportedStream {
  readonly record: StreamRecord;
  /** The stream was asked for then, ns since 1970. */
  readonly startNs: bigint;
}

/**
 * Writes one format, piece by piece: a recording may be longer than memory. `leaveOut` counts, by
 * its reason, a stream that the format cannot hold, or a part of one.
 */
export type Exporter = (
  streams: AsyncIterable<ExportedStream>,
  leaveOut: (why: string) => void,
) => AsyncIterable<string>;

/** Dates are of whole milliseconds, and of two clocks. */
const SAME_ORIGIN_NS = BigInt(5 * NS_PER_MS);

const UNDATED = 'have no date: their times count from 1970-01-01';

/**
 * Streams of one trial keep the times between them to the ns: the date of the first one places all
 * of them. A file may hold several recordings, each with times of its own.
 */
export async function* placeInTime(
  records: AsyncIterable<StreamRecord>,
  remark: (what: string) => void,
): AsyncGenerator<ExportedStream> {
  const origins = new Map<string, bigint>();
  for await (const record of records) {
    const { startedAt, arrivalNs, target = '', trial = '' } = record;
    const place = `${trial} ${target}`;
    const arrival = BigInt(Math.round(arrivalNs));
    const dateMs = startedAt === undefined ? Number.NaN : Date.parse(startedAt);
    if (Number.isNaN(dateMs)) {
      remark(UNDATED);
      yield { record, startNs: arrival };
      continue;
    }
    const dated = BigInt(dateMs) * BigInt(NS_PER_MS) - arrival;
    const known = origins.get(place);
    const origin = known === undefined || isApart(known, dated) ? dated : known;
    origins.set(place, origin);
    yield { record, startNs: origin + arrival };
  }
}

function isApart(one: bigint, other: bigint): boolean {
  return one - other > SAME_ORIGIN_NS || other - one > SAME_ORIGIN_NS;
}
