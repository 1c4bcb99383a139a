// The null arm over the probe: sends the stream's path as a line, receives messages as lines until
// the server ends, or until `done` when the connection is kept. An empty line is a heartbeat
// without content.

import type { Instant } from '../../bench/contract/units.ts';
import type { StreamTarget } from '../stream-client.ts';
import type { ProbeTransport, StreamReader, StreamSink } from './byte-reader.ts';
import { controlTypeOf, isControlMessage } from '../control-message.ts';
import { LineReader } from './line-reader.ts';
import { requestLineOf } from '../request-target.ts';
import { protocolFailure, socketFailure, type StreamFailure } from '../stream-failure.ts';

export const tcp: ProbeTransport = (target, sink) => new LineStream(target, sink);

class LineStream implements StreamReader {
  #target: StreamTarget;
  readonly #sink: StreamSink;
  readonly #lines: LineReader;
  #isDone = false;
  readonly isKept: boolean;

  constructor(target: StreamTarget, sink: StreamSink) {
    this.#target = target;
    this.#sink = sink;
    this.isKept = target.kept !== undefined;
    this.#lines = new LineReader((buffer, start, end, at) => {
      if (start === end) return;
      if (this.#isDone && this.isKept) throw protocolFailure('a message followed `done`');
      if (isControlMessage(buffer, start, end)) {
        const text = buffer.toString('utf8', start, end);
        const type = controlTypeOf(text);
        if (type === 'done') this.#isDone = true;
        sink.control(type, text, at);
        if (this.#isDone && this.isKept) sink.end(at);
      } else {
        sink.token(buffer, start, end, at);
      }
    });
  }

  start(at: Instant): string {
    this.#sink.accept(0, at);
    return requestLineOf(this.#target);
  }

  next(target: StreamTarget, at: Instant): string {
    this.#target = target;
    this.#isDone = false;
    return this.start(at);
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    this.#lines.push(buffer, start, end, at);
  }

  endedBy(error: NodeJS.ErrnoException | undefined): StreamFailure | undefined {
    if (error !== undefined || !this.#isDone)
      return socketFailure(error, this.#isDone ? 'after `done`' : 'before `done`');
    return this.#lines.hasUnfinishedLine
      ? protocolFailure('the connection ended within a line, after `done`')
      : undefined;
  }
}
