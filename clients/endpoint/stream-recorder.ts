// Keeps what streams of a target brought until all of them have ended: to encode and write in the
// window would be work beside the measurement.

import type { WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type { DialectId } from '../../bench/contract/dialects/dialect-ids.ts';
import type { EndpointRequest } from '../../bench/contract/endpoint.ts';
import { appendRecord } from '../../bench/contract/recording/append-records.ts';
import { recordOf, type ObservedStream } from '../../bench/contract/recording/record-stream.ts';
import type { Secrets } from '../../bench/contract/secrets.ts';
import type { RecordedCount } from '../../bench/contract/target.ts';
import { MIB } from '../../bench/contract/units.ts';

/** Text of events that is kept of a trial: streams that begin beyond it are left out. */
const MOST_KEPT_BYTES = 256 * MIB;

export interface KeptStream {
  readonly request: EndpointRequest;
  readonly startNs: number;
  readonly observed: ObservedStream;
  readonly dialect: DialectId | undefined;
  readonly isWhole: boolean;
  readonly content: string;
}

interface RecorderOptions {
  readonly path: string;
  readonly target: string;
  readonly trial: number;
  readonly secrets: Secrets;
  readonly mostBytes?: number;
}

export class StreamRecorder {
  readonly #options: RecorderOptions;
  readonly #kept: KeptStream[] = [];
  #bytes = 0;
  #leftOut = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** False when there is no more room: the stream that begins is left out, and counted. */
  hasRoom(): boolean {
    const { mostBytes = MOST_KEPT_BYTES } = this.#options;
    if (this.#bytes < mostBytes) return true;
    this.#leftOut++;
    return false;
  }

  /** Counts what is kept of an open stream, too. */
  count({ data }: WireEvent): void {
    this.#bytes += data.length;
  }

  keep(stream: KeptStream): void {
    this.#kept.push(stream);
  }

  /** Writes a line for each stream, in order of their starts. @throws BenchError FILE */
  write(epoch: Date): RecordedCount {
    const { path, secrets, target, trial } = this.#options;
    const streams = this.#kept.toSorted((a, b) => a.startNs - b.startNs);
    const firstNs = streams[0]?.startNs ?? 0;
    let withheld = 0;
    for (const { observed, startNs, ...stream } of streams) {
      const record = recordOf(observed, {
        ...stream,
        secrets,
        startedAt: new Date(epoch.getTime() + startNs / 1e6),
        arrivalNs: startNs - firstNs,
        place: { target, trial },
      });
      if (record.withheld !== undefined) withheld++;
      appendRecord(path, record);
    }
    return { streams: streams.length, leftOut: this.#leftOut, withheld };
  }
}
