// Streams one after another on one kept connection, over every transport and against the real
// servers: verified whole, and equal to the byte model to the byte.

import { expect, it } from 'vitest';
import { transportIds, transports } from '../bench/contract/arms/transports.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import { payloadNames, payloads } from '../bench/contract/payload.ts';
import { MIB, asInstant } from '../bench/contract/units.ts';
import { openTokenSource } from '../bench/contract/workload.ts';
import { testPopulation } from '../servers/kept-fixture.ts';
import { fastWorkload, startTestServer } from '../servers/twin-fixture.ts';
import { openProbeClient } from './probe/probe-client.ts';
import { receiveStreams } from './receive.ts';
import { Recorder } from './recorder.ts';
import { noFaults } from './sequence.ts';
import { StreamAccounts } from './stream-accounts.ts';

type Told = Pick<TrialSpecification, 'payload' | 'transport' | 'connecting'>;

/** Runs the streams of the population in one slot, each as soon as the last has ended. */
async function runInTurn(
  told: Told,
  port: number,
): Promise<{ accounts: StreamAccounts; recorder: Recorder; kept: unknown }> {
  const accounts = new StreamAccounts(
    told,
    testPopulation,
    openTokenSource(fastWorkload, told.payload),
  );
  const recorder = new Recorder(testPopulation);
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const listener = receiveStreams(recorder, accounts);
  const next = (stream: number): void => {
    if (stream === testPopulation.streams) return resolve();
    const streamId = String(stream);
    accounts.open(stream);
    recorder.startNs[stream] = performance.now();
    client.open(stream, {
      host: '127.0.0.1',
      port,
      path: transports[told.transport].route(streamId),
      kept: { slot: 0, streamId },
    });
  };
  const client = openProbeClient(told.transport, {
    now: () => asInstant(performance.now()),
    listener: {
      ...listener,
      onEnd: (stream, count, at) => {
        listener.onEnd(stream, count, at);
        next(stream + 1);
      },
      onFailure: (stream, cause, message, at) => {
        listener.onFailure(stream, cause, message, at);
        next(stream + 1);
      },
    },
  });
  next(0);
  await over;
  const kept = client.kept?.();
  await client.close();
  return { accounts, recorder, kept };
}

const cases = transportIds
  .filter((transport) => transports[transport].capabilities.streamsPerConnection === 'one')
  .flatMap((transport) => payloadNames.map((payload) => [transport, payload] as const))
  // A compressor falls further behind with tokens of 1 MiB at this rate than the cap allows.
  .filter(
    ([transport, payload]) =>
      !transports[transport].capabilities.compressed || (payloads[payload].chunk?.bytes ?? 0) < MIB,
  );

it.each(cases)(
  '%s, %s: streams follow one another on one connection, whole and to the byte',
  async (transport, payload) => {
    await using server = await startTestServer(transport, { payload, population: testPopulation });
    const { accounts, recorder, kept } = await runInTurn(
      { transport, payload, connecting: { kind: 'kept' } },
      server.port,
    );
    expect(accounts.firstError()).toBeUndefined();
    expect(accounts.allVerified).toBe(true);
    expect(accounts.faults).toEqual(noFaults());
    expect(kept).toEqual({ opened: 1, reused: testPopulation.streams - 1, lost: 0 });
    const { bytesRead, headBytes, modelBytes } = accounts.tally();
    await expect.poll(() => server.streams.counts.finished).toBe(testPopulation.streams);
    await expect.poll(() => server.streams.openStreams).toBe(0);
    const { counts } = server.streams;
    expect(bytesRead).toBe(counts.bytesWritten);
    expect(headBytes).toBe(counts.headBytes);
    // Without a byte model, what was read is all that can be compared with.
    expect(counts.bytesWritten - counts.headBytes).toBe(modelBytes ?? bytesRead! - headBytes!);
    // Each stream has all stamps, in their order.
    for (let stream = 0; stream < testPopulation.streams; stream++) {
      const moments = [recorder.startNs, recorder.connectNs, recorder.acceptNs, recorder.endNs].map(
        (column) => column[stream]!,
      );
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      expect(moments.some(Number.isNaN)).toBe(false);
    }
  },
);

async function headsOf(transport: 'sse' | 'ws'): Promise<number> {
  await using server = await startTestServer(transport, { population: testPopulation });
  const { accounts } = await runInTurn(
    { transport, payload: 'lean', connecting: { kind: 'kept' } },
    server.port,
  );
  return accounts.tally().headBytes!;
}

it('a kept WebSocket has no head in its streams, a kept HTTP connection one for each', async () => {
  expect(await headsOf('ws')).toBe(0);
  expect((await headsOf('sse')) / testPopulation.streams).toBeGreaterThan(100);
});
