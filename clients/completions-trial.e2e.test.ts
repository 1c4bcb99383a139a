// The load process as a whole in a closed loop, over real sockets, against real twins: what it
// counts is what they finished.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sharesConnections } from '../bench/contract/arms/arms.ts';
import type { ClientStack } from '../bench/contract/arms/stacks.ts';
import { startClockEcho } from '../bench/contract/clock-proof.ts';
import { completionColumns, type CompletionsTally } from '../bench/contract/completions.ts';
import { toClientSchema, type TrialSpecification } from '../bench/contract/messages.ts';
import { readStamps, type StampColumns } from '../bench/contract/stamps.ts';
import { payloadNames, payloads } from '../bench/contract/payload.ts';
import { MIB, NS_PER_MS } from '../bench/contract/units.ts';
import { countApiEvents } from './api-messages.ts';
import { fastWorkload, startTestServer } from '../servers/twin-fixture.ts';
import { hear } from './hear-fixture.ts';

const CONNECTIONS = 3;
const TOKENS = 40;
const TOKENS_PER_SECOND = 2000;
/** Time from its first token, which is due at once, to the last. */
const STREAM_MS = (1000 * (TOKENS - 1)) / TOKENS_PER_SECOND;

const folder = mkdtempSync(join(tmpdir(), 'streamduel-completions-'));
afterAll(() => rmSync(folder, { recursive: true }));

function specify(transport: 'sse' | 'ws' | 'sse-h2', client: ClientStack): TrialSpecification {
  return {
    transport,
    ...(sharesConnections({ transport }) && { streamsPerConnection: 2 }),
    client,
    connections: CONNECTIONS,
    workload: { ...fastWorkload, firstTokenMedianMs: 0 },
    payload: 'lean',
    workloadSeed: 5,
    rehearsalTokens: 0,
    rampNs: 50 * NS_PER_MS,
    warmupNs: 200 * NS_PER_MS,
    windowNs: 800 * NS_PER_MS,
    tailNs: 0,
    drainNs: 3000 * NS_PER_MS,
    backpressureBytes: 1_000_000,
    completions: { tokensPerStream: TOKENS, tokensPerSecond: TOKENS_PER_SECOND },
    host: '127.0.0.1',
    port: 0,
  };
}

async function load(
  port: number,
  specification: TrialSpecification,
): Promise<{ tally: CompletionsTally; stamps: StampColumns }> {
  const echo = await startClockEcho('127.0.0.1');
  const stampsFile = join(
    folder,
    `${specification.transport}-${specification.client}-${port}.stamps`,
  );
  const child = fork(join(import.meta.dirname, 'main.ts'), { execArgv: ['--expose-gc'] });
  try {
    child.send(
      toClientSchema.parse({
        kind: 'load',
        specification,
        stampsFile,
        host: '127.0.0.1',
        port,
        clockPort: echo.port,
      }),
    );
    await hear(child, 'ready');
    child.send({ kind: 'start', epochNs: String(process.hrtime.bigint() + 20_000_000n) });
    const { tally } = await hear(child, 'completions-tally');
    return { tally, stamps: readStamps(stampsFile) };
  } finally {
    echo.server.close();
    child.kill();
  }
}

it.each([
  ['sse', 'probe', 'lean'],
  ['ws', 'probe', 'lean'],
  ['sse', 'probe', 'openai-responses'],
  ['ws', 'probe', 'anthropic'],
  ['sse', 'library', 'lean'],
  ['sse-h2', 'probe', 'lean'],
] as const)(
  '%s/%s, %s: counts exactly the streams that the twin finished, each verified to its last byte',
  async (transport, client, payload) => {
    const specification = { ...specify(transport, client), payload };
    const { workload } = specification;
    await using server = await startTestServer(transport, { workload, payload });
    const { tally } = await load(server.port, specification);
    // About 40 on an idle machine; the number depends on the machine, but all of them must count.
    expect(tally.streamsWhole).toBeGreaterThan(CONNECTIONS);
    expect(tally).toMatchObject({
      streamsAsked: tally.streamsWhole,
      streamsAbandoned: 0,
      errors: [],
      tokenFaults: 0,
      bytesBesideModel: 0,
    });
    expect(server.streams.counts).toMatchObject({
      opened: tally.streamsWhole,
      finished: tally.streamsWhole,
      tokensWritten: tally.streamsWhole * TOKENS,
      cut: {},
    });
  },
);

/** Streams of 1 MiB a token are too long for the window. */
const shortPayloads = payloadNames.filter((name) => (payloads[name].chunk?.bytes ?? 0) < MIB);

it.each(shortPayloads)(
  'autocannon counts the streams of payload %s that it received whole, and only its last ones are cut',
  async (payload) => {
    const specification = { ...specify('sse', 'autocannon'), payload };
    const { workload } = specification;
    await using server = await startTestServer('sse', { workload, payload });
    const { tally, stamps } = await load(server.port, specification);
    expect(tally.streamsWhole).toBeGreaterThan(CONNECTIONS);
    expect(tally.errors).toEqual([]);
    expect(tally.streamsAsked).toBe(tally.streamsWhole + tally.streamsAbandoned);
    expect(tally.streamsAbandoned).toBeLessThanOrEqual(CONNECTIONS);
    await expect.poll(() => server.streams.openStreams).toBe(0);
    const { opened, finished } = server.streams.counts;
    expect(opened).toBe(tally.streamsAsked);
    // The server may have finished a stream whose end was still on its way.
    expect(finished).toBeGreaterThanOrEqual(tally.streamsWhole);
    expect(finished).toBeLessThanOrEqual(tally.streamsWhole + CONNECTIONS);
    // autocannon checks no tokens.
    expect([tally.tokenFaults, tally.bytesBesideModel]).toEqual([undefined, undefined]);
    expect(Object.keys(stamps)).toEqual([...completionColumns]);
    expect(stamps['endNs']).toHaveLength(tally.streamsWhole);
  },
);

it('streams that share connections are asked for on as few as the arm says, which stay open', async () => {
  const specification = specify('sse-h2', 'probe');
  await using server = await startTestServer('sse-h2', { workload: specification.workload });
  const counts: number[] = [];
  const looking = setInterval(
    () => void server.countConnections().then((count) => counts.push(count)),
    10,
  );
  const { tally } = await load(server.port, specification);
  clearInterval(looking);
  expect(tally.streamsWhole).toBeGreaterThan(0);
  // Three streams at a time, two of them on one connection.
  expect(Math.max(...counts)).toBe(2);
});

it('no stream takes less time than its tokens do, by either client', async () => {
  for (const client of ['probe', 'autocannon'] as const) {
    const specification = specify('sse', client);
    await using server = await startTestServer('sse', { workload: specification.workload });
    const { stamps } = await load(server.port, specification);
    const timesNs = stamps['endNs']!.map((endNs, index) => endNs - stamps['requestNs']![index]!);
    expect(Math.min(...timesNs)).toBeGreaterThan(STREAM_MS * NS_PER_MS);
  }
});

it('both clients ask for the same streams, so their bytes differ by the heads alone', async () => {
  const bytes: number[] = [];
  for (const client of ['probe', 'autocannon'] as const) {
    const specification = { ...specify('sse', client), connections: 1 };
    await using server = await startTestServer('sse', { workload: specification.workload });
    bytes.push((await load(server.port, specification)).stamps['bytesRead']![0]!);
  }
  const [probe, generator] = bytes as [number, number];
  // autocannon asks to keep the connection, and the response says for how long.
  expect(Math.abs(generator - probe)).toBeLessThan(60);
});

async function withServer<T>(
  listener: RequestListener,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it('a stream that is refused is asked for again after a pause, and each refusal counts', async () => {
  const { tally } = await withServer(
    (_request, response) =>
      response.writeHead(503, { 'content-type': 'application/json' }).end('{}'),
    async (port) => await load(port, specify('sse', 'probe')),
  );
  expect(tally.streamsWhole).toBe(0);
  const [error] = tally.errors;
  expect(error?.cause).toBe('http-503');
  expect(error?.count).toBe(tally.streamsAsked);
  // At most 10 requests per second on each connection, for one second, after the first.
  expect(tally.streamsAsked).toBeLessThanOrEqual(11 * CONNECTIONS);
});

it('a stream of other bytes than were asked for does not count, though it came to its end', async () => {
  const specification = specify('sse', 'probe');
  await using server = await startTestServer('sse', {
    workload: specification.workload,
    payload: 'openai',
  });
  const { tally, stamps } = await load(server.port, specification);
  expect(tally.streamsWhole).toBe(0);
  // The messages of the API are not expected either.
  const apiEvents = countApiEvents('openai');
  expect(tally.tokenFaults).toBe((TOKENS + apiEvents) * tally.streamsAsked);
  expect(tally.errors).toMatchObject([{ cause: 'not-verified', count: tally.streamsAsked }]);
  expect(stamps['endNs']).toHaveLength(0);
});

const answerWrongly: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  // Answers slowly, since a load generator sends its next request at once.
  setTimeout(
    () => response.end('event: open\ndata: {}\n\nevent: done\ndata: {"s":41,"n":40}\n\n'),
    50,
  );
};

it('a whole response that is not the stream asked for does not count', async () => {
  const { tally } = await withServer(
    answerWrongly,
    async (port) => await load(port, specify('sse', 'autocannon')),
  );
  expect(tally.streamsWhole).toBe(0);
  expect(tally.errors.map(({ cause }) => cause)).toEqual(['not-verified']);
  expect(tally.errors[0]?.example).toContain(
    'the body does not end with the `done` of this stream',
  );
});
