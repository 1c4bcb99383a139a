// Test support: streams that run on a twin, as their receivers have them.

import { once } from 'node:events';
import { createParser } from 'eventsource-parser';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../bench/contract/arms/websocket.ts';
import type { DoneEvent } from '../bench/contract/control-events.ts';
import type { TestServer } from './twin-fixture.ts';

export const SEED = 7;
/** A minute by its plan: it ends by what the test does, or the test does not. */
export const LONG = `n=60000&rate=1000&seed=${SEED}`;

/** Tests wait for little, and often. */
export const POLL = { interval: 5 };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export async function post(
  server: TestServer,
  path: string,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    ...init,
  });
  return { status: response.status, body: await response.json() };
}

/** A stream as its receiver has it, over either twin. */
export interface Heard {
  readonly tokens: () => number;
  /** Their texts, as far as they have come. */
  readonly texts: () => readonly string[];
  /** The `done`, once the connection, or the response, has ended. */
  readonly done: Promise<DoneEvent | undefined>;
  readonly send: (text: string) => void;
  /** Goes without a word. */
  readonly go: () => void;
  /** The code of a WebSocket that was closed. */
  readonly code: () => number | undefined;
}

export async function openHeard(
  server: TestServer,
  transport: 'sse' | 'ws',
  { query = LONG, id = 'one' }: { readonly query?: string; readonly id?: string } = {},
): Promise<Heard> {
  return transport === 'sse' ? await openSse(server, query, id) : await openWs(server, query, id);
}

async function openSse(server: TestServer, query: string, id: string): Promise<Heard> {
  const going = new AbortController();
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/streams/${id}?${query}`, {
    signal: going.signal,
  });
  const texts: string[] = [];
  let event: DoneEvent | undefined;
  const parser = createParser({
    onEvent: ({ event: name, data }) => {
      if (name === undefined) texts.push(textOf(data));
      if (name === 'done') event = JSON.parse(data) as DoneEvent;
    },
  });
  const read = async (): Promise<DoneEvent | undefined> => {
    try {
      const text = new TextDecoder();
      for await (const bytes of response.body!) parser.feed(text.decode(bytes, { stream: true }));
    } catch {
      return undefined;
    }
    return event;
  };
  return {
    tokens: () => texts.length,
    texts: () => texts,
    done: read(),
    send: () => expect.unreachable('an event stream has no way up'),
    go: () => going.abort(),
    code: () => undefined,
  };
}

async function openWs(server: TestServer, query: string, id: string): Promise<Heard> {
  const socket = new WebSocket(
    `ws://127.0.0.1:${server.port}/v1/ws/${id}?${query}`,
    WEBSOCKET_PROTOCOL,
    { perMessageDeflate: false },
  );
  const texts: string[] = [];
  let event: DoneEvent | undefined;
  let closed: number | undefined;
  socket.on('error', () => undefined);
  socket.on('message', (bytes: Buffer) => {
    const text = bytes.toString();
    if (text.startsWith('{"type":"done"')) event = JSON.parse(text) as DoneEvent;
    else if (!text.startsWith('{"type"')) texts.push(textOf(text));
  });
  const done = once(socket, 'close').then(([code]) => {
    closed = code as number;
    return event;
  });
  await once(socket, 'open');
  return {
    tokens: () => texts.length,
    texts: () => texts,
    done,
    send: (text) => socket.send(text),
    go: () => socket.terminate(),
    code: () => closed,
  };
}

/** The text of a token with payload `lean`. */
function textOf(payload: string): string {
  return (JSON.parse(payload) as { d: string }).d;
}

/** No stream is open, and none is generated. */
export async function expectNothingLeft({ streams }: TestServer): Promise<void> {
  await expect.poll(() => streams.openStreams, POLL).toBe(0);
  const before = streams.counts.tokensWritten;
  // Longer than several gaps of a stream that would go on.
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(streams.counts.tokensWritten).toBe(before);
}

export function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
