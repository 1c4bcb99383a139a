// The link between a twin and its model: with a real upstream, and with a scripted one when bytes
// have to come in pieces.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FedStream } from './token-feed.ts';
import { renderRequest, UpstreamFeed } from './upstream-link.ts';
import { Upstream } from './upstream.ts';

interface Stream extends FedStream {
  readonly plan: { readonly id: string; readonly offsetsNs: Float64Array };
  /** Tokens so far, each with what was known when it was emitted. */
  readonly tokens: {
    readonly tick: number;
    readonly readyNs: number;
    readonly emittedNs: number;
    readonly dueNs: number;
  }[];
}

const epochNs = process.hrtime.bigint();
const now = (): number => Number(process.hrtime.bigint() - epochNs);

let folder: string;
let socketPath: string;
const closing: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-upstream-'));
  socketPath = join(folder, 'upstream.sock');
});

afterEach(() => {
  for (const close of closing.splice(0)) close();
  rmSync(folder, { recursive: true });
});

function streamOf(offsetsMs: readonly number[]): Stream {
  const plan = { id: 'one', offsetsNs: Float64Array.from(offsetsMs, (ms) => ms * 1e6) };
  return { plan, originNs: now(), dueNs: 0, nextInSlot: undefined, isScheduled: false, tokens: [] };
}

/** @param isFull Whether the receiver has no room after this token. */
function startFeed(isFull: (sequence: number) => boolean = () => false): UpstreamFeed<Stream> {
  const feed: UpstreamFeed<Stream> = new UpstreamFeed({
    now,
    epochNs: () => epochNs,
    socketPath,
    emit: (stream) => {
      stream.tokens.push({
        tick: feed.tick,
        readyNs: feed.turnNs,
        emittedNs: now(),
        dueNs: stream.dueNs,
      });
      const next = stream.plan.offsetsNs[stream.tokens.length];
      return next === undefined || isFull(stream.tokens.length)
        ? undefined
        : stream.originNs + next;
    },
  });
  closing.push(() => feed.stop());
  return feed;
}

async function startUpstream(): Promise<Upstream> {
  const upstream = new Upstream();
  await upstream.listen(socketPath);
  closing.push(() => upstream.close());
  return upstream;
}

/** Opens a scripted model and returns the twin's connection to it. */
async function scriptUpstream(): Promise<{ readonly link: Promise<Socket> }> {
  const server = createServer();
  const link = once(server, 'connection').then(([socket]) => socket as Socket);
  server.listen(socketPath);
  await once(server, 'listening');
  closing.push(() => server.close());
  return { link };
}

const ask = (feed: UpstreamFeed<Stream>, stream: Stream): void =>
  feed.schedule(stream, stream.originNs + stream.plan.offsetsNs[0]!);

test('each token comes once it is due by the plan, with the time of the read that brought it', async () => {
  const upstream = await startUpstream();
  const feed = startFeed();
  const stream = streamOf([5, 12, 20, 31]);
  ask(feed, stream);
  await expect.poll(() => stream.tokens.length).toBe(4);
  for (const [index, token] of stream.tokens.entries()) {
    expect(token.dueNs).toBe(stream.originNs + stream.plan.offsetsNs[index]!);
    expect(token.readyNs).toBeGreaterThanOrEqual(token.dueNs);
    expect(token.emittedNs).toBeGreaterThanOrEqual(token.readyNs);
  }
  expect(upstream.tokensWritten).toBe(4);
});

test('tokens that are due together are written each by itself', async () => {
  await startUpstream();
  const socket = await connectBare();
  let bytes = '';
  socket.on('data', (chunk) => (bytes += String(chunk)));
  socket.write(renderRequest(process.hrtime.bigint(), Float64Array.of(1e6, 1e6, 1e6)));
  await once(socket, 'end');
  expect(bytes).toBe('1\n2\n3\n');
});

test('a request that comes in pieces is answered as one', async () => {
  await startUpstream();
  const socket = await connectBare();
  const request = renderRequest(process.hrtime.bigint(), Float64Array.of(0, 1e6));
  socket.write(request.subarray(0, 11));
  await new Promise((resolve) => setImmediate(resolve));
  socket.write(request.subarray(11, 27));
  await new Promise((resolve) => setImmediate(resolve));
  socket.write(request.subarray(27));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^1\n/);
});

test('a number that is cut between two reads is one token; two in a read share its stamp', async () => {
  const { link } = await scriptUpstream();
  const feed = startFeed();
  const stream = streamOf(Array.from({ length: 13 }, (_, index) => index));
  ask(feed, stream);
  const socket = await link;
  socket.write('1\n2\n3\n4\n5\n6\n7\n8\n9\n1');
  await expect.poll(() => stream.tokens.length).toBe(9);
  expect(new Set(stream.tokens.map(({ readyNs }) => readyNs)).size).toBe(1);
  expect(new Set(stream.tokens.map(({ tick }) => tick)).size).toBe(1);
  socket.write('0');
  socket.write('\n11\n');
  await expect.poll(() => stream.tokens.length).toBe(11);
  expect(stream.tokens.at(-1)!.readyNs).toBeGreaterThan(stream.tokens[0]!.readyNs);
});

test('while a receiver is full its tokens wait in the order they came, and nothing more is read', async () => {
  const { link } = await scriptUpstream();
  const feed = startFeed((sequence) => sequence === 2);
  const stream = streamOf([1, 2, 3, 4]);
  ask(feed, stream);
  const socket = await link;
  socket.write('1\n2\n3\n');
  await expect.poll(() => stream.tokens.length).toBe(2);
  const reads = feed.tick;
  socket.end('4\n');
  await once(socket, 'finish');
  expect(feed.tick).toBe(reads);
  expect(stream.tokens).toHaveLength(2);
  feed.schedule(stream, stream.originNs + stream.plan.offsetsNs[2]!);
  // A token that had been read already has the stamp of its read, not that of its wait.
  expect(stream.tokens).toHaveLength(3);
  expect(stream.tokens[2]!.readyNs).toBe(stream.tokens[0]!.readyNs);
  await expect.poll(() => stream.tokens.length).toBe(4);
});

test('a twin that does not read holds the model up, and loses nothing of what it wrote', async () => {
  const upstream = await startUpstream();
  const tokens = 60_000;
  const socket = await connectBare();
  socket.pause();
  socket.write(renderRequest(process.hrtime.bigint(), new Float64Array(tokens)));
  let written = 0;
  const isStopped = (): boolean => {
    const before = written;
    written = upstream.tokensWritten;
    return written > 0 && written === before;
  };
  await expect.poll(isStopped, { timeout: 10_000, interval: 100 }).toBe(true);
  expect(written).toBeLessThan(tokens);
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.resume();
  await once(socket, 'end');
  expect(text).toBe(Array.from({ length: tokens }, (_, index) => `${index + 1}\n`).join(''));
});

test('a stream that is dropped is no longer generated', async () => {
  const { link } = await scriptUpstream();
  const feed = startFeed();
  const stream = streamOf([1, 2]);
  ask(feed, stream);
  const socket = await link;
  feed.drop(stream);
  socket.resume();
  await once(socket, 'close');
  expect(stream.tokens).toHaveLength(0);
});

async function connectBare(): Promise<Socket> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  closing.push(() => socket.destroy());
  return socket;
}
