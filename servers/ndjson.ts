// The NDJSON twin: a POST whose response has one JSON value a line; and the buffered twin, which
// sends the same body once all of it is generated. Events that are not tokens begin with their
// type, as on a WebSocket.

import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { renderTyped } from '../bench/contract/control-events.ts';
import type { TwinParts } from './admission.ts';
import { httpSink, type EventFormat } from './http-sink.ts';
import { textOf } from './payload-forms.ts';
import { addPost } from './post.ts';
import type { StreamSink } from './stream-sink.ts';
import { buildTwin } from './twin.ts';

const head = {
  'content-type': 'application/x-ndjson; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

const lines: EventFormat = {
  open: (event) => `${renderTyped('open', event)}\n`,
  message: ({ data }) => `${data}\n`,
  token: (_sequence, payload) => `${payload}\n`,
  done: (event) => `${renderTyped('done', event)}\n`,
  gap: (event) => `${renderTyped('gap', event)}\n`,
  heartbeat: '\n',
  bye: `${renderTyped('bye', {})}\n`,
};

export function buildNdjsonTwin(parts: TwinParts): FastifyInstance {
  const app = buildTwin(parts);
  addPost(app, parts, {
    url: '/v1/ndjson/:id',
    sinkOf: ({ raw }) => httpSink(raw, { head, format: lines }),
  });
  return app;
}

export function buildBufferedTwin(parts: TwinParts): FastifyInstance {
  const app = buildTwin(parts);
  addPost(app, parts, { url: '/v1/buffered/:id', sinkOf: ({ raw }) => bufferedSink(raw) });
  return app;
}

/**
 * Nothing leaves before the end, not even the head: this is what a client waits for when an API
 * does not stream.
 */
function bufferedSink(response: ServerResponse): StreamSink {
  const socket = response.socket as Socket;
  response.on('error', () => socket.destroy());
  const bytesBefore = socket.bytesWritten;
  const written: string[] = [];
  let headBytes = 0;
  const send = (): void => {
    const body = Buffer.from(written.join(''));
    response.writeHead(200, { ...head, 'content-length': body.length });
    response.flushHeaders();
    headBytes = socket.bytesWritten - bytesBefore;
    response.end(body);
  };
  return {
    channel: socket,
    get headBytes() {
      return headBytes;
    },
    bytesWritten: () => socket.bytesWritten - bytesBefore,
    onClose: (callback) => void response.once('close', callback),
    open: (event) => void written.push(lines.open(event)),
    message: (message) => void written.push(lines.message(message)),
    token: (sequence, payload) => void written.push(lines.token(sequence, textOf(payload))),
    done: (event) => {
      written.push(lines.done(event));
      send();
    },
    gap: (event) => void written.push(lines.gap(event)),
    heartbeat: () => {},
    isAnswering: () => undefined,
    bye: () => {
      written.push(lines.bye);
      send();
      socket.end();
    },
    replaced: () => void socket.destroy(),
    abort: () => void socket.destroy(),
    writeUndeclared: () => 0,
  };
}
