// Test support: what a reader of shared connections reports, as a list.

import { AT, pushInReads } from './cut.ts';
import type { SharedReader, SharedTransport } from './shared-reader.ts';

export const sharedTarget = (id: number) =>
  ({
    host: '127.0.0.1',
    port: 1,
    path: `/v1/streams/${id}`,
    shared: { connection: 0, streamId: String(id) },
  }) as const;

export class Heard {
  readonly events: string[] = [];
  readonly answers: Buffer[] = [];
  /** Bytes sent before any stream. */
  readonly preface: readonly Buffer[];
  /** The failure of the whole connection. */
  failure: string | undefined;
  readonly reader: SharedReader;

  constructor(transport: SharedTransport, streams: readonly number[]) {
    this.reader = transport(sharedTarget(0), {
      ready: () => {},
      accept: (stream) => void this.events.push(`${stream} accept`),
      token: (stream, buffer, start, end) =>
        void this.events.push(`${stream} token ${buffer.toString('utf8', start, end)}`),
      control: (stream, type, text) => void this.events.push(`${stream} ${type} ${text}`),
      end: (stream, count) => void this.events.push(`${stream} end ${JSON.stringify(count)}`),
      fail: (stream, { key, message }) =>
        void this.events.push(`${stream} failed ${key}: ${message}`),
      send: (bytes) => void this.answers.push(bytes),
    });
    this.reader.start(AT);
    this.preface = this.answers.splice(0);
    for (const stream of streams) this.reader.open(stream, sharedTarget(stream));
  }

  /** Pushes these bytes in reads of these lengths. */
  push(bytes: Buffer, reads: readonly number[] = [bytes.length]): this {
    const failure = pushInReads(this.reader, bytes, reads);
    if (failure !== undefined) this.failure = `${failure.key}: ${failure.message}`;
    return this;
  }
}
