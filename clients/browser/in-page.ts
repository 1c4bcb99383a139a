// Code of the browser's page: it opens streams, takes a time as the first thing of every callback,
// appends each token's text to the DOM as a chat page does, takes a second time, and keeps the rest
// for later. The functions of this file are sent to the page as their own source text, so none of
// them may use anything but the others and what a page has.

/**
 * An event of a stream, in order. `text` is a payload, the JSON of a control event or a message;
 * `detail` the moment of the append for a token, the event's name for a control event, the code of
 * a close, the cause of a failure. Times are ms of the page.
 */
export type PageRow = readonly [
  kind: 'start' | 'accept' | 'token' | 'control' | 'close' | 'end' | 'lost' | 'failure',
  stream: number,
  atMs: number,
  text: string,
  detail: number | string,
];

export interface PageNotes {
  readonly rows: readonly PageRow[];
  /** Streams open at once, at most. */
  readonly most: number;
}

/**
 * The means by which the page opens a stream, and the form it expects: an event stream by EventSource, by a
 * fetch, by a fetch in gzip or by a POST; lines by a POST; messages in text, in binary or compressed.
 */
export type PageReader =
  | 'eventsource'
  | 'fetch'
  | 'fetch-gzip'
  | 'post'
  | 'post-lines'
  | 'websocket'
  | 'websocket-binary'
  | 'websocket-deflate';

/** Interface of the page under `streamduel`. */
interface PageReceiver {
  open: (stream: number, reader: PageReader, path: string) => void;
  close: (stream: number) => void;
  /** Returns the events since the last call, as JSON of `PageNotes`. */
  drain: () => string;
  /** Removes all streams that are over, and their text. */
  reset: () => void;
  /** The smallest step of the clock, ms. */
  stepMs: () => number;
}

/** Terms of the wire protocol that the page needs. */
interface PageTerms {
  readonly controlTypes: readonly string[];
  readonly controlPrefix: string;
  /** Names of the events of APIs, and types of their messages. */
  readonly apiEventNames: readonly string[];
  readonly protocol: string;
  /** The JSON body of a POST that asks for a stream. */
  readonly postBody: string;
}

interface PageStream {
  readonly accept: (atMs: number) => void;
  readonly token: (payload: string, atMs: number) => void;
  /** @param type Empty when the text itself contains it. */
  readonly control: (type: string, text: string, atMs: number) => void;
  readonly close: (code: number, reason: string, atMs: number) => void;
  readonly end: (atMs: number) => void;
  readonly lost: (message: string, atMs: number) => void;
  readonly fail: (cause: string, message: string, atMs: number) => void;
}

/**
 * The part of a page's DOM that is used here: the rest of the project runs in Node and knows none.
 */
interface PageElement {
  append: (child: PageElement | string) => void;
  remove: () => void;
}

interface PageWorld {
  readonly document: {
    readonly body: PageElement;
    readonly createElement: (name: string) => PageElement;
  };
  readonly location: { readonly host: string; readonly protocol: string };
  readonly EventSource: new (path: string) => {
    readonly readyState: number;
    addEventListener: (type: string, listener: (event: { readonly data?: string }) => void) => void;
    close: () => void;
  };
  streamduel?: PageReceiver;
}

/**
 * Parses an event stream (WHATWG HTML §9.2.6), without ids and reconnection times, which a fetch
 * has no use for. Takes text in any pieces; returns the number of events that were complete.
 */
export function createSseParser(
  onEvent: (type: string, data: string) => void,
): (text: string) => number {
  let rest = '';
  let type = '';
  let data: string | undefined;
  let isFirst = true;
  let endedInReturn = false;
  const readLine = (line: string): number => {
    if (line === '') {
      const complete = data;
      const name = type === '' ? 'message' : type;
      data = undefined;
      type = '';
      if (complete === undefined) return 0;
      onEvent(name, complete);
      return 1;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return 0;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
    else if (field === 'event') type = value;
    return 0;
  };
  return (piece) => {
    let text = piece;
    if (isFirst && text !== '') {
      isFirst = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    // A line feed here belongs to a pair that was cut in two: its line has ended already.
    if (endedInReturn && text !== '') {
      endedInReturn = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    if (text.endsWith('\r')) endedInReturn = true;
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    let events = 0;
    for (const line of lines) events += readLine(line);
    return events;
  };
}

/** Parses one JSON value a line; takes text in any pieces. Empty lines are signs of life. */
export function createLineParser(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
}

/** The text of a payload that a chat page shows; empty for an unknown payload. */
export function textOf(payload: string): string {
  try {
    const { d, delta, choices } = JSON.parse(payload) as {
      d?: unknown;
      delta?: string | { text?: unknown };
      choices?: { delta?: { content?: unknown } }[];
    };
    const ofDelta = typeof delta === 'object' ? delta.text : delta;
    const text = d ?? ofDelta ?? choices?.[0]?.delta?.content;
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}

/** Whether a message is a control event where no event name tells. */
function isControl(text: string, { controlPrefix, apiEventNames }: PageTerms): boolean {
  return (
    text.startsWith(controlPrefix) &&
    !apiEventNames.some((name) => text.startsWith(`${name}"`, controlPrefix.length))
  );
}

function readEventSource(stream: PageStream, path: string, terms: PageTerms): () => void {
  const world = globalThis as unknown as PageWorld;
  const source = new world.EventSource(path);
  const end = (atMs: number): void => {
    // Without a close now, the EventSource would reconnect again and again, for ever.
    source.close();
    stream.end(atMs);
  };
  for (const name of ['message', ...terms.apiEventNames]) {
    source.addEventListener(name, ({ data = '' }) => {
      const atMs = performance.now();
      if (!isControl(data, terms)) {
        stream.token(data, atMs);
        return;
      }
      // An API's event stream has no other control event than `done`, and does not name it.
      stream.control('', data, atMs);
      end(atMs);
    });
  }
  for (const type of terms.controlTypes) {
    source.addEventListener(type, ({ data }) => {
      const atMs = performance.now();
      // Our control event `open` has the name of the API's own event, which carries no data.
      if (data === undefined) {
        stream.accept(atMs);
        return;
      }
      stream.control(type, data, atMs);
      if (type === 'done') end(atMs);
    });
  }
  source.addEventListener('error', () => {
    const atMs = performance.now();
    // 2 is CLOSED: it was refused. Otherwise it will try again by itself.
    if (source.readyState === 2)
      stream.fail('eventsource-closed', 'the EventSource closed; its API does not say why', atMs);
    else stream.lost('the EventSource lost its connection; its API does not say why', atMs);
  });
  return () => source.close();
}

interface Fetched {
  readonly reader: PageReader;
  readonly path: string;
  readonly signal: AbortSignal;
}

async function readFetch(
  stream: PageStream,
  { reader: kind, path, signal }: Fetched,
  terms: PageTerms,
): Promise<void> {
  const isPost = kind === 'post' || kind === 'post-lines';
  const accept = kind === 'post-lines' ? 'application/x-ndjson' : 'text/event-stream';
  try {
    const response = await fetch(path, {
      method: isPost ? 'POST' : 'GET',
      headers: isPost ? { accept, 'content-type': 'application/json' } : { accept },
      cache: 'no-store',
      signal,
      ...(isPost && { body: terms.postBody }),
    });
    const acceptedMs = performance.now();
    if (response.status !== 200 || response.body === null) {
      stream.fail(
        `http-${response.status}`,
        `the server answered ${response.status} ${response.statusText}`,
        acceptedMs,
      );
      return;
    }
    const encoding = response.headers.get('content-encoding') ?? 'none';
    if (encoding !== (kind === 'fetch-gzip' ? 'gzip' : 'none')) {
      stream.fail('protocol', `content-encoding is ${encoding}`, acceptedMs);
      return;
    }
    stream.accept(acceptedMs);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let atMs = acceptedMs;
    const hearMessage = (text: string): void => {
      if (isControl(text, terms)) stream.control('', text, atMs);
      else stream.token(text, atMs);
    };
    const parse =
      kind === 'post-lines'
        ? createLineParser(hearMessage)
        : createSseParser((type, data) => {
            if (type === 'message' || terms.apiEventNames.includes(type)) hearMessage(data);
            else stream.control(type, data, atMs);
          });
    for (;;) {
      const { done, value } = await reader.read();
      // All tokens of one read share this stamp.
      atMs = performance.now();
      if (done) break;
      parse(value);
    }
    stream.end(atMs);
  } catch (error) {
    stream.fail('network', String(error), performance.now());
  }
}

function readWebSocket(
  stream: PageStream,
  { reader, path }: { readonly reader: PageReader; readonly path: string },
  terms: PageTerms,
): () => void {
  const world = globalThis as unknown as PageWorld;
  const { host, protocol } = world.location;
  const scheme = protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${host}${path}`, [terms.protocol]);
  socket.binaryType = 'arraybuffer';
  const decoder = new TextDecoder();
  const isBinary = reader === 'websocket-binary';
  socket.addEventListener('open', () => {
    const atMs = performance.now();
    // Chromium offers compression by itself; the server decides.
    const isCompressed = socket.extensions.startsWith('permessage-deflate');
    if (isCompressed === (reader === 'websocket-deflate')) stream.accept(atMs);
    else stream.fail('protocol', `the extension agreed on is ${socket.extensions || 'none'}`, atMs);
  });
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    const atMs = performance.now();
    if (typeof data !== 'string') {
      if (isBinary) stream.token(decoder.decode(data as ArrayBuffer), atMs);
      else stream.fail('protocol', 'a binary message where only text was agreed', atMs);
    } else if (isControl(data, terms)) stream.control('', data, atMs);
    else if (isBinary) stream.fail('protocol', 'a token in text where binary was agreed', atMs);
    else stream.token(data, atMs);
  });
  // After an error, an `error` event precedes it, which says no more than that.
  socket.addEventListener('close', ({ code, reason }: { code: number; reason: string }) => {
    const atMs = performance.now();
    stream.close(code, reason, atMs);
  });
  return () => socket.close();
}

/** Records the events of one stream, and appends its tokens to the DOM. */
function notePage(stream: number, element: PageElement, rows: PageRow[]): PageStream {
  return {
    accept: (atMs) => void rows.push(['accept', stream, atMs, '', 0]),
    token: (payload, atMs) => {
      element.append(textOf(payload));
      const appendedMs = performance.now();
      rows.push(['token', stream, atMs, payload, appendedMs]);
    },
    control: (type, text, atMs) => void rows.push(['control', stream, atMs, text, type]),
    close: (code, reason, atMs) => void rows.push(['close', stream, atMs, reason, code]),
    end: (atMs) => void rows.push(['end', stream, atMs, '', 0]),
    lost: (message, atMs) => void rows.push(['lost', stream, atMs, message, 'closed-early']),
    fail: (cause, message, atMs) => void rows.push(['failure', stream, atMs, message, cause]),
  };
}

function installReceiver(terms: PageTerms): void {
  const world = globalThis as unknown as PageWorld;
  const { document } = world;
  const rows: PageRow[] = [];
  let most = 0;
  const closers = new Map<number, () => void>();
  const elements = new Map<number, PageElement>();
  const openReader = (noted: PageStream, reader: PageReader, path: string): (() => void) => {
    if (reader === 'eventsource') return readEventSource(noted, path, terms);
    if (reader.startsWith('websocket')) return readWebSocket(noted, { reader, path }, terms);
    const abort = new AbortController();
    void readFetch(noted, { reader, path, signal: abort.signal }, terms);
    return () => abort.abort();
  };
  world.streamduel = {
    open: (stream, reader, path) => {
      const element = document.createElement('p');
      document.body.append(element);
      elements.set(stream, element);
      const noted = notePage(stream, element, rows);
      const over = (): void => void closers.delete(stream);
      const counted: PageStream = {
        ...noted,
        close: (code, reason, atMs) => {
          noted.close(code, reason, atMs);
          over();
        },
        end: (atMs) => {
          noted.end(atMs);
          over();
        },
        fail: (cause, message, atMs) => {
          noted.fail(cause, message, atMs);
          over();
        },
      };
      rows.push(['start', stream, performance.now(), '', 0]);
      closers.set(stream, openReader(counted, reader, path));
      most = Math.max(most, closers.size);
    },
    close: (stream) => {
      closers.get(stream)?.();
      closers.delete(stream);
    },
    drain: () => JSON.stringify({ rows: rows.splice(0), most }),
    reset: () => {
      for (const [stream, element] of elements) {
        if (closers.has(stream)) continue;
        element.remove();
        elements.delete(stream);
      }
      most = closers.size;
    },
    stepMs: () => {
      let smallest = Number.POSITIVE_INFINITY;
      let before = performance.now();
      for (let steps = 0; steps < 50;) {
        const now = performance.now();
        if (now === before) continue;
        smallest = Math.min(smallest, now - before);
        before = now;
        steps++;
      }
      return smallest;
    },
  };
}

/** Returns all of it as the text of one script. */
export function pageScript(terms: PageTerms): string {
  const parts = [
    createSseParser,
    createLineParser,
    textOf,
    isControl,
    readEventSource,
    readFetch,
    readWebSocket,
    notePage,
    installReceiver,
  ];
  return `(() => {\n'use strict';\n${parts.map(String).join('\n')}\ninstallReceiver(${JSON.stringify(terms)});\n})()`;
}
