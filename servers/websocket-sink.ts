// Sends a stream over a WebSocket, with or without Fastify around it.

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Writes } from '../bench/contract/arms/writes.ts';
import { closeCodes, renderTyped } from '../bench/contract/control-events.ts';
import type { Payload } from '../bench/contract/payload.ts';
import { CompressingChannel } from './compressing-channel.ts';
import { binaryOf, textOf } from './payload-forms.ts';
import type { StreamSink } from './stream-sink.ts';

/**
 * A send to a socket that is closing must not reach the process as an error; its close is counted
 * by the streams.
 */
function ignore(): void {}

/**
 * Corks as node:http does with its own socket: all writes of this turn of the event loop leave at
 * its end, in one writev.
 */
function corkForTurn(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(uncork, socket);
}

function uncork(socket: Socket): void {
  socket.uncork();
}

const PONG = Buffer.from([0x8a, 0x00]);

/**
 * How the messages of a twin are framed; without any of it, each is text and leaves at once, as ws
 * does by itself.
 */
export interface MessageForm {
  readonly writes?: Writes | undefined;
  /** Tokens, and messages of an API around them, are binary; control events stay text. */
  readonly hasBinaryTokens?: boolean | undefined;
  /** Every message is compressed (RFC 7692), which takes ws a turn of the thread pool. */
  readonly isCompressed?: boolean | undefined;
}

export interface WebSocketConnection extends MessageForm {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
}

/** Sink for one stream on one WebSocket, which ends with it. */
export function webSocketSink({
  webSocket,
  socket,
  writes,
  hasBinaryTokens = false,
  isCompressed = false,
}: WebSocketConnection): StreamSink {
  const compressing = isCompressed ? new CompressingChannel(webSocket) : undefined;
  const send =
    compressing === undefined
      ? (text: string): void => webSocket.send(text, ignore)
      : (text: string): void => compressing.send(text);
  const sendToken = hasBinaryTokens
    ? (payload: Payload): void => webSocket.send(binaryOf(payload), { binary: true }, ignore)
    : (payload: Payload): void => send(textOf(payload));
  let isAwaited: boolean | undefined;
  return {
    channel: compressing ?? socket,
    headBytes: socket.bytesWritten,
    bytesWritten: () => socket.bytesWritten,
    onClose: (callback) => void socket.once('close', callback),
    open: (event) => send(renderTyped('open', event)),
    message: ({ data }) => sendToken(data),
    token:
      writes === 'corked'
        ? (_sequence, payload) => {
            corkForTurn(socket);
            sendToken(payload);
          }
        : (_sequence, payload) => sendToken(payload),
    done: (event) => {
      send(renderTyped('done', event));
      webSocket.close(closeCodes.normal);
    },
    gap: (event) => send(renderTyped('gap', event)),
    heartbeat: () => {
      if (isAwaited === undefined) webSocket.on('pong', () => (isAwaited = false));
      isAwaited = true;
      webSocket.ping('', false, ignore);
    },
    isAnswering: () => isAwaited !== true,
    bye: () => {
      send(renderTyped('bye', {}));
      webSocket.close(closeCodes.restart);
    },
    replaced: () => {
      webSocket.close(closeCodes.replaced);
      // Most likely its peer is gone, and would never answer the close.
      webSocket.terminate();
    },
    abort: () => webSocket.terminate(),
    // An unsolicited pong (RFC 6455 §5.5.3), queued behind what was sent in this turn, and whole,
    // so no frame is torn.
    writeUndeclared: () => {
      if (socket.destroyed || isCompressed) return 0;
      socket.write(PONG);
      return PONG.length;
    },
  };
}
