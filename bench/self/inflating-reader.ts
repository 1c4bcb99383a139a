// Reads the sockets of compressed streams as the probe does and inflates what comes, and nothing more:
// no event is parsed, nothing is stamped or verified. Runs as a process of its own with the words that
// measureFloor gives, and prints one line of JSON.

import { readFileSync } from 'node:fs';
import { ChunkedReader } from '../../clients/probe/chunked-reader.ts';
import { HttpResponseReader } from '../../clients/probe/http-response.ts';
import { Inflater, MessageInflater } from '../../clients/probe/inflate.ts';
import { openSocket } from '../../clients/probe/open-socket.ts';
import { READ_BUFFER_BYTES } from '../../clients/probe/socket-limits.ts';
import { WebSocketReader } from '../../clients/probe/websocket-reader.ts';
import type { ByteReader } from '../../clients/probe/byte-reader.ts';
import { collectGarbage } from '../contract/process-use.ts';
import { asInstant, NS_PER_MS, NS_PER_US } from '../contract/units.ts';
import { LOOPBACK } from '../path/direct-path.ts';

const [form = '', port = '', epochNs = '', fromNs = '', toNs = '', requestsFile = ''] =
  process.argv.slice(2);
const NEVER = asInstant(0);
const buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
let [reads, bytes, inflatedBytes] = [0, 0, 0];

const ignore = (): void => {};
const count = (_buffer: Buffer, start: number, end: number): void => {
  inflatedBytes += end - start;
};

/** A reader of one response, by the form of its compression. */
const readers: Readonly<Record<string, () => ByteReader>> = {
  gzip: () => {
    const inflater = new Inflater('gzip');
    const body: ByteReader = {
      push: (piece, start, end) => inflater.push(piece, start, end, count),
    };
    return new HttpResponseReader({ status: 200, accept: () => new ChunkedReader(body, ignore) });
  },
  takeover: () => messageReader(true),
  'no-takeover': () => messageReader(false),
};

function messageReader(keepsWindow: boolean): ByteReader {
  const listener = { onMessage: count, onPing: ignore, onClose: ignore };
  return new HttpResponseReader({
    status: 101,
    accept: () => new WebSocketReader(listener, { inflate: new MessageInflater({ keepsWindow }) }),
  });
}

function open(request: string): void {
  const reader = readers[form]?.();
  if (reader === undefined) throw new TypeError(`no reader for ${form}`);
  const socket = openSocket(
    { host: LOOPBACK, port: Number(port), path: '' },
    { buffer, now: () => NEVER },
    {
      read: (length) => {
        reads++;
        bytes += length;
        reader.push(buffer, 0, length, NEVER);
      },
      connected: ignore,
      opened: () => void socket.write(request, 'latin1'),
      ended: ignore,
      closed: ignore,
      refused: ignore,
    },
  );
}

const now = (): number => Number(process.hrtime.bigint() - BigInt(epochNs));
const at = (ns: number, call: () => void): void =>
  void setTimeout(call, Math.max(0, ns - now()) / NS_PER_MS);

/** `START LENGTH`, a line end, and a request of that length, for each stream. */
function readRequests(text: string): void {
  let from = 0;
  while (from < text.length) {
    const lineEnd = text.indexOf('\n', from);
    const [startNs = 0, length = 0] = text.slice(from, lineEnd).split(' ').map(Number);
    from = lineEnd + 1 + length;
    const request = text.slice(lineEnd + 1, from);
    at(startNs, () => open(request));
  }
}

readRequests(readFileSync(requestsFile, 'latin1'));
at(Number(fromNs), () => {
  collectGarbage();
  [reads, bytes, inflatedBytes] = [0, 0, 0];
  const before = process.cpuUsage();
  at(Number(toNs), () => {
    const { user, system } = process.cpuUsage(before);
    const cpuNs = (user + system) * NS_PER_US;
    process.stdout.write(`${JSON.stringify({ cpuNs, reads, bytes, inflatedBytes })}\n`, () =>
      process.exit(),
    );
  });
});
