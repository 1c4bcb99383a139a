// The cases that every minimal client and server must pass, whatever carries the tokens. Each is one
// generation, one client, and what happens between them.

import assert from 'node:assert/strict';
import type { MinimalServer, MinimalServerOptions } from '../../../servers/minimal/generations.ts';
import type { Generations } from '../../../servers/minimal/generations.ts';
import type { RelayFault } from '../../contract/faults.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { Relay } from '../../path/relay.ts';
import { relayByteByByte } from './byte-by-byte.ts';
import { MadeGenerations, type MadeGeneration, type MadeTokens } from './made-generations.ts';
import type { StartedClient, TriedClient } from './tried-client.ts';

export type StartServer = (
  generations: Generations,
  options: MinimalServerOptions,
  port?: number,
) => Promise<MinimalServer>;

export interface TriedPair {
  readonly client: TriedClient;
  readonly startServer: StartServer;
}

interface Case {
  /** A sentence about what must be so. */
  readonly name: string;
  readonly made: MadeTokens;
  readonly fault?: RelayFault;
  /** When the fault strikes, from the start of the client. */
  readonly faultMs?: number;
  readonly way?: 'relay' | 'byte by byte';
  /** The reader stands still at the first token. */
  readonly isHeld?: true;
  /** Replaces waiting for all tokens. */
  readonly look?: (tried: Tried) => Promise<void>;
}

interface Tried {
  readonly client: StartedClient;
  readonly generations: MadeGenerations;
  readonly generation: () => MadeGeneration;
  readonly made: MadeTokens;
  readonly relay: Relay | undefined;
  /** Ends the server and starts another on its port. */
  readonly restart: (downMs: number) => Promise<void>;
}

/** Heartbeats and timeouts, shorter than in use so that cases end soon, in the same proportion. */
export const HEARTBEAT_MS = 300;
const SILENCE_MS = 900;
export const RETRY_MS = 150;
const LIMIT_MS = 15_000;
const POLL_MS = 20;
const MIB = 1 << 20;
/**
 * Most bytes between a generation and a reader that does not read: the sockets of both sides and of
 * the relay, which the kernel lets grow to several MiB each. A third of what there is to send.
 */
export const MOST_QUEUED_BYTES = 16 * MIB;
export const LARGE_TOKEN_BYTES = 64 * 1024;

const words = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => ` word${index}`);
const LARGE = words(800).map((word) => word.padEnd(LARGE_TOKEN_BYTES, '.'));

const steady: MadeTokens = { texts: words(60), gapMs: 10 };
/** Lasts for about 2 s. */
const long: MadeTokens = { texts: words(200), gapMs: 10 };
const awkward = ['', '\n', '\r\n', 'a\n\nb', '\u2028', '\0', '"', '🦀', 'é'.repeat(35_000), ': x'];

const forMs = (ms: number): { readonly forNs: number } => ({ forNs: ms * NS_PER_MS });

export const faultCases: readonly Case[] = [
  { name: 'every token comes once, in order, and the end is told', made: steady },
  {
    name: 'line breaks, NUL, an empty token and one of 70 kB come as they are',
    made: { texts: awkward, gapMs: 5 },
  },
  {
    name: 'bytes that come one by one are understood',
    made: { texts: words(30), gapMs: 5 },
    way: 'byte by byte',
  },
  {
    name: 'after three ends within events it resumes without loss or repetition',
    made: long,
    fault: { kind: 'cut-after', bytes: [905, 703, 431], how: 'fin' },
  },
  {
    name: 'after three resets within events it resumes without loss or repetition',
    made: long,
    fault: { kind: 'cut-after', bytes: [905, 703, 431], how: 'rst' },
  },
  {
    name: 'a connection that is cut within its head is opened again',
    made: steady,
    fault: { kind: 'cut-after', bytes: [20, 60], how: 'rst' },
  },
  {
    name: 'it comes back after connections were refused for 1 s',
    made: long,
    fault: { kind: 'refuse', ...forMs(1000) },
    faultMs: 400,
  },
  {
    name: 'it comes back after a proxy answered 503 for 1 s',
    made: long,
    fault: { kind: 'unavailable', statusCode: 503, ...forMs(1000) },
    faultMs: 400,
    look: async (tried) => {
      await expectAll(tried);
      assert.ok((tried.relay?.tally(0).fault?.answered ?? 0) > 0, 'no request met the 503');
    },
  },
  {
    name: 'silence is noticed, and the stream resumed',
    made: long,
    fault: { kind: 'blackhole', direction: 'both', ...forMs(3000) },
    faultMs: 400,
    look: async (tried) => {
      await expectAll(tried);
      assert.ok((tried.relay?.tally(0).connections ?? 0) > 1, 'the silence was not noticed');
    },
  },
  {
    name: 'heartbeats keep a quiet stream open through a proxy that cuts what is idle',
    made: { texts: words(40), gapMs: 10, pause: { before: 20, ms: 2500 } },
    fault: { kind: 'idle-cut', idleNs: 1000 * NS_PER_MS },
    look: async (tried) => {
      await expectAll(tried);
      assert.equal(tried.relay?.tally(0).fault?.idleCuts, 0, 'the proxy cut an idle connection');
    },
  },
  {
    name: 'a new server on the same port goes on where the old one stopped',
    made: long,
    look: async (tried) => {
      await untilTexts(tried, 20);
      await tried.restart(300);
      await expectAll(tried);
    },
  },
  {
    name: 'a server that lost its state ends the stream with a failure',
    made: long,
    look: async (tried) => {
      await untilTexts(tried, 20);
      tried.generations.forget();
      await tried.restart(100);
      await expectFailure(tried);
    },
  },
  {
    name: 'tokens that are no longer kept end the stream with a failure',
    made: { ...long, kept: 20 },
    fault: { kind: 'refuse', ...forMs(1200) },
    faultMs: 400,
    look: async (tried) => await expectFailure(tried),
  },
  {
    name: 'a stop reaches the generation, and no token follows',
    made: long,
    look: async (tried) => {
      await untilTexts(tried, 20);
      await tried.client.stop();
      await expectStopped(tried);
    },
  },
  {
    name: 'a stop while the connection is away reaches the generation afterwards',
    made: { texts: words(1000), gapMs: 10 },
    fault: { kind: 'refuse', ...forMs(1000) },
    faultMs: 400,
    look: async (tried) => {
      await untilTexts(tried, 5);
      await new Promise((resolve) => setTimeout(resolve, 600));
      await tried.client.stop();
      await expectStopped(tried);
    },
  },
  {
    name: 'a slow reader holds back the server, and still gets every token',
    made: { texts: LARGE, gapMs: 0 },
    isHeld: true,
    look: async (tried) => {
      await untilTexts(tried, 1);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const aheadBytes = tried.generation().taken * LARGE_TOKEN_BYTES;
      await tried.client.release();
      await expectAll(tried);
      assert.ok(
        aheadBytes <= MOST_QUEUED_BYTES,
        `${Math.round(aheadBytes / MIB)} MiB left the generation while its reader stood still`,
      );
    },
  },
];

async function expectAll(tried: Tried): Promise<void> {
  await untilEnded(tried);
  assert.equal(await tried.client.ending(), 'over');
  assert.deepEqual(await tried.client.texts(), tried.made.texts);
  assert.equal(tried.generations.begun, 1, 'more than one generation was begun');
}

async function expectFailure({ client, made }: Tried): Promise<void> {
  await until('the end of the stream', async () => (await client.ending()) !== undefined);
  assert.match((await client.ending()) ?? '', /no such stream/);
  const texts = await client.texts();
  assert.deepEqual(texts, made.texts.slice(0, texts.length));
}

async function expectStopped({ client, generation, made }: Tried): Promise<void> {
  await until('the generation to stop', () => generation().isCancelled);
  const texts = await client.texts();
  assert.ok(texts.length < made.texts.length, 'all tokens came in spite of the stop');
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(await client.texts(), texts);
}

async function untilTexts({ client }: Tried, count: number): Promise<void> {
  await until(`token ${count}`, async () => (await client.texts()).length >= count);
}

async function untilEnded({ client }: Tried): Promise<void> {
  await until('the end of the stream', async () => (await client.ending()) !== undefined);
}

/** @throws Error after the limit */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error(`${what} did not come within ${LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

let tries = 0;

/** @throws Error that says what was not so */
export async function tryCase(one: Case, { client, startServer }: TriedPair): Promise<void> {
  const generations = new MadeGenerations(one.made);
  const options = { heartbeatMs: HEARTBEAT_MS, retryMs: RETRY_MS };
  let server = await startServer(generations, options);
  const { port, relay, start, close } = await openWay(one, server.port);
  const id = `stream-${tries++}`;
  const prepared = await client.prepare({
    origin: `http://127.0.0.1:${port}`,
    id,
    silenceMs: SILENCE_MS,
    ...(one.isHeld === true && { isHeld: true }),
  });
  start();
  const started = await prepared.start();
  const tried: Tried = {
    client: started,
    generations,
    made: one.made,
    relay,
    generation: () => {
      const generation = generations.get(id);
      assert.ok(generation, 'no generation was begun');
      return generation;
    },
    restart: async (downMs) => {
      await server.close();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      server = await startServer(generations, options, server.port);
    },
  };
  try {
    await (one.look ?? expectAll)(tried);
  } finally {
    generations.forget();
    // So that a client that would go on for ever learns that its stream is gone.
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    await prepared.end();
    close();
    await server.close();
  }
}

interface Way {
  readonly port: number;
  readonly relay: Relay | undefined;
  /** From here on times count. */
  readonly start: () => void;
  readonly close: () => void;
}

async function openWay({ way = 'relay', fault, faultMs }: Case, serverPort: number): Promise<Way> {
  if (way === 'byte by byte') {
    const { port, close } = await relayByteByByte(serverPort);
    return { port, relay: undefined, start: () => {}, close };
  }
  let epoch = process.hrtime.bigint();
  const relay = new Relay({
    host: '127.0.0.1',
    serverPort,
    delayNs: 0,
    now: () => Number(process.hrtime.bigint() - epoch),
    fault,
    ...(faultMs !== undefined && { faultNs: faultMs * NS_PER_MS }),
  });
  const start = (): void => {
    epoch = process.hrtime.bigint();
    relay.start();
  };
  return { port: await relay.listen(), relay, start, close: () => relay.close() };
}
