// Test fixture: one receiver of one stream over each transport, as close to the socket as possible,
// that records what it is sent.

import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { transports, type TransportId } from '../bench/contract/arms/transports.ts';
import { WEBSOCKET_PROTOCOL } from '../bench/contract/arms/websocket.ts';
import { renderStreamRequest, RESUME_QUERY } from '../bench/contract/control-events.ts';

export interface Receipt {
  /** HTTP status; undefined on the null arm. */
  status?: number;
  /** WebSocket close code. */
  closeCode?: number;
  /** Tokens and their frames as they were on the wire, as far as the client can see it. */
  readonly tokens: string[];
  readonly frames: string[];
  /**
   * Everything else, in order: `open {…}`, `gap {…}`, `done {…}`, `bye`, `heartbeat`, and `token`
   * for each token.
   */
  readonly events: string[];
  isClosed: boolean;
}

interface Asked {
  readonly id: string;
  /** Cursor, sent in the transport's own form. */
  readonly after?: string;
  /** Query with its question mark; not on the null arm. */
  readonly query?: string;
}

export interface TestReceiver {
  readonly receipt: Receipt;
  /**
   * Resolves once the condition holds, at once if it holds already. Rejects when the connection
   * closes before.
   */
  until: (holds: (receipt: Receipt) => boolean) => Promise<Receipt>;
  closed: () => Promise<Receipt>;
  send: (text: string) => void;
  /** Stops reading, so that what is sent piles up. */
  pause: () => void;
  unpause: () => void;
  /** Destroys the socket without a closing handshake. */
  cut: () => void;
}

type Note = (event: {
  readonly kind: string;
  readonly text?: string;
  readonly frame?: string;
}) => void;

export function receive(transport: PlainTransport, port: number, asked: Asked): TestReceiver {
  const receipt: Receipt = { tokens: [], frames: [], events: [], isClosed: false };
  const waiters = new Set<() => void>();
  const changed = (): void => waiters.forEach((waiter) => waiter());
  const note: Note = ({ kind, text = '', frame = text }) => {
    if (kind === 'token') {
      receipt.tokens.push(text);
      receipt.frames.push(frame);
    }
    receipt.events.push(kind === 'token' || text === '' ? kind : `${kind} ${text}`);
    changed();
  };
  const connection = connections[transport]({ port, asked, receipt, note });
  connection.socket.on('close', () => {
    receipt.isClosed = true;
    changed();
  });
  const until = async (holds: (receipt: Receipt) => boolean): Promise<Receipt> =>
    await new Promise((resolve, reject) => {
      const check = (): void => {
        const isTrue = holds(receipt);
        if (!isTrue && !receipt.isClosed) return;
        waiters.delete(check);
        if (isTrue) resolve(receipt);
        else reject(new Error(`closed before: ${JSON.stringify(receipt.events.slice(-5))}`));
      };
      waiters.add(check);
      check();
    });
  return {
    receipt,
    until,
    closed: async () => await until(({ isClosed }) => isClosed),
    send: connection.send,
    pause: () => void (connection.webSocket ?? connection.socket).pause(),
    unpause: () => void (connection.webSocket ?? connection.socket).resume(),
    cut: () => void connection.socket.destroy(),
  };
}

interface ConnectionOptions {
  readonly port: number;
  readonly asked: Asked;
  readonly receipt: Receipt;
  readonly note: Note;
}

interface Connection {
  readonly socket: Socket;
  readonly webSocket?: WebSocket;
  readonly send: (text: string) => void;
}

/** The transports whose bytes can be read without a library. */
export const plainTransports = [
  'sse',
  'ws',
  'tcp',
  'sse-post',
  'ndjson',
  'ws-binary',
] as const satisfies readonly TransportId[];

export type PlainTransport = (typeof plainTransports)[number];

const connections: Record<PlainTransport, (options: ConnectionOptions) => Connection> = {
  sse: connectSse,
  ws: (options) => connectWebSocket('ws', options),
  tcp: connectTcp,
  'sse-post': connectSsePost,
  ndjson: connectNdjson,
  'ws-binary': (options) => connectWebSocket('ws-binary', options),
};

/** Every message but a token has a `type`, as its first field. */
function noteTyped(text: string, note: Note, frame = text): void {
  const { type, ...fields } = JSON.parse(text) as { type?: string };
  if (type === undefined) note({ kind: 'token', text, frame });
  else note({ kind: type, text: type === 'bye' ? '' : JSON.stringify(fields) });
}

function openSocket(port: number, request: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  if (request !== '') socket.write(request);
  return socket;
}

function connectTcp({ port, asked, note }: ConnectionOptions): Connection {
  const after = asked.after === undefined ? '' : ` ${asked.after}`;
  const socket = openSocket(port, `${transports.tcp.route(asked.id)}${after}\n`);
  let rest = '';
  socket.on('data', (bytes) => {
    // Decoded by whole lines: a read may end within a character.
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') note({ kind: 'heartbeat' });
      else noteTyped(Buffer.from(line, 'latin1').toString(), note);
    }
  });
  return { socket, send: (text) => void socket.write(text) };
}

function connectSse(options: ConnectionOptions): Connection {
  const { asked } = options;
  const cursor = asked.after === undefined ? '' : `Last-Event-ID: ${asked.after}\r\n`;
  const request = `GET ${transports.sse.route(asked.id)}${asked.query ?? ''} HTTP/1.1\r\nHost: x\r\n${cursor}\r\n`;
  return connectHttp(request, options, (chunk, frame) => noteSse(chunk, frame, options.note));
}

function connectSsePost(options: ConnectionOptions): Connection {
  const { asked } = options;
  if (asked.after !== undefined) return connectSse(options);
  return connectHttp(postOf('sse-post', asked), options, (chunk, frame) =>
    noteSse(chunk, frame, options.note),
  );
}

function connectNdjson(options: ConnectionOptions): Connection {
  const { asked, note } = options;
  return connectHttp(postOf('ndjson', asked), options, (chunk, frame) => {
    if (chunk === '\n') note({ kind: 'heartbeat' });
    else noteTyped(chunk.trimEnd(), note, frame);
  });
}

function postOf(transport: 'sse-post' | 'ndjson', { id, query = '', after }: Asked): string {
  const body = renderStreamRequest(after);
  return (
    `POST ${transports[transport].route(id)}${query} HTTP/1.1\r\nHost: x\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** Treats each chunk as one event: the server writes each event by itself. */
function connectHttp(
  request: string,
  { port, receipt }: ConnectionOptions,
  noteChunk: (chunk: string, frame: string) => void,
): Connection {
  const socket = openSocket(port, request);
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    const headEnd = text.indexOf('\r\n\r\n');
    if (receipt.status === undefined && headEnd === -1) return;
    if (receipt.status === undefined) {
      receipt.status = Number(text.split(' ')[1]);
      text = text.slice(headEnd + 4);
      // Without a body there is nothing more to wait for.
      if (receipt.status !== 200) socket.end();
    }
    text = readChunks(text, (chunk, frame) => {
      // After the last chunk: like an EventSource after `done`, it does not keep the connection for
      // another request. After `bye` the server closes it.
      if (chunk !== '') noteChunk(Buffer.from(chunk, 'latin1').toString(), frame);
      else if (receipt.events.at(-1) !== 'bye') socket.end();
    });
  });
  return { socket, send: (message) => void socket.write(message) };
}

/** Returns the rest: the beginning of a chunk that is not complete yet. The last chunk is empty. */
function readChunks(text: string, onChunk: (chunk: string, frame: string) => void): string {
  let rest = text;
  for (;;) {
    const size = /^([0-9a-f]+)\r\n/.exec(rest);
    if (size?.[1] === undefined) return rest;
    const start = size[0].length;
    const end = start + Number.parseInt(size[1], 16);
    if (rest.length < end + 2) return rest;
    onChunk(rest.slice(start, end), rest.slice(0, end + 2));
    rest = rest.slice(end + 2);
  }
}

function noteSse(event: string, frame: string, note: Note): void {
  if (event.startsWith(':')) return note({ kind: 'heartbeat' });
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(event)?.[1];
  const kind = field('event') ?? 'token';
  note({ kind, text: kind === 'bye' ? '' : (field('data') ?? ''), frame });
}

function connectWebSocket(
  transport: 'ws' | 'ws-binary',
  { port, asked, receipt, note }: ConnectionOptions,
): Connection {
  const socket = openSocket(port, '');
  const query = asked.after === undefined ? (asked.query ?? '') : `?${RESUME_QUERY}`;
  const webSocket = new WebSocket(
    `ws://127.0.0.1:${port}${transports[transport].route(asked.id)}${query}`,
    WEBSOCKET_PROTOCOL,
    {
      perMessageDeflate: false,
      createConnection: () => socket,
    },
  );
  webSocket.on('upgrade', ({ statusCode }) => (receipt.status = statusCode ?? 0));
  webSocket.on('unexpected-response', (_request, response) => {
    receipt.status = response.statusCode ?? 0;
    response.socket.destroy();
  });
  webSocket.on('open', () => {
    if (asked.after !== undefined)
      webSocket.send(JSON.stringify({ type: 'resume', after: asked.after }));
  });
  webSocket.on('message', (message: Buffer) => noteTyped(message.toString(), note));
  webSocket.on('ping', () => note({ kind: 'heartbeat' }));
  webSocket.on('close', (code) => (receipt.closeCode = code));
  webSocket.on('error', () => {});
  return { socket, webSocket, send: (text) => webSocket.send(text) };
}
