// WebSocket over the probe: upgrade, `resume` from a client with a cursor, messages, and the
// closing handshake that the server begins after `done`; or, on a kept connection, `start` before
// each stream and nothing after its `done`.

import { closeFrame, maskedFrame } from '../masked-frame.ts';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { closeCodes, renderStart } from '../../bench/contract/control-events.ts';
import type { Instant } from '../../bench/contract/units.ts';
import type { StreamTarget } from '../stream-client.ts';
import type { ByteReader, ProbeTransport, StreamReader, StreamSink } from './byte-reader.ts';
import { controlTypeOf, isControlMessage } from '../control-message.ts';
import type { HttpHead } from './http-head.ts';
import { HttpResponseReader } from './http-response.ts';
import { MessageInflater } from './inflate.ts';
import { authorityOf, onRequestLine, resumeMessageOf, webSocketPathOf } from '../request-target.ts';
import { closeFailure, protocolFailure, type StreamFailure } from '../stream-failure.ts';
import { type FrameListener, WebSocketReader } from './websocket-reader.ts';

/** RFC 6455 §1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

interface MessageForm {
  readonly tokens?: 'text' | 'binary';
  /**
   * The parameters of permessage-deflate (RFC 7692 §7.1) that the server must accept; absent for no
   * compression.
   */
  readonly deflate?: string;
}

const probeOf =
  (form: MessageForm): ProbeTransport =>
  (target, sink) =>
    new WebSocketStream(form, target, sink);

export const websocket = probeOf({});

export const webSocketBinary = probeOf({ tokens: 'binary' });

/** Clients send next to nothing, so theirs keep no window in either form. */
export const webSocketDeflate = probeOf({ deflate: 'client_no_context_takeover' });

export const webSocketDeflateNoTakeover = probeOf({
  deflate: 'server_no_context_takeover; client_no_context_takeover',
});

class WebSocketStream implements StreamReader, FrameListener {
  readonly #form: MessageForm;
  #target: StreamTarget;
  readonly #sink: StreamSink;
  readonly #response: HttpResponseReader;
  /**
   * Once upgraded, bytes go to it directly: with thousands of streams each object on the way is a
   * cache miss a token.
   */
  #frames: WebSocketReader | undefined;
  /** Random for each connection, as RFC 6455 §4.1 demands. */
  #key = '';
  #isDone = false;
  /** The client sent a close frame first: the answer to it needs none (RFC 6455 §5.5.1). */
  #hasClosed = false;
  /** The close frame was received and answered: only the socket's end is outstanding. */
  #isClosed = false;
  readonly isKept: boolean;

  constructor(form: MessageForm, target: StreamTarget, sink: StreamSink) {
    this.#form = form;
    this.#target = target;
    this.#sink = sink;
    this.isKept = target.kept !== undefined;
    this.#response = new HttpResponseReader({
      status: 101,
      accept: (head, at) => this.#accept(head, at),
    });
  }

  start(): string {
    // Not in the constructor: drawing it would delay the connection, which must cost the same on
    // every transport.
    this.#key = randomBytes(16).toString('base64');
    return upgradeRequest(this.#target, {
      path: webSocketPathOf(this.#target),
      key: this.#key,
      deflate: this.#form.deflate,
    });
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#frames === undefined) this.#response.push(buffer, start, end, at);
    else this.#frames.push(buffer, start, end, at);
  }

  /**
   * How the socket ends after the closing handshake does not matter: the connection was closed
   * cleanly (RFC 6455 §7.1.4).
   */
  endedBy(error: NodeJS.ErrnoException | undefined): StreamFailure | undefined {
    if (this.#isClosed) return undefined;
    return this.#response.endedBy(error, this.#isDone ? 'without a close frame' : 'before `done`');
  }

  #accept(head: HttpHead, at: Instant): ByteReader {
    const { tokens = 'text', deflate } = this.#form;
    checkUpgrade(head, this.#key, deflate);
    this.#frames = new WebSocketReader(this, {
      tokens,
      ...(deflate !== undefined && {
        inflate: new MessageInflater({
          keepsWindow: !deflate.includes('server_no_context_takeover'),
        }),
      }),
    });
    if (this.isKept) {
      this.#sink.begin(head.headBytes);
      this.#sink.send(startFrame(this.#target));
      return this.#frames;
    }
    this.#sink.accept(head.headBytes, at);
    const resume = resumeMessageOf(this.#target);
    if (resume !== undefined) this.#sink.send(maskedFrame('text', Buffer.from(resume)));
    return this.#frames;
  }

  onMessage(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#isDone && this.isKept) throw protocolFailure('a message followed `done`');
    if (!isControlMessage(buffer, start, end)) {
      this.#sink.token(buffer, start, end, at);
      return;
    }
    const text = buffer.toString('utf8', start, end);
    const type = controlTypeOf(text);
    if (type === 'done') this.#isDone = true;
    if (type === 'open' && this.isKept) this.#sink.accept(0, at);
    this.#sink.control(type, text, at);
    if (this.#isDone && this.isKept) this.#sink.end(at);
  }

  next(target: StreamTarget): Buffer {
    this.#target = target;
    this.#isDone = false;
    return startFrame(target);
  }

  tell(message: string): Buffer {
    return maskedFrame('text', Buffer.from(message));
  }

  startClosing(): Buffer {
    this.#hasClosed = true;
    return closeFrame(closeCodes.normal);
  }

  onPing(payload: Buffer): void {
    this.#sink.send(maskedFrame('pong', payload));
  }

  /** Answers with the same code (RFC 6455 §5.5.1); the server then ends the socket. */
  onClose(code: number | undefined, reason: string): void {
    if (this.#hasClosed) {
      this.#isClosed = true;
      return;
    }
    this.#sink.send(closeFrame(code));
    const failure = closeFailure({ code, reason, isDone: this.#isDone });
    if (failure !== undefined) throw failure;
    this.#isClosed = true;
  }
}

/** Requests a stream on a connection that is kept. */
function startFrame({ kept }: StreamTarget): Buffer {
  assert(kept !== undefined, 'only a kept connection names its streams');
  return maskedFrame('text', Buffer.from(renderStart(kept.streamId)));
}

interface Upgrade {
  readonly path: string;
  /** `Sec-WebSocket-Key`. */
  readonly key: string;
  /** Compression that is asked for. */
  readonly deflate?: string | undefined;
}

/** RFC 6455 §4.1, the client's request, latin1. */
export function upgradeRequest(target: StreamTarget, { path, key, deflate }: Upgrade): string {
  return (
    `GET ${onRequestLine(target, path)} HTTP/1.1\r\nHost: ${authorityOf(target)}\r\n` +
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n` +
    `${deflate === undefined ? '' : `Sec-WebSocket-Extensions: ${extensionOf(deflate)}\r\n`}\r\n`
  );
}

/** RFC 6455 §4.1, the client's requirements on the response. */
export function checkUpgrade({ fields }: HttpHead, key: string, deflate: string | undefined): void {
  const expected: Record<string, string> = {
    upgrade: 'websocket',
    connection: 'upgrade',
    'sec-websocket-accept': createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64'),
    'sec-websocket-protocol': WEBSOCKET_PROTOCOL,
  };
  for (const [name, value] of Object.entries(expected)) {
    const found = fields.get(name) ?? 'none';
    const isToken = name === 'upgrade' || name === 'connection';
    const matches = isToken
      ? found
          .toLowerCase()
          .split(/[\s,]+/)
          .includes(value)
      : found === value;
    if (!matches) throw protocolFailure(`${name} is ${found}, not ${value}`);
  }
  checkExtension(fields.get('sec-websocket-extensions'), deflate);
}

function extensionOf(deflate: string): string {
  return `permessage-deflate; ${deflate}`;
}

/** The order of an extension's parameters has no meaning. */
function parametersOf(extension: string): string {
  return extension
    .split(/\s*;\s*/)
    .toSorted()
    .join('; ');
}

/**
 * The server must have agreed to exactly what was asked for: an arm that compresses must not
 * measure one that does not.
 */
function checkExtension(found: string | undefined, deflate: string | undefined): void {
  if (deflate === undefined) {
    if (found !== undefined) throw protocolFailure(`the extension ${found} was not asked for`);
    return;
  }
  const expected = extensionOf(deflate);
  if (found === undefined || parametersOf(found) !== parametersOf(expected))
    throw protocolFailure(`the extension agreed on is ${found ?? 'none'}, not ${expected}`);
}
