// One WebSocket that several streams share, each on a lane that the client chose: it asks for a
// stream with a number that is free, every message of the stream is led by that number, and it is
// free again after `done`. The counterpart of HTTP/2 for a protocol without streams.

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { frameBytes } from '../bench/contract/byte-model.ts';
import {
  closeCodes,
  LANE_CHARACTERS,
  MOST_LANES,
  renderLane,
  renderTyped,
} from '../bench/contract/control-events.ts';
import type { Payload } from '../bench/contract/payload.ts';
import type { ApiMessage } from '../bench/contract/payloads/payload-profile.ts';
import { admit, type TwinParts } from './admission.ts';
import { parseClientMessage } from './client-message.ts';
import { KEEP_ALIVE_MS } from './kept-sink.ts';
import { textOf } from './payload-forms.ts';
import type { StreamSink } from './stream-sink.ts';

interface MuxConnection {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
}

/** A send to a socket that is closing must not reach the process as an error. */
function ignore(): void {}

/** Closes with 1008 when the client asks for a lane that is taken, or sends anything else. */
export function serveMux(parts: TwinParts, { webSocket, socket }: MuxConnection): void {
  const { streams, now } = parts;
  const lanes = new Map<number, Lane>();
  // Each stream waits for the drain of the socket that they share.
  socket.setMaxListeners(0);
  let idle: NodeJS.Timeout | undefined;
  const waitIfIdle = (): void => {
    if (lanes.size > 0) return;
    idle = setTimeout(() => webSocket.close(closeCodes.normal), KEEP_ALIVE_MS);
  };
  const start = (lane: number, id: string): void => {
    clearTimeout(idle);
    const admission = admit(parts, { id });
    // Taken after admission, as on the twins, where a route's handler runs once its stream was
    // found.
    const handlerNs = now();
    if (admission.outcome !== 'serve') {
      const status = admission.outcome === 'refused' ? admission.statusCode : 404;
      webSocket.send(renderLane(lane) + renderTyped('stream-error', { status }), ignore);
      waitIfIdle();
      return;
    }
    const opened = new Lane({ webSocket, socket }, lane, () => {
      lanes.delete(lane);
      waitIfIdle();
    });
    lanes.set(lane, opened);
    streams.start(admission.plan, opened, { handlerNs });
  };
  webSocket.on('message', (bytes: Buffer) => {
    const message = parseClientMessage(bytes.toString());
    if (message === undefined || !('lane' in message) || message.lane === undefined) {
      webSocket.close(closeCodes.badRequest);
      return;
    }
    const { lane } = message;
    if (message.type === 'cancel') lanes.get(lane)?.close();
    else if (lane < MOST_LANES && !lanes.has(lane)) start(lane, message.id);
    else webSocket.close(closeCodes.badRequest);
  });
  webSocket.once('close', () => {
    clearTimeout(idle);
    for (const lane of lanes.values()) lane.close();
    clearTimeout(idle);
  });
  waitIfIdle();
}

/** Sink of one stream among several on a WebSocket. */
class Lane implements StreamSink {
  readonly channel: Socket;
  readonly headBytes = 0;
  readonly #webSocket: WebSocket;
  readonly #prefix: string;
  readonly #free: () => void;
  readonly #callbacks: (() => void)[] = [];
  #bytes = 0;
  #isOpen = true;

  constructor({ webSocket, socket }: MuxConnection, lane: number, free: () => void) {
    this.channel = socket;
    this.#webSocket = webSocket;
    this.#prefix = renderLane(lane);
    this.#free = free;
  }

  #send(text: string, sent: () => void = ignore): void {
    this.#bytes += frameBytes(LANE_CHARACTERS + Buffer.byteLength(text));
    this.#webSocket.send(this.#prefix + text, sent);
  }

  /** By its own count: the socket's is of all its streams. */
  bytesWritten(): number {
    return this.#bytes;
  }

  onClose(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  /** The stream is over, or was given up, or the connection is gone. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const callback of this.#callbacks) callback();
    this.#free();
  }

  open(event: object): void {
    this.#send(renderTyped('open', event));
  }

  message({ data }: ApiMessage): void {
    this.#send(data);
  }

  token(_sequence: number, payload: Payload): void {
    this.#send(textOf(payload));
  }

  done(event: object): void {
    this.#send(renderTyped('done', event), () => this.close());
  }

  gap(event: object): void {
    this.#send(renderTyped('gap', event));
  }

  heartbeat(): void {
    this.#webSocket.ping('', false, ignore);
  }

  isAnswering(): undefined {
    return undefined;
  }

  bye(): void {
    this.#send(renderTyped('bye', {}));
    this.#webSocket.close(closeCodes.restart);
  }

  replaced(): void {
    this.close();
  }

  /** Nothing tells the client that a stream was cut but the end of the connection. */
  abort(): void {
    if (this.#isOpen) this.#webSocket.terminate();
  }

  writeUndeclared(): number {
    return 0;
  }
}
