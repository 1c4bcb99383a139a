// Turns by POST over the probe: a request with the turn's JSON, and an event stream in its response.

import assert from 'node:assert/strict';
import { TURNS_PATH } from '../../bench/contract/turn-requests.ts';
import { httpStream } from '../probe/http-stream.ts';
import { EVENT_STREAM, readEvents } from '../probe/sse.ts';
import { authorityOf } from '../request-target.ts';
import type { StreamTarget } from '../stream-client.ts';

export const postTurns = httpStream({
  request: turnRequest,
  contentType: EVENT_STREAM,
  body: 'chunked',
  reader: readEvents,
});

function turnRequest(target: StreamTarget): string {
  assert(target.turn !== undefined, 'a turn has a request');
  // The engine writes latin1, so the bytes of UTF-8 are given as characters.
  const body = Buffer.from(target.turn).toString('latin1');
  return (
    `POST ${TURNS_PATH} HTTP/1.1\r\nHost: ${authorityOf(target)}\r\n` +
    `Accept: ${EVENT_STREAM}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}
