// The browser stacks. A stream is opened, read and stamped in the page; here its notes become the
// same listener calls as those of every other stack.

import assert from 'node:assert/strict';
import type { BrowserStack } from '../../bench/contract/arms/stacks.ts';
import type { TransportId } from '../../bench/contract/arms/transports.ts';
import { asInstant, type Instant } from '../../bench/contract/units.ts';
import { asControlType, controlTypeOf } from '../control-message.ts';
import { type LibraryStream, openStreams, type OpenedStream } from '../library/library-stream.ts';
import { closeFailure, StreamFailure } from '../stream-failure.ts';
import type { StreamClient, StreamClientOptions, StreamTarget } from '../stream-client.ts';
import type { PageReader, PageRow } from './in-page.ts';
import { monotonicNs, type ReceivingPage } from './receiving-page.ts';

interface Told {
  readonly client: BrowserStack;
  readonly transport: TransportId;
}

/** The page's interface for each transport that a stack speaks; see `canSpeak`. */
const readers: Record<BrowserStack, Partial<Record<TransportId, PageReader>>> = {
  browser: {
    sse: 'eventsource',
    ws: 'websocket',
    'ws-binary': 'websocket-binary',
    'ws-deflate': 'websocket-deflate',
    'ws-deflate-no-takeover': 'websocket-deflate',
    'sse-h2': 'eventsource',
  },
  'browser-fetch': {
    sse: 'fetch',
    'sse-gzip': 'fetch-gzip',
    'sse-post': 'post',
    ndjson: 'post-lines',
    'sse-h2': 'fetch',
  },
};

/**
 * Delivers tokens through onTokenText, never onTokenBytes; calls onStart, never onConnect, which a
 * page cannot observe.
 */
export function openBrowserClient(
  { client, transport }: Told,
  options: StreamClientOptions,
  page: ReceivingPage,
): StreamClient {
  const reader = readers[client][transport];
  assert(reader !== undefined, `client stack ${client} does not speak ${transport}`);
  const streams = openStreams(
    (stream, target) => openInPage(stream, target, { reader, page, now: options.now }),
    options,
  );
  page.acquire();
  return {
    ...streams,
    // Neither sockets nor reads can be seen from a page.
    bytesRead: () => undefined,
    tokenReads: () => undefined,
    prepare: async (server) => await page.prepare(server),
    browser: {
      beginWindow: () => page.beginWindow(),
      endWindow: () => page.endWindow(),
      finish: async () => await page.account(),
    },
    close: async () => {
      await streams.close();
      await page.release();
    },
  };
}

interface PagePlace {
  readonly reader: PageReader;
  readonly page: ReceivingPage;
  readonly now: () => Instant;
}

function openInPage(
  stream: LibraryStream,
  target: StreamTarget,
  { reader, page, now }: PagePlace,
): OpenedStream {
  const number = page.open(reader, target, {
    happened: (row, toNs) => {
      const epochNs = epochOf(now);
      const atOf = (pageMs: number): Instant => asInstant(toNs(pageMs) - epochNs);
      tell(stream, row, atOf);
    },
    gone: (why) => stream.fail(new StreamFailure('browser', why), now()),
  });
  // Nothing in the APIs stops the reading.
  return { close: () => page.close(number), pause: () => {}, unpause: () => {} };
}

/**
 * Readings to find the origin of `now`: an interruption between two clocks would be taken for a
 * difference between them.
 */
const READINGS = 3;

/** The origin of a clock of this process, on the clock of `monotonicNs`. */
function epochOf(now: () => Instant): number {
  let epochNs = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < READINGS; reading++) {
    const at = now();
    epochNs = Math.min(epochNs, monotonicNs() - at);
  }
  return epochNs;
}

function tell(
  stream: LibraryStream,
  [kind, , atMs, text, detail]: PageRow,
  atOf: (pageMs: number) => Instant,
): void {
  const at = atOf(atMs);
  switch (kind) {
    case 'start':
      return stream.started(at);
    case 'accept':
      return stream.accept(0, at);
    case 'token':
      return stream.token(text, at, atOf(Number(detail)));
    case 'control':
      return tellControl(stream, { type: String(detail), text, at });
    case 'close':
      return tellClose(stream, { code: Number(detail), reason: text, at });
    case 'end':
      return stream.end(at);
    case 'lost':
      return stream.lost(new StreamFailure(String(detail), text), at);
    case 'failure':
      return stream.fail(new StreamFailure(String(detail), text), at);
  }
}

function tellControl(
  stream: LibraryStream,
  { type, text, at }: { type: string; text: string; at: Instant },
): void {
  try {
    stream.control(type === '' ? controlTypeOf(text) : asControlType(type), text, at);
  } catch (error) {
    stream.fail(error, at);
  }
}

/** RFC 6455 §7.1.5 and §7.1.7: no code in the close frame, and no close frame at all. */
const NO_CODE = 1005;
const NO_CLOSE_FRAME = 1006;

function tellClose(
  stream: LibraryStream,
  { code, reason, at }: { code: number; reason: string; at: Instant },
): void {
  const { isDone } = stream;
  const failure =
    code === NO_CLOSE_FRAME
      ? new StreamFailure(
          'closed-early',
          `the connection was refused or ended ${isDone ? 'without a close frame' : 'before `done`'}`,
        )
      : closeFailure({ code: code === NO_CODE ? undefined : code, reason, isDone });
  if (failure === undefined) stream.end(at);
  else stream.fail(failure, at);
}
