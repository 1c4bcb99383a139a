// A storm run by the load process: against the real servers, with ports without a listener, and
// with a server that accepts and sends nothing.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { measureStorm, streamsNotDone } from '../bench/scenarios/steady/measure-storm.ts';
import type { TransportId } from '../bench/contract/arms/transports.ts';
import { startClockEcho } from '../bench/contract/clock-proof.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import { populationOf } from '../bench/contract/population.ts';
import { readStamps, type StampColumns } from '../bench/contract/stamps.ts';
import type { ClientTally } from '../bench/contract/tally.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import { fastWorkload, startTestServer } from '../servers/twin-fixture.ts';
import { LoadTrial } from './load-trial.ts';
import { openProbeClient } from './probe/probe-client.ts';
import type { OpenStack } from './trial-frame.ts';

const STREAMS = 40;

/** Time in which a stream must be accepted: ample where all are, short where some never will be. */
// The short one is long enough for what is answered on a machine that has other work.
const [AMPLE_MS, SHORT_MS] = [3000, 1500];

const told = (transport: TransportId, timeoutMs = AMPLE_MS): TrialSpecification => ({
  transport,
  client: 'probe',
  connections: STREAMS,
  workload: { ...fastWorkload, tokensPerStream: 2, tokensPerSecond: 100, firstTokenMedianMs: 0 },
  payload: 'lean',
  workloadSeed: 5,
  rehearsalTokens: 0,
  rampNs: 0,
  warmupNs: 100 * NS_PER_MS,
  windowNs: 500 * NS_PER_MS,
  tailNs: 0,
  drainNs: 3000 * NS_PER_MS,
  backpressureBytes: 1_000_000,
  connecting: { kind: 'storm', atNs: 150 * NS_PER_MS, timeoutNs: timeoutMs * NS_PER_MS },
  host: '127.0.0.1',
  port: 0,
});

const folder = mkdtempSync(join(tmpdir(), 'storm-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** @param portOf Returns the port for each stream. */
async function storm(
  transport: TransportId,
  portOf: (stream: number) => number,
  timeoutMs = AMPLE_MS,
): Promise<{ tally: ClientTally; stamps: StampColumns }> {
  using clock = await startClockEcho('127.0.0.1');
  const open: OpenStack = (specification, options) => {
    const client = openProbeClient(specification.transport, options);
    return {
      ...client,
      open: (stream, target) => client.open(stream, { ...target, port: portOf(stream) }),
    };
  };
  const stampsFile = join(folder, `${transport}.stamps`);
  const place = { host: '127.0.0.1', port: portOf(0), clockPort: clock.port };
  const trial = new LoadTrial(
    { kind: 'load', specification: told(transport, timeoutMs), stampsFile, ...place },
    open,
  );
  await trial.prepare();
  const said = await trial.run(process.hrtime.bigint());
  if (said.kind !== 'tally') throw new Error(`a load trial says its tally, not ${said.kind}`);
  return { tally: said.tally, stamps: readStamps(stampsFile) };
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it.each(['sse', 'ws', 'tcp'] as const)(
  '%s: all streams of a storm begin together and are received whole',
  async (transport) => {
    await using server = await startTestServer(transport, {
      population: populationOf(told(transport)),
    });
    const { tally, stamps } = await storm(transport, () => server.port);
    expect(tally).toMatchObject({
      streamsPlanned: STREAMS,
      streamsStarted: STREAMS,
      streamsVerified: STREAMS,
      errors: [],
      lost: 0,
    });
    const { issueNs, spanNs, ...counted } = measureStorm(stamps, 600 * NS_PER_MS);
    expect(counted).toMatchObject({ streams: STREAMS, accepted: STREAMS });
    expect(spanNs).toBeGreaterThan(0);
    expect(Math.min(...stamps['startNs']!)).toBeGreaterThanOrEqual(150 * NS_PER_MS);
    // All in one task of the event loop: the last was requested before the first was answered.
    expect(issueNs).toBeLessThan(Math.min(...stamps['endNs']!) - Math.min(...stamps['startNs']!));
  },
);

it('streams that are refused are counted by that, lose no token, and have no times', async () => {
  await using server = await startTestServer('sse', { population: populationOf(told('sse')) });
  const closed = await unusedPort();
  const { tally, stamps } = await storm('sse', (stream) =>
    stream % 4 === 3 ? closed : server.port,
  );
  expect(tally.errors).toEqual([
    { cause: 'ECONNREFUSED', count: 10, example: expect.stringContaining('stream 3: ') as string },
  ]);
  expect(tally).toMatchObject({
    streamsStarted: STREAMS,
    streamsVerified: 30,
    lost: 0,
    hashMismatches: 0,
  });
  expect(measureStorm(stamps, 600 * NS_PER_MS).accepted).toBe(30);
  expect([...streamsNotDone(stamps)]).toEqual([3, 7, 11, 15, 19, 23, 27, 31, 35, 39]);
});

it('streams that nobody answers have timed out when their time is up, and hold nobody back', async () => {
  await using server = await startTestServer('ws', { population: populationOf(told('ws')) });
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(
    0,
    '127.0.0.1',
  );
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const { tally, stamps } = await storm(
    'ws',
    (stream) => (stream < 5 ? port : server.port),
    SHORT_MS,
  );
  for (const socket of sockets) socket.destroy();
  silent.close();
  expect(tally.errors).toEqual([
    { cause: 'open-timeout', count: 5, example: 'stream 0: not accepted within 1.5 s' },
  ]);
  expect(tally).toMatchObject({ streamsVerified: STREAMS - 5, lost: 0 });
  expect(measureStorm(stamps, 600 * NS_PER_MS)).toMatchObject({
    streams: STREAMS,
    accepted: STREAMS - 5,
  });
});
