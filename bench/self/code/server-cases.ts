// The duties of a minimal server that no client shows: its head, readers that stand still or go, and
// requests that are wrong.

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import type { MinimalServer } from '../../../servers/minimal/generations.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { CodeProgram } from '../../contract/code-measure.ts';
import {
  HEARTBEAT_MS,
  LARGE_TOKEN_BYTES,
  MOST_QUEUED_BYTES,
  RETRY_MS,
  until,
  type StartServer,
} from './fault-cases.ts';
import { MadeGenerations, type MadeTokens } from './made-generations.ts';

interface Served {
  readonly transport: CodeProgram['transport'];
  readonly server: MinimalServer;
  readonly generations: MadeGenerations;
}

interface ServerCase {
  readonly name: string;
  readonly made: MadeTokens;
  readonly look: (served: Served) => Promise<void>;
}

const ID = 'one';
const slow: MadeTokens = { texts: ['a', 'b', 'c'], gapMs: 1500 };
const large: MadeTokens = {
  texts: Array.from({ length: 1000 }, () => 'x'.repeat(LARGE_TOKEN_BYTES)),
  gapMs: 0,
};

export const serverCases: readonly ServerCase[] = [
  {
    name: 'the head comes before the first token, and keeps proxies from changing the stream',
    made: slow,
    look: async ({ transport, server }) => {
      using peer = new Peer(server.port, asks[transport]);
      await until('the head', () => peer.text.includes('\r\n\r\n'));
      const head = peer.text.slice(0, peer.text.indexOf('\r\n\r\n')).toLowerCase();
      assert.doesNotMatch(peer.text, /"s":1/, 'the head waited for the first token');
      if (transports[transport].protocol === 'websocket') {
        assert.match(head, /^http\/1\.1 101 /);
        assert.doesNotMatch(head, /sec-websocket-extensions/);
        return;
      }
      assert.match(head, /^http\/1\.1 200 /);
      assert.match(head, /^content-type: text\/event-stream/m);
      assert.match(head, /^cache-control: .*no-transform/m);
      assert.match(head, /^x-accel-buffering: no/m);
    },
  },
  {
    name: 'a reader that stands still holds back its own generation',
    made: large,
    look: async ({ transport, server, generations }) => {
      using peer = new Peer(server.port, asks[transport]);
      peer.socket.pause();
      await until('the generation', () => generations.get(ID) !== undefined);
      await settled(() => generations.get(ID)?.taken);
      const bytes = (generations.get(ID)?.taken ?? 0) * LARGE_TOKEN_BYTES;
      assert.ok(bytes <= MOST_QUEUED_BYTES, `${bytes} bytes were queued`);
    },
  },
  {
    name: 'a client that is gone is served no further',
    made: { texts: Array.from({ length: 3000 }, () => 'x'), gapMs: 2 },
    look: async ({ transport, server, generations }) => {
      using peer = new Peer(server.port, asks[transport]);
      await until('tokens', () => peer.text.includes('"s":20'));
      peer.socket.resetAndDestroy();
      await settled(() => generations.get(ID)?.taken);
      assert.equal(generations.get(ID)?.isCancelled, false, 'a loss counted as a stop');
    },
  },
  {
    name: 'a path, a method or a message that it does not know is refused, and others are served',
    made: { texts: ['a'], gapMs: 1 },
    look: async ({ transport, server }) => {
      for (const wrong of [...wrongEverywhere, ...wrongRequests[transport]]) {
        using peer = new Peer(server.port, wrong);
        await until('a refusal', () => peer.isRefused);
      }
      using peer = new Peer(server.port, asks[transport]);
      await until('a token', () => peer.text.includes('"s":1'));
    },
  },
];

/** Resolves once the value stays the same for half a second. */
async function settled(valueOf: () => number | undefined): Promise<void> {
  let last: number | undefined;
  let since = performance.now();
  await until('an end of the writing', () => {
    if (valueOf() !== last) since = performance.now();
    last = valueOf();
    return performance.now() - since > 500;
  });
}

class Peer implements Disposable {
  readonly socket: Socket;
  text = '';
  isOver = false;

  constructor(port: number, request: string) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('error', () => {});
    this.socket.on('close', () => (this.isOver = true));
    this.socket.on('data', (bytes: Buffer) => (this.text += bytes.toString('latin1')));
    this.socket.write(request, 'latin1');
  }

  /** By a status, a close frame (1008 policy violation) or an end. */
  get isRefused(): boolean {
    return this.isOver || /^HTTP\/1\.1 4\d\d /.test(this.text) || this.text.includes(CLOSE_1008);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

const CLOSE_1008 = String.fromCharCode(1008 >> 8, 1008 & 0xff);
const HOST = 'Host: localhost\r\n';
const UPGRADE = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n`;

const asks: Record<CodeProgram['transport'], string> = {
  sse: `GET /streams/${ID} HTTP/1.1\r\n${HOST}\r\n`,
  'sse-post': post(JSON.stringify({ id: ID, prompt: 'p' })),
  ws: `GET /streams/${ID}?after=0 HTTP/1.1\r\n${HOST}${UPGRADE}\r\n`,
};

function post(body: string): string {
  return `POST /streams HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A message that is none, masked by zeros. */
const UNKNOWN_FRAME = '\x81\x81\0\0\0\0x';

const wrongRequests: Record<CodeProgram['transport'], readonly string[]> = {
  sse: [],
  'sse-post': [post('{'), post('{}')],
  ws: [
    `GET /nothing HTTP/1.1\r\n${HOST}${UPGRADE}\r\n`,
    `GET /streams/${ID} HTTP/1.1\r\n${HOST}\r\n`,
    `GET /streams/other HTTP/1.1\r\n${HOST}${UPGRADE}\r\n${UNKNOWN_FRAME}`,
  ],
};

const wrongEverywhere = [
  `GET /nothing HTTP/1.1\r\n${HOST}\r\n`,
  `PUT /streams/${ID} HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`,
];

/** @throws Error that says what was not so */
export async function tryServerCase(
  { made, look }: ServerCase,
  { startServer, transport }: { startServer: StartServer; transport: CodeProgram['transport'] },
): Promise<void> {
  const generations = new MadeGenerations(made);
  const server = await startServer(generations, { heartbeatMs: HEARTBEAT_MS, retryMs: RETRY_MS });
  try {
    await look({ transport, server, generations });
  } finally {
    generations.forget();
    await server.close();
  }
}
