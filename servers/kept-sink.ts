// One stream of several on a connection that is kept. HTTP ends a response and keeps its connection by itself; the other
// transports have a sink that ends both, and this is what remains of it.

import type { DoneEvent } from '../bench/contract/control-events.ts';
import type { StreamSink } from './stream-sink.ts';

/** How long a connection may wait for its next stream, ms: what Fastify's HTTP server allows one by default (keepAliveTimeout). */
export const KEEP_ALIVE_MS = 72_000;

/**
 * Counts bytes from now on, without what the connection itself began with. Over once `done` has left, or the socket is closed.
 * @param sendDone Sends the event, keeps the connection, and calls back when the bytes have left or cannot any more.
 */
export function keptSink(sink: StreamSink, sendDone: (event: DoneEvent, sent: () => void) => void): StreamSink {
  const { socket } = sink;
  const bytesBefore = socket.bytesWritten;
  const callbacks: (() => void)[] = [];
  const end = (): void => {
    socket.off('close', end);
    for (const callback of callbacks.splice(0)) callback();
  };
  socket.once('close', end);
  return {
    ...sink,
    headBytes: 0,
    bytesWritten: () => socket.bytesWritten - bytesBefore,
    onClose: (callback) => void callbacks.push(callback),
    done: (event) => sendDone(event, end),
  };
}
