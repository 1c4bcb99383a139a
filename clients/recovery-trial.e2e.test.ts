// The load process as a whole, over real sockets, against a server that resets every connection at
// the fault.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startClockEcho } from '../bench/contract/clock-proof.ts';
import { streamEpoch } from '../bench/contract/control-events.ts';
import { toClientSchema, type TrialSpecification } from '../bench/contract/messages.ts';
import { payloads, renderPayload } from '../bench/contract/payload.ts';
import { hashPopulation, populationOf, type Population } from '../bench/contract/population.ts';
import { DEFAULT_RESUME_LIMITS } from '../bench/contract/recovery.ts';
import { readStamps } from '../bench/contract/stamps.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import {
  hashStreamText,
  openTokenSource,
  sliceStart,
  type TokenSource,
} from '../bench/contract/workload.ts';
import { fastWorkload } from '../servers/twin-fixture.ts';
import { hear } from './hear-fixture.ts';
import { chooseStoppedReaders } from './stopped-readers.ts';

const STREAMS = 10;
const FAULT_NS = 600 * NS_PER_MS;

const specification: TrialSpecification = {
  transport: 'sse',
  client: 'probe',
  connections: STREAMS,
  workload: { ...fastWorkload, tokensPerStream: 20, tokensPerSecond: 20 },
  payload: 'lean',
  workloadSeed: 5,
  rehearsalTokens: 0,
  rampNs: 100 * NS_PER_MS,
  warmupNs: 200 * NS_PER_MS,
  windowNs: 1000 * NS_PER_MS,
  tailNs: 300 * NS_PER_MS,
  drainNs: 3000 * NS_PER_MS,
  backpressureBytes: 1_000_000,
  host: '127.0.0.1',
  port: 0,
  recovery: {
    fault: 'reset',
    policy: 'identical',
    faultNs: FAULT_NS,
    outageNs: 200 * NS_PER_MS,
    isResumable: true,
    limits: DEFAULT_RESUME_LIMITS,
    heartbeatNs: 1000 * NS_PER_MS,
    retryMs: 1000,
    stopReadingShare: 0.2,
  },
};

interface Part {
  readonly population: Population;
  readonly source: TokenSource;
}

/**
 * Sends half of each stream, then nothing; a client with a cursor gets the rest, beginning two
 * tokens before it.
 */
class ResettingServer implements AsyncDisposable {
  readonly server: Server;
  readonly cursors: string[] = [];
  readonly #part: Part;
  readonly #open = new Set<ServerResponse>();

  constructor(part: Part) {
    this.#part = part;
    this.server = createServer((request, response) => this.#serve(request, response));
  }

  resetAll(): void {
    for (const response of this.#open) response.socket?.resetAndDestroy();
    this.#open.clear();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const stream = Number(request.url?.split('/').at(-1));
    const cursor = request.headers['last-event-id'];
    const tokens = this.#part.population.tokens[stream]!;
    const half = Math.floor(tokens / 2);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (cursor === undefined) {
      this.#open.add(response);
      response.write(this.#events(stream, 1, half));
      return;
    }
    this.cursors.push(String(cursor));
    response.end(this.#events(stream, half - 1, tokens) + this.#done(stream));
  }

  #events(stream: number, from: number, to: number): string {
    const { population, source } = this.#part;
    const epoch = streamEpoch(population.seeds[stream]!);
    const start = sliceStart(source, population.seeds[stream]!);
    const opening = { sid: String(stream), epoch, from, n: population.tokens[stream]! };
    let events = `event: open\ndata: ${JSON.stringify(opening)}\n\n`;
    for (let number = from; number <= to; number++) {
      const text = source.jsonTexts[(start + number - 1) % source.tokens.length]!;
      events += `id: ${epoch}.${number}\ndata: ${renderPayload(payloads.lean.template(), number, text)}\n\n`;
    }
    return events;
  }

  #done(stream: number): string {
    const { population, source } = this.#part;
    const n = population.tokens[stream]!;
    const sha256 = hashStreamText(source, sliceStart(source, population.seeds[stream]!), n);
    return `event: done\ndata: ${JSON.stringify({ s: n + 1, n, sha256, finish: 'stop' })}\n\n`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resetAll();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

it('every stream of a load process survives a reset whole, and its tally and stamps say how', async () => {
  const population = populationOf(specification);
  const source = openTokenSource(specification.workload);
  await using peer = new ResettingServer({ population, source });
  peer.server.listen(0, '127.0.0.1');
  await once(peer.server, 'listening');
  using echo = await startClockEcho('127.0.0.1');
  const folder = mkdtempSync(join(tmpdir(), 'streamduel-'));
  const stampsFile = join(folder, 'client.stamps');
  const child = fork(join(import.meta.dirname, 'main.ts'), { serialization: 'json' });
  const { port } = peer.server.address() as AddressInfo;
  const load = {
    kind: 'load',
    specification,
    stampsFile,
    host: '127.0.0.1',
    port,
    clockPort: echo.port,
  };
  child.send(toClientSchema.parse(load));
  const ready = await hear(child, 'ready');
  expect(ready.clock.violations).toBe(0);

  const epochNs = process.hrtime.bigint() + 100_000_000n;
  child.send({ kind: 'start', epochNs: String(epochNs) });
  setTimeout(
    () => peer.resetAll(),
    Number(epochNs - process.hrtime.bigint() + BigInt(FAULT_NS)) / NS_PER_MS,
  );
  const { tally, clock } = await hear(child, 'recovery-tally');
  expect(clock.violations).toBe(0);
  const { tokens, totalTokens, base } = population;
  expect(tally).toMatchObject({
    streamsPlanned: STREAMS,
    streamsStarted: STREAMS,
    streamsWhole: STREAMS,
    tokensPlanned: totalTokens,
    // Two tokens of each stream were sent again.
    tokensReceived: totalTokens + 2 * STREAMS,
    tokensDistinct: totalTokens,
    duplicated: 2 * STREAMS,
    reordered: 0,
    corrupt: 0,
    lost: 0,
    attempts: STREAMS,
    accepted: STREAMS,
    losses: { ECONNRESET: STREAMS },
    startsUnissued: 0,
    planSha256: hashPopulation(population, specification),
  });
  expect([tally.attemptFailures, tally.lossesBeforeFault]).toEqual([{}, {}]);
  const lastHeard = Array.from(
    tokens,
    (n, stream) => `${streamEpoch(population.seeds[stream]!)}.${Math.floor(n / 2)}`,
  );
  expect(peer.cursors.sort()).toEqual(lastHeard.sort());

  const stamps = readStamps(stampsFile);
  const stopped = chooseStoppedReaders(specification.workloadSeed, {
    streams: STREAMS,
    share: 0.2,
  });
  for (let stream = 0; stream < STREAMS; stream++) {
    expect(Number.isNaN(stamps.pausedNs![stream])).toBe(!stopped.includes(stream));
    const clockNs = [
      'startNs',
      'connectNs',
      'acceptNs',
      'lostNs',
      'attemptNs',
      'openNs',
      'newNs',
      'endNs',
    ].map((name) => stamps[name]![stream]!);
    expect(clockNs).toEqual([...clockNs].sort((a, b) => a - b));
    expect(stamps.newNs![stream]).toBe(
      stamps.receivedNs![base[stream]! + Math.floor(tokens[stream]! / 2)],
    );
  }
  expect(stamps.attemptsNs).toEqual(stamps.attemptNs!.slice().sort());
  expect(stamps.acceptedNs).toEqual(stamps.openNs!.slice().sort());
  rmSync(folder, { recursive: true });
});
