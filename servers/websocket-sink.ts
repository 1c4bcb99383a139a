// Sends a stream over a WebSocket, with or without Fastify around it.

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Writes } from '../bench/contract/arms/writes.ts';
import { closeCodes, renderTyped } from '../bench/contract/control-events.ts';
import type { StreamSink } from './stream-sink.ts';

/** A send to a socket that is closing must not reach the process as an error; its close is counted by the streams. */
function ignore(): void {}

/** Corks as node:http does with its own socket: all writes of this turn of the event loop leave at its end, in one writev. */
function corkForTurn(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(uncork, socket);
}

function uncork(socket: Socket): void {
  socket.uncork();
}

export interface WebSocketConnection {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  /** When absent, each message leaves at once, as ws does by itself. */
  readonly writes?: Writes | undefined;
}

/** Sink for one stream on one WebSocket, which ends with it. */
export function webSocketSink({ webSocket, socket, writes }: WebSocketConnection): StreamSink {
  const send = (text: string): void => webSocket.send(text, ignore);
  let isAwaited: boolean | undefined;
  return {
    socket,
    headBytes: socket.bytesWritten,
    bytesWritten: () => socket.bytesWritten,
    onClose: (callback) => void socket.once('close', callback),
    open: (event) => send(renderTyped('open', event)),
    token:
      writes === 'corked'
        ? (_sequence, payload) => {
            corkForTurn(socket);
            send(payload);
          }
        : (_sequence, payload) => send(payload),
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
  };
}
