// Turns over a WebSocket over the probe: the upgrade before the first one, then one message for each,
// answered by the messages of a stream. The client closes a connection that it does not keep, as it
// does after a response that it does not follow with another request.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { REFUSAL_PREFIX, TURNS_PATH } from '../../bench/contract/turn-requests.ts';
import type { Instant } from '../../bench/contract/units.ts';
import { maskedFrame } from '../masked-frame.ts';
import { controlTypeOf, isControlMessage } from '../control-message.ts';
import type { ByteReader, ProbeTransport, StreamReader, StreamSink } from '../probe/byte-reader.ts';
import type { HttpHead } from '../probe/http-head.ts';
import { HttpResponseReader } from '../probe/http-response.ts';
import { checkUpgrade, upgradeRequest } from '../probe/websocket.ts';
import { type FrameListener, WebSocketReader } from '../probe/websocket-reader.ts';
import { closeFailure, protocolFailure, StreamFailure } from '../stream-failure.ts';
import type { StreamTarget } from '../stream-client.ts';

export const webSocketTurns: ProbeTransport = (target, sink) => new WebSocketTurns(target, sink);

class WebSocketTurns implements StreamReader, FrameListener {
  #target: StreamTarget;
  readonly #sink: StreamSink;
  readonly #response: HttpResponseReader;
  #frames: WebSocketReader | undefined;
  #key = '';
  #isDone = false;
  /** The first turn was accepted by the 101. */
  #isAccepted = false;
  readonly isKept: boolean;

  constructor(target: StreamTarget, sink: StreamSink) {
    this.#target = target;
    this.#sink = sink;
    this.isKept = target.kept !== undefined;
    this.#response = new HttpResponseReader({
      status: 101,
      accept: (head, at) => this.#accept(head, at),
    });
  }

  start(): string {
    this.#key = randomBytes(16).toString('base64');
    return upgradeRequest(this.#target, { path: TURNS_PATH, key: this.#key });
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    (this.#frames ?? this.#response).push(buffer, start, end, at);
  }

  endedBy(error: NodeJS.ErrnoException | undefined): StreamFailure {
    return this.#response.endedBy(error, this.#isDone ? 'after `done`' : 'before `done`');
  }

  next(target: StreamTarget): Buffer {
    this.#target = target;
    this.#isDone = false;
    this.#isAccepted = false;
    return turnMessage(target);
  }

  #accept(head: HttpHead, at: Instant): ByteReader {
    checkUpgrade(head, this.#key, undefined);
    this.#frames = new WebSocketReader(this);
    this.#isAccepted = true;
    this.#sink.accept(head.headBytes, at);
    this.#sink.send(turnMessage(this.#target));
    return this.#frames;
  }

  onMessage(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#isDone) throw protocolFailure('a message followed `done`');
    if (!isControlMessage(buffer, start, end)) {
      this.#sink.token(buffer, start, end, at);
      return;
    }
    const text = buffer.toString('utf8', start, end);
    if (text.startsWith(REFUSAL_PREFIX)) throw refusal(text);
    const type = controlTypeOf(text);
    if (type === 'open' && !this.#isAccepted) this.#sink.accept(0, at);
    this.#sink.control(type, text, at);
    if (type !== 'done') return;
    this.#isDone = true;
    this.#sink.end(at);
  }

  onPing(payload: Buffer): void {
    this.#sink.send(maskedFrame('pong', payload));
  }

  onClose(code: number | undefined, reason: string): void {
    throw closeFailure({ code, reason, isDone: false }) ?? protocolFailure('closed between turns');
  }
}

function turnMessage({ turn }: StreamTarget): Buffer {
  assert(turn !== undefined, 'a turn has a request');
  return maskedFrame('text', Buffer.from(turn));
}

/** The same causes as those of a response with the status. */
function refusal(text: string): StreamFailure {
  const { status } = JSON.parse(text) as { status: number };
  return new StreamFailure(`http-${status}`, `the server answered ${text}`);
}
