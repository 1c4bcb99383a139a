// Streams that outlive their connections, over real sockets and all transports.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { transports } from '../bench/contract/arms/transports.ts';
import { renderCursor, streamEpoch } from '../bench/contract/control-events.ts';
import type { Population } from '../bench/contract/population.ts';
import { plainTransports, receive, type PlainTransport, type Receipt } from './receive-fixture.ts';
import { fastWorkload, startTestServer, type TestServer } from './twin-fixture.ts';

const TOKENS = 40;
const SEED = 1000;
const EPOCH = streamEpoch(SEED);

/**
 * Streams of 40 tokens that are due from the server's start on; all have one seed, so all have the
 * same text.
 */
function populationOf(streams: number, tokens = TOKENS, startNs = 0): Population {
  return {
    streams,
    startNs: new Float64Array(streams).fill(startNs),
    tokens: new Int32Array(streams).fill(tokens),
    seeds: new Uint32Array(streams).fill(SEED),
    slots: Int32Array.from({ length: streams }, (_, stream) => stream),
    base: Int32Array.from({ length: streams }, (_, stream) => stream * tokens),
    totalTokens: streams * tokens,
  };
}

const population = populationOf(TOKENS + 2);
const after = (sequence: number): string => renderCursor({ epoch: EPOCH, sequence });
const sequences = ({ tokens }: Receipt): number[] =>
  tokens.map((token) => (JSON.parse(token) as { s: number }).s);
const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
const eventsOf = ({ events }: Receipt, kind: string): string[] =>
  events.filter((event) => event.startsWith(kind));
const gap = (missing: number, from: number): string => `gap {"missing":${missing},"from":${from}}`;
/** 200 ms per stream: long enough to be disconnected in the middle. */
const brisk = { ...fastWorkload, tokensPerSecond: 200 };
const slow = { ...fastWorkload, tokensPerSecond: 20, firstTokenMedianMs: 0 };

function textHash(tokens: readonly string[]): string {
  const text = tokens.map((token) => (JSON.parse(token) as { d: string }).d).join('');
  return createHash('sha256').update(text).digest('hex');
}

/** Everything that was sent to a client without a stream to resume. */
const told = ({ status, closeCode, events }: Receipt): Partial<Receipt> =>
  ({ status, closeCode, events }) as Partial<Receipt>;
const done = expect.stringContaining('done {"s":41,"n":40,') as string;
const overHttp = { status: 204, events: [] };
const overWebSocket = { status: 101, closeCode: 1000, events: [done] };
const over: Record<PlainTransport, object> = {
  sse: overHttp,
  'sse-post': overHttp,
  ndjson: overHttp,
  ws: overWebSocket,
  'ws-binary': overWebSocket,
  tcp: { events: [done] },
};
const unknownWebSocket = { status: 101, closeCode: 4404, events: [] };
const unknown: Record<PlainTransport, object> = {
  ...over,
  ws: unknownWebSocket,
  'ws-binary': unknownWebSocket,
  tcp: { events: [expect.stringContaining('stream-error {"statusCode":404,') as string] },
};

async function receiveWhole(
  transport: PlainTransport,
  server: TestServer,
  id: string,
): Promise<Receipt> {
  return await receive(transport, server.port, { id }).closed();
}

describe.each(plainTransports)('%s', (transport) => {
  it('goes on after every token of a stream, without a gap and without a repetition, in the same bytes', async () => {
    await using server = await startTestServer(transport, {
      population,
      workload: brisk,
      recovery: {},
    });
    const whole = await receiveWhole(transport, server, '0');
    expect(sequences(whole)).toEqual(range(1, TOKENS));
    const cuts = range(0, TOKENS - 1).map(async (cut) => {
      const id = String(cut + 1);
      const first = receive(transport, server.port, { id });
      const before =
        cut === 0 ? first.receipt : await first.until(({ tokens }) => tokens.length >= cut);
      first.cut();
      const rest = await receive(
        transport,
        server.port,
        cut === 0 ? { id } : { id, after: after(cut) },
      ).closed();
      expect(eventsOf(rest, 'gap')).toEqual([]);
      expect(sequences(rest)).toEqual(range(cut + 1, TOKENS));
      expect(rest.frames).toEqual(whole.frames.slice(cut));
      expect(eventsOf(rest, 'done')).toEqual(eventsOf(whole, 'done'));
      expect(textHash([...before.tokens.slice(0, cut), ...rest.tokens])).toBe(
        textHash(whole.tokens),
      );
    });
    await Promise.all(cuts);
    expect(server.streams.lasting?.recovery).toMatchObject({
      gaps: 0,
      unknown: 0,
      evictedTokens: 0,
    });
  });

  it('a cursor of another epoch, of the future, or none at all gets a gap and all that is there', async () => {
    await using server = await startTestServer(transport, { population, recovery: {} });
    await receiveWhole(transport, server, '0');
    const header = 'x'.repeat(transport === 'tcp' ? 800 : 8000);
    for (const cursor of ['zzzz.7', after(99), 'garbage', '%00;drop', header]) {
      const receipt = await receive(transport, server.port, { id: '0', after: cursor }).closed();
      expect(receipt.events.slice(0, 2)).toEqual([
        expect.stringContaining('"from":1,') as string,
        gap(1, 1),
      ]);
      expect(sequences(receipt)).toEqual(range(1, TOKENS));
    }
    expect(server.streams.lasting?.recovery.gaps).toBe(5);
  });

  it('what fell out of the buffer is declared missing once, and the stream goes on behind it', async () => {
    const limits = { bufferTokens: 10, bufferBytes: 1e6, ttlNs: 60e9, totalBytes: 1e9 };
    await using server = await startTestServer(transport, { population, recovery: { limits } });
    await receiveWhole(transport, server, '0');
    const receipt = await receive(transport, server.port, { id: '0', after: after(5) }).closed();
    expect(eventsOf(receipt, 'gap')).toEqual([gap(6, 31)]);
    expect(receipt.events[0]).toContain('"from":31,');
    expect(sequences(receipt)).toEqual(range(31, TOKENS));
    expect(eventsOf(receipt, 'done')).toHaveLength(1);
  });

  it('who has all of a finished stream is told that it is over', async () => {
    await using server = await startTestServer(transport, { population, recovery: {} });
    await receiveWhole(transport, server, '0');
    for (const sequence of [TOKENS, TOKENS + 1])
      expect(
        told(await receive(transport, server.port, { id: '0', after: after(sequence) }).closed()),
      ).toEqual(over[transport]);
  });

  it('who comes back to a stream that is not kept is told to stop', async () => {
    await using server = await startTestServer(transport, { population, recovery: {} });
    expect(
      told(await receive(transport, server.port, { id: '1', after: after(3) }).closed()),
    ).toEqual(unknown[transport]);
    expect(server.streams.lasting?.recovery.unknown).toBe(1);
    expect(server.streams.lasting?.countKept().streams).toBe(0);
  });

  it('a disconnect is no cancel: the generation goes on by the plan, unheard', async () => {
    // Long enough that a receiver on a busy machine is gone before the last token.
    const workload = { ...slow, tokensPerSecond: 40 };
    await using server = await startTestServer(transport, { population, workload, recovery: {} });
    const first = receive(transport, server.port, { id: '0' });
    await first.until(({ tokens }) => tokens.length > 0);
    first.cut();
    await expect.poll(() => server.streams.lasting?.recovery.unheardTokens).toBeGreaterThan(0);
    const rest = await receive(transport, server.port, { id: '0', after: after(1) }).closed();
    expect(sequences(rest)).toEqual(range(2, TOKENS));
    const { started, resumed, replayedTokens, replayedBytes } = server.streams.lasting!.recovery;
    expect([started, resumed]).toEqual([1, 1]);
    expect(replayedTokens).toBeGreaterThan(0);
    expect(replayedBytes).toBeGreaterThan(replayedTokens * '{"s":1,"d":""}'.length);
  });

  it('a newer connection replaces the older one, and the stream goes on with it alone', async () => {
    await using server = await startTestServer(transport, {
      population,
      workload: slow,
      recovery: {},
    });
    const older = receive(transport, server.port, { id: '0' });
    await older.until(({ tokens }) => tokens.length >= 2);
    const newer = receive(transport, server.port, { id: '0', after: after(2) });
    const ended = await older.closed();
    expect(eventsOf(ended, 'done')).toEqual([]);
    expect(ended.closeCode).toBe(
      transports[transport].capabilities.closingHandshake ? 4409 : undefined,
    );
    const receipt = await newer.until(({ tokens }) => tokens.length >= 3);
    expect(sequences(receipt).slice(0, 3)).toEqual([3, 4, 5]);
    expect(server.streams.lasting?.recovery.replaced).toBe(1);
    expect(server.streams.lasting?.countKept()).toMatchObject({ heard: 1, streams: 1 });
    newer.cut();
  });

  it('a server that keeps nothing goes on with what is due then, and declares no gap', async () => {
    await using server = await startTestServer(transport, {
      population,
      workload: slow,
      recovery: { isResumable: false },
    });
    const first = receive(transport, server.port, { id: '0' });
    await first.until(({ tokens }) => tokens.length >= 2);
    first.cut();
    await expect
      .poll(() => server.streams.lasting?.recovery.unheardTokens)
      .toBeGreaterThanOrEqual(2);
    const second = receive(transport, server.port, { id: '0', after: after(2) });
    const receipt = await second.until(({ tokens }) => tokens.length >= 1);
    const [from = 0] = sequences(receipt);
    expect(from).toBeGreaterThanOrEqual(5);
    expect(receipt.events[0]).toContain(`"from":${from},`);
    expect(eventsOf(receipt, 'gap')).toEqual([]);
    expect(server.streams.lasting?.countKept().bufferedBytes).toBe(0);
    second.cut();
  });

  it('a server that takes over goes on as if it had always been there', async () => {
    const epochNs = process.hrtime.bigint() - 400_000_000n;
    const options = { population, workload: slow, recovery: {}, epochNs, keepsState: true };
    await using server = await startTestServer(transport, options);
    const comesBack = receive(transport, server.port, { id: '0', after: after(4) });
    const isNew = receive(transport, server.port, { id: '1' });
    // 20 tokens/s for 0.4 s: at least eight are due.
    expect(
      sequences(await comesBack.until(({ tokens }) => tokens.length >= 6)).slice(0, 6),
    ).toEqual(range(5, 10));
    expect(sequences(await isNew.until(({ tokens }) => tokens.length >= 10)).slice(0, 10)).toEqual(
      range(1, 10),
    );
    expect(server.streams.lasting?.recovery).toMatchObject({
      started: 1,
      resumed: 1,
      gaps: 0,
      unknown: 0,
    });
    comesBack.cut();
    isNew.cut();
  });

  it('a server that lost its state knows nobody who comes back, and serves who begins', async () => {
    const epochNs = process.hrtime.bigint() - 400_000_000n;
    await using server = await startTestServer(transport, {
      population,
      workload: slow,
      recovery: {},
      epochNs,
    });
    expect(
      told(await receive(transport, server.port, { id: '0', after: after(4) }).closed()),
    ).toEqual(unknown[transport]);
    const begins = receive(transport, server.port, { id: '0' });
    expect(sequences(await begins.until(({ tokens }) => tokens.length >= 9)).slice(0, 9)).toEqual(
      range(1, 9),
    );
    begins.cut();
  });

  it('connections are closed in good order, and the streams go on', async () => {
    await using server = await startTestServer(transport, {
      population,
      workload: slow,
      recovery: {},
    });
    const receivers = ['0', '1'].map((id) => receive(transport, server.port, { id }));
    for (const receiver of receivers) await receiver.until(({ tokens }) => tokens.length >= 1);
    expect(server.streams.lasting?.closeConnections()).toBe(2);
    for (const receiver of receivers) {
      const receipt = await receiver.closed();
      expect(receipt.events.at(-1)).toBe('bye');
      expect(receipt.closeCode).toBe(
        transports[transport].capabilities.closingHandshake ? 1012 : undefined,
      );
    }
    await expect.poll(() => server.streams.openStreams).toBe(0);
    await expect.poll(async () => await server.countConnections()).toBe(0);
    await expect.poll(() => server.streams.lasting?.recovery.unheardTokens).toBeGreaterThan(0);
    expect(server.streams.lasting?.countKept()).toMatchObject({ heard: 0, streams: 2 });
  });

  it(
    'a connection that asks for nothing does not hold up the end of the server',
    { timeout: 5000 },
    async () => {
      const server = await startTestServer(transport, { population, recovery: {} });
      const silent = connect(server.port, '127.0.0.1');
      await once(silent, 'connect');
      await expect.poll(async () => await server.countConnections()).toBe(1);
      await server.close();
      expect(await server.countConnections()).toBe(0);
      silent.destroy();
    },
  );

  it('every connection gets a heartbeat every interval, while the model is silent and while it is not', async () => {
    const silent = { ...slow, firstTokenMedianMs: 60_000 };
    const recovery = { heartbeatNs: 40e6 };
    await using quiet = await startTestServer(transport, {
      population,
      workload: silent,
      recovery,
    });
    await using busy = await startTestServer(transport, { population, workload: slow, recovery });
    for (const server of [quiet, busy]) {
      const receiver = receive(transport, server.port, { id: '0' });
      await receiver.until((receipt) => eventsOf(receipt, 'heartbeat').length >= 4);
      // A WebSocket answers by itself, the others never do: no receiver is timed out.
      expect(server.streams.lasting?.recovery.givenUp).toBe(0);
      expect(server.streams.openStreams).toBe(1);
      receiver.cut();
    }
    expect(quiet.streams.counts.tokensWritten).toBe(0);
  });

  it('a receiver that stops reading until its socket is full, and then returns, misses nothing', async () => {
    const tokens = 60_000;
    const limits = { bufferTokens: tokens, bufferBytes: 1e9, ttlNs: 60e9, totalBytes: 1e9 };
    await using server = await startTestServer(transport, {
      // About 300 bytes per token: more in all than the kernel's buffers hold.
      payload: 'openai',
      workload: { ...fastWorkload, tokensPerSecond: 100_000 },
      population: populationOf(1, tokens),
      recovery: { limits },
      limits: { backpressureBytes: 1e9 },
    });
    const receiver = receive(transport, server.port, { id: '0' });
    await receiver.until((receipt) => receipt.tokens.length > 0);
    receiver.pause();
    await expect
      .poll(() => server.streams.counts.backpressured, { timeout: 10_000 })
      .toBeGreaterThan(0);
    receiver.unpause();
    const receipt = await receiver.closed();
    // The API sends the role before the tokens, and the finish reason and the usage after them.
    expect(receipt.tokens.length).toBeGreaterThanOrEqual(1 + tokens + 2);
    const texts = receipt.tokens
      .slice(1, 1 + tokens)
      .map(
        (token) =>
          (JSON.parse(token) as { choices: [{ delta: { content: string } }] }).choices[0].delta
            .content,
      );
    expect(createHash('sha256').update(texts.join('')).digest('hex')).toBe(
      server.planned.find({ id: '0' })?.sha256,
    );
    expect(eventsOf(receipt, 'gap')).toEqual([]);
  });
});

it.each(['sse', 'ws'] as const)(
  '%s: a stream is cancelled by a request, and its receiver is told',
  async (transport) => {
    await using server = await startTestServer(transport, {
      population,
      workload: slow,
      recovery: {},
    });
    const receiver = receive(transport, server.port, { id: '0' });
    await receiver.until(({ tokens }) => tokens.length >= 1);
    const url = `http://127.0.0.1:${server.port}/v1/streams/0/cancel`;
    const answer = await fetch(url, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([200, { id: '0', cancelled: true }]);
    expect((await receiver.closed()).events.at(-1)).toBe('bye');
    expect(server.streams.lasting?.countKept().streams).toBe(0);
    expect(
      told(await receive(transport, server.port, { id: '0', after: after(1) }).closed()),
    ).toEqual(unknown[transport]);
    const again = await fetch(url, { method: 'POST' });
    expect([again.status, await again.json()]).toEqual([
      404,
      {
        statusCode: 404,
        error: 'Not Found',
        message: 'no stream 0 runs here: it is over, or never began',
      },
    ]);
  },
);

it('a WebSocket client may cancel with a message, and where streams end with their connections there is nothing to cancel', async () => {
  await using server = await startTestServer('ws', { population, workload: slow, recovery: {} });
  const receiver = receive('ws', server.port, { id: '0' });
  await receiver.until(({ tokens }) => tokens.length >= 1);
  receiver.send('{"type":"cancel"}');
  expect((await receiver.closed()).events.at(-1)).toBe('bye');
  await using steady = await startTestServer('ws', { population });
  const answer = await fetch(`http://127.0.0.1:${steady.port}/v1/streams/0/cancel`, {
    method: 'POST',
  });
  expect(answer.status).toBe(404);
});

it('a WebSocket that announces a cursor is sent nothing before it, and closed with 1008 when it says something else', async () => {
  await using server = await startTestServer('ws', { population, recovery: {} });
  await receiveWhole('ws', server, '0');
  const receiver = receive('ws', server.port, { id: '0', query: '?resume=1' });
  await expect.poll(() => receiver.receipt.status).toBe(101);
  receiver.send('hello');
  const receipt = await receiver.closed();
  expect([receipt.events, receipt.closeCode]).toEqual([[], 1008]);
});

it(
  'a WebSocket that never sends the cursor it announced does not hold up the end of the server',
  { timeout: 5000 },
  async () => {
    const server = await startTestServer('ws', { population, recovery: {} });
    const receiver = receive('ws', server.port, { id: '0', query: '?resume=1' });
    await expect.poll(() => receiver.receipt.status).toBe(101);
    await server.close();
    expect((await receiver.closed()).events).toEqual([]);
  },
);

it('SSE: a Last-Event-ID beyond what the parser of HTTP takes is refused by it, and the server goes on', async () => {
  await using server = await startTestServer('sse', { population, recovery: {} });
  const refused = await receive('sse', server.port, {
    id: '0',
    after: 'x'.repeat(20_000),
  }).closed();
  expect(refused.status).toBe(431);
  expect(sequences(await receiveWhole('sse', server, '0'))).toEqual(range(1, TOKENS));
});

it('a WebSocket peer that does not answer is given up, and its stream goes on', async () => {
  await using server = await startTestServer('ws', {
    population,
    workload: slow,
    recovery: { heartbeatNs: 40e6 },
  });
  const receiver = receive('ws', server.port, { id: '0' });
  await receiver.until(({ tokens }) => tokens.length >= 1);
  // The paused receiver reads nothing more, so it answers no ping.
  receiver.pause();
  await expect.poll(() => server.streams.lasting?.recovery.givenUp).toBe(1);
  await expect.poll(() => server.streams.openStreams).toBe(0);
  expect(server.streams.counts.cut).toEqual({ 'given-up': 1 });
  const { unheardTokens } = server.streams.lasting!.recovery;
  await expect
    .poll(() => server.streams.lasting!.recovery.unheardTokens)
    .toBeGreaterThan(unheardTokens);
  receiver.cut();
});

it('SSE asks for the reconnection time that it was told, and its ids are the cursors of who has all before', async () => {
  await using server = await startTestServer('sse', { population, recovery: { retryMs: 3000 } });
  await receiveWhole('sse', server, '0');
  const text = await (
    await fetch(`http://127.0.0.1:${server.port}/v1/streams/0`, {
      headers: { 'Last-Event-ID': after(38) },
    })
  ).text();
  expect(text).toMatch(
    new RegExp(`^event: open\nid: ${after(38)}\nretry: 3000\ndata: .*\n\nid: ${after(39)}\n`),
  );
});

it('the quiet time of a fault shifts what is due in it and after it', async () => {
  const recovery = { faultNs: 300e6, quietNs: 500e6 };
  await using server = await startTestServer('sse', { population, workload: slow, recovery });
  const receiver = receive('sse', server.port, { id: '0' });
  await receiver.until(({ tokens }) => tokens.length >= 6);
  const lastBeforeNs = server.now();
  await receiver.until(({ tokens }) => tokens.length >= 7);
  // Token 7 was planned for 300 ms and is due at 800 ms.
  expect(lastBeforeNs).toBeLessThan(800e6);
  expect(server.now()).toBeGreaterThanOrEqual(800e6);
  receiver.cut();
});
