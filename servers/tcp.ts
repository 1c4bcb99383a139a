// The null arm: the same payloads as lines over a bare socket, with the same pacer and streams. It
// is the floor of the harness, not a contender: no HTTP, so no Fastify.

import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { KEEP_WORD, renderTyped } from '../bench/contract/control-events.ts';
import { KIB } from '../bench/contract/units.ts';
import { admit, type TwinParts } from './admission.ts';
import { KEEP_ALIVE_MS, keptSink } from './kept-sink.ts';
import { textOf } from './payload-forms.ts';
import type { StreamSink } from './stream-sink.ts';
import { secure } from './twin.ts';

const MAX_REQUEST_BYTES = KIB;

/**
 * A request is one line, `/v1/streams/ID`. Where streams outlive their connections a cursor may
 * follow it, `/v1/streams/ID k3f9.17`; elsewhere the word `keep`, after which the connection waits
 * for another request once the stream is done. A bad request gets one line of JSON and the end of
 * the connection.
 */
export function buildTcpServer(parts: TwinParts): Server {
  const serve = (socket: Socket): void => {
    socket.on('error', () => socket.destroy()).on('timeout', () => socket.destroy());
    awaitRequest(parts, socket);
  };
  return parts.tls === undefined
    ? createServer({ noDelay: true }, serve)
    : createTlsServer({ noDelay: true, ...secure(parts.tls) }, serve);
}

function awaitRequest(parts: TwinParts, socket: Socket): void {
  let request = '';
  socket.on('data', function readRequest(bytes: Buffer) {
    request += bytes.toString('latin1');
    const end = request.indexOf('\n');
    if (end === -1 && request.length <= MAX_REQUEST_BYTES) return;
    const handlerNs = parts.now();
    socket.off('data', readRequest);
    socket.setTimeout(0);
    socket.resume();
    serveLine(parts, { socket, line: request.slice(0, Math.max(0, end)), handlerNs });
  });
}

function serveLine(
  parts: TwinParts,
  { socket, line, handlerNs }: { socket: Socket; line: string; handlerNs: number },
): void {
  const [, id, word] = /^\/v1\/streams\/([A-Za-z0-9_-]{1,64})(?: (.*))?$/.exec(line) ?? [];
  const isKept = word === KEEP_WORD && parts.streams.lasting === undefined;
  const after = isKept ? undefined : word;
  if (id === undefined || (after !== undefined && parts.streams.lasting === undefined))
    return refuseLine(socket, 404, 'no stream in the request line');
  const admission = admit(parts, { id }, after);
  switch (admission.outcome) {
    case 'serve':
      return parts.streams.start(
        admission.plan,
        isKept ? sinkOfKept(parts, socket) : tcpSink(socket),
        { handlerNs, after },
      );
    case 'over':
      return void socket.end(`${renderTyped('done', admission.done)}\n`);
    case 'unknown':
      return refuseLine(socket, 404, `no stream ${id} is kept here`);
    case 'refused':
      return refuseLine(socket, admission.statusCode, admission.message);
  }
}

function sinkOfKept(parts: TwinParts, socket: Socket): StreamSink {
  return keptSink(tcpSink(socket), {
    socket,
    sendDone: (event, sent) => {
      socket.setTimeout(KEEP_ALIVE_MS);
      awaitRequest(parts, socket);
      socket.write(`${renderTyped('done', event)}\n`, sent);
    },
  });
}

function refuseLine(socket: Socket, statusCode: number, message: string): void {
  socket.end(`${renderTyped('stream-error', { statusCode, message })}\n`);
}

function tcpSink(socket: Socket): StreamSink {
  return {
    channel: socket,
    headBytes: 0,
    bytesWritten: () => socket.bytesWritten,
    onClose: (callback) => void socket.once('close', callback),
    open: (event) => void socket.write(`${renderTyped('open', event)}\n`),
    message: ({ data }) => void socket.write(`${data}\n`),
    token: (_sequence, payload) => void socket.write(`${textOf(payload)}\n`),
    done: (event) => void socket.end(`${renderTyped('done', event)}\n`),
    gap: (event) => void socket.write(`${renderTyped('gap', event)}\n`),
    heartbeat: () => void socket.write('\n'),
    isAnswering: () => undefined,
    bye: () => void socket.end(`${renderTyped('bye', {})}\n`),
    replaced: () => void socket.destroy(),
    abort: () => void socket.destroy(),
    writeUndeclared: () => 0,
  };
}
