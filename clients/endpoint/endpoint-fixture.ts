// Test fixture: servers that send exact bytes, and a listener that keeps all that it is told.

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createHash } from 'node:crypto';
import type { TransportEnd, WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type { Certificate } from '../../bench/contract/certificate.ts';
import type {
  EndpointFailure,
  EndpointHead,
  EndpointRequest,
  OpenedEndpoint,
  WireFacts,
} from './endpoint-request.ts';
import { openEndpoint } from './open-endpoint.ts';

export interface RawServer extends AsyncDisposable {
  readonly port: number;
  /** Each connection sent this until the blank line. */
  readonly requests: string[];
  readonly sockets: Socket[];
}

/** Calls `answer` once the head of a request has come. */
export async function startRaw(
  answer: (socket: Socket, head: string) => void,
  tls?: Certificate,
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const accept = (socket: Socket): void => {
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    let text = '';
    const onData = (bytes: Buffer): void => {
      text += bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      // The test reads the rest, or the socket drops it: a socket that is not read does not close.
      socket.off('data', onData);
      requests.push(text.slice(0, end));
      answer(socket, text.slice(0, end));
    };
    socket.on('data', onData);
  };
  const server: Server =
    tls === undefined ? createServer(accept) : createTlsServer({ ...tls, key: tls.key }, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    sockets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export const eventStreamHead = (fields = ''): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n${fields}\r\n`;

export const chunkedHead = eventStreamHead('transfer-encoding: chunked\r\n');

export function chunk(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]);
}

export const lastChunk = '0\r\n\r\n';

/** Answers an upgrade as RFC 6455 §4.2.2 asks. */
export function acceptUpgrade(socket: Socket, head: string, fields = ''): void {
  const key = /sec-websocket-key: (.*)/i.exec(head)?.[1]?.trim() ?? '';
  const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${fields}\r\n`,
  );
}

interface FrameOptions {
  readonly opcode?: number;
  readonly isFinal?: boolean;
  /** Reserved bits and the mask bit, as they are or-ed into the first two bytes. */
  readonly bits?: readonly [number, number];
}

/** A frame from server to client. */
export function serverFrame(
  payload: string | Buffer,
  { opcode = 1, isFinal = true, bits = [0, 0] }: FrameOptions = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const first = (isFinal ? 0x80 : 0) | opcode | bits[0];
  const { length } = bytes;
  const header =
    length < 126
      ? Buffer.from([first, length | bits[1]])
      : length < 65_536
        ? Buffer.from([first, 126 | bits[1], length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([first, 127 | bits[1], 0, 0, 0, 0]), uint32(length)]);
  return Buffer.concat([header, bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function closePayload(code: number, reason = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}

export interface Heard {
  readonly events: WireEvent[];
  readonly eventsNs: number[];
  readonly comments: string[];
  readonly reads: [number, number][];
  /** Names of the calls, in order, without reads and events. */
  readonly calls: string[];
  head?: EndpointHead;
  pings: number;
  failure?: EndpointFailure;
  end?: TransportEnd;
  wire?: WireFacts;
  ends: number;
}

/** Generous: what must time out says so with a time of its own. */
const defaults = {
  method: 'GET',
  headers: [],
  timeoutMs: 15_000,
  totalTimeoutMs: 18_000,
  maxBytes: 64 * 1024 * 1024,
} as const;

export type AskOptions = Partial<EndpointRequest> & { readonly url: string };

interface Asked {
  readonly heard: Heard;
  readonly endpoint: OpenedEndpoint;
  readonly ended: Promise<Heard>;
}

export function openAsked(
  options: AskOptions,
  onEvent?: (event: WireEvent, endpoint: OpenedEndpoint) => void,
): Asked {
  const heard: Heard = {
    events: [],
    eventsNs: [],
    comments: [],
    reads: [],
    calls: [],
    pings: 0,
    ends: 0,
  };
  const { promise, resolve } = Promise.withResolvers<Heard>();
  const endpoint = openEndpoint(
    { ...defaults, ...options },
    {
      onConnect: () => heard.calls.push('connect'),
      onSecure: () => heard.calls.push('secure'),
      onSent: () => heard.calls.push('sent'),
      onHead: (head) => {
        heard.calls.push('head');
        heard.head = head;
      },
      onRead: (atNs, bytes) => heard.reads.push([atNs, bytes]),
      onEvent: (event, atNs) => {
        heard.events.push(event);
        heard.eventsNs.push(atNs);
        onEvent?.(event, endpoint);
      },
      onComment: (text) => heard.comments.push(text),
      onPing: () => heard.pings++,
      onFailure: (failure) => {
        heard.calls.push('failure');
        heard.failure = failure;
      },
      onEnd: (end, _atNs, wire) => {
        heard.calls.push('end');
        heard.ends++;
        heard.end = end;
        heard.wire = wire;
        resolve(heard);
      },
    },
    () => Number(process.hrtime.bigint()),
  );
  return { heard, endpoint, ended: promise };
}

export async function ask(options: AskOptions): Promise<Heard> {
  return await openAsked(options).ended;
}

/** The outcome of a stream from a server that answers like this. */
export async function askRaw(
  answer: (socket: Socket, head: string) => void,
  options: Partial<EndpointRequest> & { readonly scheme?: 'http' | 'ws' } = {},
): Promise<Heard> {
  await using server = await startRaw(answer);
  const { scheme = 'http', ...rest } = options;
  return await ask({ url: `${scheme}://127.0.0.1:${server.port}/stream`, ...rest });
}
