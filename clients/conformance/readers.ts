// Receivers that read a response and stop there: eventsource-parser as the library stack feeds it,
// the probe's own readers, the framer of endpoints, and the parser of the minimal client.

import { connect } from 'node:net';
import { createParser } from 'eventsource-parser';
import { request } from 'undici';
import { asInstant } from '../../bench/contract/units.ts';
import { EventStreamParser } from '../minimal/event-stream-parser.ts';
import { EventStreamFramer } from '../endpoint/event-stream-framer.ts';
import { ChunkedReader } from '../probe/chunked-reader.ts';
import { HttpResponseReader } from '../probe/http-response.ts';
import { SseReader } from '../probe/sse-reader.ts';
import type { Received, Receiver } from './receiver.ts';
import type { SeenEvent } from './vector.ts';
import { installedVersion, ownVersion } from './versions.ts';

export const parser: Receiver = {
  id: 'parser',
  version: installedVersion('eventsource-parser'),
  receive: async ({ url }) => await receiveWithParser(url),
};

export const probe: Receiver = {
  id: 'probe',
  version: `of streamduel ${ownVersion()}`,
  receive: async ({ url }) => await receiveWithProbe(new URL(url)),
};

export const framer: Receiver = {
  id: 'framer',
  version: `of streamduel ${ownVersion()}`,
  receive: async ({ url }) => await receiveWithFramer(url),
};

export const minimal: Receiver = {
  id: 'minimal',
  version: `of streamduel ${ownVersion()}`,
  receive: async ({ url }) => await receiveWithMinimal(url),
};

async function receiveWithMinimal(url: string): Promise<Received> {
  const events: SeenEvent[] = [];
  const eventStream = new EventStreamParser();
  const decoder = new TextDecoder();
  const { body } = await request(url);
  for await (const bytes of body)
    for (const { type, data, lastEventId } of eventStream.push(
      decoder.decode(bytes as Buffer, { stream: true }),
    ))
      events.push([type, data, lastEventId]);
  return { events, state: eventStream };
}

async function receiveWithParser(url: string): Promise<Received> {
  const events: SeenEvent[] = [];
  let lastEventId = '';
  let retryMs: number | undefined;
  const eventParser = createParser({
    onEvent: ({ event = 'message', data }) => events.push([event, data, lastEventId]),
    // Called before the event of the same block: the caller keeps it from block to block.
    onId: (id) => (lastEventId = id),
    onRetry: (ms) => (retryMs = ms),
  });
  // The parser strips the BOM; a decoder that did so too would strip two.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const { body } = await request(url);
  for await (const bytes of body)
    eventParser.feed(decoder.decode(bytes as Buffer, { stream: true }));
  return { events, state: { lastEventId, retryMs } };
}

async function receiveWithFramer(url: string): Promise<Received> {
  const events: SeenEvent[] = [];
  let retryMs: number | undefined;
  const eventStream: EventStreamFramer = new EventStreamFramer({
    onEvent: ({ name = 'message', data }) => events.push([name, data, eventStream.lastEventId]),
    onComment: () => {},
    onRetry: (ms) => (retryMs = ms),
    onFailure: (cause, message) => {
      throw new Error(`${cause}: ${message}`);
    },
  });
  const { body } = await request(url);
  for await (const bytes of body) eventStream.push(bytes as Buffer);
  return { events, state: { lastEventId: eventStream.lastEventId, retryMs } };
}

/** Does not use the probe's client, which only takes the events that our twins send. */
async function receiveWithProbe({ hostname, port, pathname }: URL): Promise<Received> {
  const events: SeenEvent[] = [];
  const whole = Promise.withResolvers<void>();
  // The reader's events are bytes, which are decoded here.
  const reader: SseReader = new SseReader((name, buffer, start, end) => {
    events.push([
      name === '' ? 'message' : name,
      buffer.toString('utf8', start, end),
      reader.lastEventId,
    ]);
  });
  const response = new HttpResponseReader({
    status: 200,
    accept: () => new ChunkedReader(reader, () => whole.resolve()),
  });
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  socket.on('data', (bytes: Buffer) => {
    try {
      response.push(bytes, 0, bytes.length, asInstant(0));
    } catch (failure) {
      whole.reject(failure);
    }
  });
  socket.on('close', () => whole.reject(new Error(`${pathname} ended before its last chunk`)));
  await whole.promise.finally(() => socket.destroy());
  return { events, state: { lastEventId: reader.lastEventId, retryMs: reader.retryMs } };
}
