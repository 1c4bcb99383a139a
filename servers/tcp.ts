// The null arm: the same payloads as lines over a bare socket, with the same pacer and streams. It is the floor of the
// harness, not a contender: no HTTP, so no Fastify.

import { createServer, type Server, type Socket } from 'node:net';
import { renderTyped } from '../bench/contract/control-events.ts';
import { KIB } from '../bench/contract/units.ts';
import type { StreamSink } from './stream-sink.ts';
import type { TwinParts } from './twin.ts';

const MAX_REQUEST_BYTES = KIB;

/** A request is one line, `/v1/streams/ID`. A bad one gets one line of JSON and the end of the connection. */
export function buildTcpServer(parts: TwinParts): Server {
  return createServer({ noDelay: true }, (socket) => {
    let request = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', function readRequest(bytes: Buffer) {
      request += bytes.toString('latin1');
      const end = request.indexOf('\n');
      if (end === -1 && request.length <= MAX_REQUEST_BYTES) return;
      const handlerNs = parts.now();
      socket.off('data', readRequest);
      socket.resume();
      const id = /^\/v1\/streams\/([A-Za-z0-9_-]{1,64})$/.exec(request.slice(0, Math.max(0, end)))?.[1];
      const plan = id === undefined ? undefined : parts.planned.find({ id });
      if (plan === undefined) refuseLine(socket, 404, `no stream ${id ?? 'in the request line'} in this trial`);
      else if (parts.streams.isFull) refuseLine(socket, 503, 'the server has as many streams as it may');
      else parts.streams.start(plan, tcpSink(socket), handlerNs);
    });
  });
}

function refuseLine(socket: Socket, statusCode: number, message: string): void {
  socket.end(`${renderTyped('stream-error', { statusCode, message })}\n`);
}

function tcpSink(socket: Socket): StreamSink {
  return {
    socket,
    headBytes: 0,
    bytesWritten: () => socket.bytesWritten,
    onClose: (callback) => void socket.once('close', callback),
    open: (event) => void socket.write(`${renderTyped('open', event)}\n`),
    token: (_sequence, payload) => void socket.write(`${payload}\n`),
    done: (event) => void socket.end(`${renderTyped('done', event)}\n`),
    bye: () => void socket.end(`${renderTyped('bye', {})}\n`),
    abort: () => void socket.destroy(),
  };
}
