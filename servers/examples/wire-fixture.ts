// Test support: event streams as they come over a bare socket, with the chunks of HTTP that show
// what a server wrote at once, and the messages of a WebSocket.

import { isUtf8 } from 'node:buffer';
import { on, once } from 'node:events';
import { connect } from 'node:net';
import { createParser } from 'eventsource-parser';
import { WebSocket } from 'ws';
import type { DialectId } from '../../bench/contract/dialects/dialect-ids.ts';
import type {
  Completeness,
  TransportEnd,
  WireEvent,
} from '../../bench/contract/dialects/dialect.ts';
import { dialects } from '../../bench/contract/dialects/dialects.ts';

const TIMEOUT_MS = 60_000;
const LAST_CHUNK = '\r\n0\r\n\r\n';

export interface RawStream {
  /** Status line and headers, in lower case. */
  readonly head: string;
  readonly body: string;
  /** The chunks of HTTP hold this (RFC 9112 §7.1). */
  readonly chunks: readonly string[];
  /** Bytes of each return of the kernel. */
  readonly reads: readonly number[];
}

interface Request {
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

const CHAT_BODY = JSON.stringify({
  model: 'words',
  messages: [{ role: 'user', content: 'words, please' }],
  stream: true,
});

function renderRequest({ port, method, path }: Request): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: text/event-stream\r\n`;
  if (method === 'GET') return `${head}\r\n`;
  const length = Buffer.byteLength(CHAT_BODY);
  return `${head}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${CHAT_BODY}`;
}

/** Reads up to the last chunk. @throws when the stream ends without it, or bytes are no UTF-8. */
export async function readRawStream(request: Request): Promise<RawStream> {
  const socket = connect(request.port, '127.0.0.1');
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('the server is silent')));
  socket.write(renderRequest(request));
  const reads: Buffer[] = [];
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    reads.push(bytes);
    if (Buffer.concat(reads.slice(-2)).toString('latin1').endsWith(LAST_CHUNK)) break;
  }
  socket.destroy();
  const all = Buffer.concat(reads);
  const headBytes = all.indexOf('\r\n\r\n') + 4;
  const chunks = takeChunks(all.subarray(headBytes));
  const body = Buffer.concat(chunks);
  if (!isUtf8(body)) throw new Error('the body is no UTF-8');
  return {
    head: all.toString('latin1', 0, headBytes).toLowerCase(),
    body: body.toString(),
    chunks: chunks.map((chunk) => chunk.toString()),
    reads: reads.map(({ length }) => length),
  };
}

function takeChunks(bytes: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size =
      lineEnd === -1 ? Number.NaN : Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error(`no chunk at byte ${at} of ${bytes.length}`);
    if (size === 0) return chunks;
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** Begins a stream, and leaves once the first bytes of it have come. */
export async function leaveEarly(request: Request): Promise<void> {
  const socket = connect(request.port, '127.0.0.1');
  socket.write(renderRequest(request));
  await once(socket, 'data', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  socket.resetAndDestroy();
}

/** By a parser that is not this project's. */
export function parseEvents(body: string): readonly WireEvent[] {
  const events: WireEvent[] = [];
  const parser = createParser({
    onEvent: ({ data, event, id }) =>
      events.push({
        data,
        ...(event !== undefined && { name: event }),
        ...(id !== undefined && { id }),
      }),
  });
  parser.feed(body);
  return events;
}

export interface Judged {
  readonly text: string;
  readonly outputTokens: number | undefined;
  readonly completeness: Completeness;
}

export function judge(
  dialect: DialectId,
  events: readonly WireEvent[],
  end: TransportEnd['kind'] & ('in-order' | 'by-client'),
): Judged {
  const reader = dialects[dialect].open();
  let outputTokens: number | undefined;
  for (const event of events)
    for (const sign of reader.read(event))
      if (sign.kind === 'usage') outputTokens = sign.outputTokens ?? outputTokens;
  return {
    text: reader.text().text,
    outputTokens,
    completeness: reader.judge({ kind: end }, { hasHalfEvent: false }),
  };
}

export class ResponsesSocket implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #messages: AsyncIterator<[Buffer, boolean]>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    // Before it is open, so that no message is missed.
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    this.#messages = on(socket, 'message', { signal, close: ['close'] }) as AsyncIterator<
      [Buffer, boolean]
    >;
  }

  static async open(port: number, query: string): Promise<ResponsesSocket> {
    const url = `ws://127.0.0.1:${port}/v1/responses?${query}`;
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const opened = new ResponsesSocket(socket);
    await once(socket, 'open');
    return opened;
  }

  send(message: string): void {
    this.#socket.send(message);
  }

  /** @throws when the next message is none, or is binary */
  async next(): Promise<string> {
    const { done, value } = await this.#messages.next();
    if (done === true) throw new Error('the server has closed');
    const [data, isBinary] = value;
    if (isBinary) throw new Error('a binary message');
    return data.toString();
  }

  /** Messages of one response, up to the one that ends it. */
  async readResponse(): Promise<readonly WireEvent[]> {
    const reader = dialects.responses.open();
    const events: WireEvent[] = [];
    while (!reader.isOver()) {
      const event = { data: await this.next() };
      events.push(event);
      reader.read(event);
    }
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close(1000);
    await closed;
  }
}
