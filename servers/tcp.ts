// The null arm: the same payloads as lines over a bare socket, with the same pacer and streams. It is the floor of the
// harness, not a contender: no HTTP, so no Fastify.

import { createServer, type Server, type Socket } from 'node:net';
import { renderTyped } from '../bench/contract/control-events.ts';
import { KIB } from '../bench/contract/units.ts';
import { admit, type TwinParts } from './admission.ts';
import type { StreamSink } from './stream-sink.ts';

const MAX_REQUEST_BYTES = KIB;

/**
 * A request is one line, `/v1/streams/ID`, and where streams outlive their connections a cursor may follow it:
 * `/v1/streams/ID k3f9.17`. A bad one gets one line of JSON and the end of the connection.
 */
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
      serveLine(parts, { socket, line: request.slice(0, Math.max(0, end)), handlerNs });
    });
  });
}

function serveLine(parts: TwinParts, { socket, line, handlerNs }: { socket: Socket; line: string; handlerNs: number }): void {
  const [, id, after] = /^\/v1\/streams\/([A-Za-z0-9_-]{1,64})(?: (.*))?$/.exec(line) ?? [];
  if (id === undefined || (after !== undefined && parts.streams.lasting === undefined))
    return refuseLine(socket, 404, 'no stream in the request line');
  const admission = admit(parts, { id }, after);
  switch (admission.outcome) {
    case 'serve':
      return parts.streams.start(admission.plan, tcpSink(socket), { handlerNs, after });
    case 'over':
      return void socket.end(`${renderTyped('done', admission.done)}\n`);
    case 'unknown':
      return refuseLine(socket, 404, `no stream ${id} is kept here`);
    case 'refused':
      return refuseLine(socket, admission.statusCode, admission.message);
  }
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
    gap: (event) => void socket.write(`${renderTyped('gap', event)}\n`),
    heartbeat: () => void socket.write('\n'),
    isAnswering: () => undefined,
    bye: () => void socket.end(`${renderTyped('bye', {})}\n`),
    replaced: () => void socket.destroy(),
    abort: () => void socket.destroy(),
  };
}
