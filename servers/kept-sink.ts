// Sink of one of several streams on a kept connection. HTTP ends a response and keeps its
// connection by itself; the sinks of the other transports end both, so this one wraps them to end
// the stream only.

import type { Socket } from 'node:net';
import type { DoneEvent } from '../bench/contract/control-events.ts';
import type { StreamSink } from './stream-sink.ts';

/**
 * Longest wait of a connection for its next stream, ms: the default of Fastify's HTTP server
 * (keepAliveTimeout).
 */
export const KEEP_ALIVE_MS = 72_000;

/**
 * Counts bytes from now on, without those that the connection began with. The stream is over once
 * `done` has left, or the socket is closed.
 * @param sendDone Sends the event, keeps the connection, and calls back when the bytes have left or
 * no longer can.
 */
export function keptSink(
  sink: StreamSink,
  { socket, sendDone }: { socket: Socket; sendDone: (event: DoneEvent, sent: () => void) => void },
): StreamSink {
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
