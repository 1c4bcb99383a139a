// The client stacks that speak TLS against the real servers, on every transport: streams are whole,
// their bytes those of the plain transport, and a server that is not the one of the run is refused.

import { connect } from 'node:tls';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { canSpeak, clientStacks, type StreamStack } from '../bench/contract/arms/stacks.ts';
import { transportIds, transports, type TransportId } from '../bench/contract/arms/transports.ts';
import { TLS_NAME } from '../bench/contract/certificate.ts';
import { openTokenSource } from '../bench/contract/workload.ts';
import { makeCertificate } from '../bench/trial/certificate.ts';
import { testPopulation } from '../servers/kept-fixture.ts';
import { fastWorkload, startTestServer, type TestServer } from '../servers/twin-fixture.ts';
import { receiveStreams } from './receive.ts';
import { Recorder } from './recorder.ts';
import { sharedPlace } from './shared-place.ts';
import { stacks } from './stacks.ts';
import { StreamAccounts } from './stream-accounts.ts';

const [certificate, another] = [await makeCertificate(), await makeCertificate()];

interface Place {
  readonly transport: TransportId;
  readonly stack: StreamStack;
}

interface Received {
  readonly accounts: StreamAccounts;
  readonly recorder: Recorder;
}

async function receive({ transport, stack }: Place, port: number, ca?: string): Promise<Received> {
  const specification = { transport, payload: 'lean' } as const;
  const source = openTokenSource(fastWorkload);
  const accounts = new StreamAccounts(specification, testPopulation, source);
  const recorder = new Recorder(testPopulation);
  const client = stacks[stack](transport, {
    listener: receiveStreams(recorder, accounts),
    now: () => performance.now() as never,
  });
  const isShared = transports[transport].capabilities.streamsPerConnection === 'many';
  for (let stream = 0; stream < testPopulation.streams; stream++) {
    const streamId = accounts.streamId(stream);
    accounts.open(stream);
    recorder.startNs[stream] = performance.now();
    client.open(stream, {
      host: '127.0.0.1',
      port,
      path: transports[transport].route(streamId),
      ...(ca !== undefined && { tls: { ca } }),
      ...(isShared && sharedPlace({ streamsPerConnection: 2 }, { slot: stream, streamId })),
    });
  }
  await expect.poll(() => accounts.openStreams, { timeout: 10_000 }).toBe(0);
  await client.close();
  return { accounts, recorder };
}

async function serverOf(transport: TransportId, hasTls = true): Promise<TestServer> {
  return await startTestServer(transport, {
    population: testPopulation,
    ...(hasTls && { tls: certificate }),
  });
}

const places: readonly Place[] = (Object.keys(stacks) as StreamStack[]).flatMap((stack) =>
  clientStacks[stack].speaksTls
    ? transportIds.flatMap((transport) =>
        canSpeak(stack, transport) ? [{ transport, stack }] : [],
      )
    : [],
);

it('the probe and the libraries are those that speak it', () => {
  expect(new Set(places.map(({ stack }) => stack))).toEqual(new Set(['probe', 'library']));
});

describe.each(places)('$transport over $stack', (place) => {
  const { transport } = place;

  it('receives over TLS what it receives without, to the byte', async () => {
    await using secure = await serverOf(transport);
    await using plain = await serverOf(transport, false);
    const { accounts: over, recorder } = await receive(place, secure.port, certificate.cert);
    const { accounts: without } = await receive(place, plain.port);
    expect([over.firstError(), without.firstError()]).toEqual([undefined, undefined]);
    expect(over.allVerified).toBe(true);
    const [found, expected] = [over.tally(), without.tally()];
    expect(found).toMatchObject({
      bytesRead: expected.bytesRead,
      tokensReceived: expected.tokensReceived,
    });
    await expect.poll(() => secure.streams.openStreams).toBe(0);
    expect(secure.streams.counts.bytesWritten).toBe(found.bytesRead);
    // TCP is connected before the handshake, and a stream is accepted only after it.
    for (let stream = 0; stream < testPopulation.streams; stream++)
      expect(recorder.connectNs[stream]).toBeLessThan(recorder.acceptNs[stream]!);
  });

  it('refuses a server whose certificate is another', async () => {
    await using server = await serverOf(transport);
    const { accounts } = await receive(place, server.port, another.cert);
    expect(accounts.tally()).toMatchObject({ streamsVerified: 0, tokensReceived: 0 });
    expect(accounts.firstError()).toMatch(/self.signed|certificate/i);
  });
});

it('TLS 1.3 is the only version that a twin speaks', async () => {
  await using server = await serverOf('sse');
  const options = { host: '127.0.0.1', port: server.port, ca: certificate.cert };
  const newest = connect({ ...options, servername: TLS_NAME });
  await once(newest, 'secureConnect');
  expect(newest.getProtocol()).toBe('TLSv1.3');
  newest.destroy();
  const older = connect({ ...options, servername: TLS_NAME, maxVersion: 'TLSv1.2' });
  await expect(once(older, 'secureConnect')).rejects.toThrow(/version/i);
});
