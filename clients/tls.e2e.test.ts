// The probe over TLS against the real servers, on every transport: streams are whole, their bytes
// those of the plain transport, and a server that is not the one of the run is refused.

import { connect } from 'node:tls';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { transportIds, transports, type TransportId } from '../bench/contract/arms/transports.ts';
import { TLS_NAME } from '../bench/contract/certificate.ts';
import { openTokenSource } from '../bench/contract/workload.ts';
import { makeCertificate } from '../bench/trial/certificate.ts';
import { testPopulation } from '../servers/kept-fixture.ts';
import { fastWorkload, startTestServer, type TestServer } from '../servers/twin-fixture.ts';
import { openProbeClient } from './probe/probe-client.ts';
import { receiveStreams } from './receive.ts';
import { Recorder } from './recorder.ts';
import { sharedPlace } from './shared-place.ts';
import { StreamAccounts } from './stream-accounts.ts';

const [certificate, another] = [await makeCertificate(), await makeCertificate()];

async function receive(transport: TransportId, port: number, ca?: string): Promise<StreamAccounts> {
  const specification = { transport, payload: 'lean' } as const;
  const source = openTokenSource(fastWorkload);
  const accounts = new StreamAccounts(specification, testPopulation, source);
  const recorder = new Recorder(testPopulation);
  const client = openProbeClient(transport, {
    listener: receiveStreams(recorder, accounts),
    now: () => performance.now() as never,
  });
  const isShared = transports[transport].capabilities.streamsPerConnection === 'many';
  for (let stream = 0; stream < testPopulation.streams; stream++) {
    const streamId = accounts.streamId(stream);
    accounts.open(stream);
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
  return accounts;
}

async function serverOf(transport: TransportId, hasTls = true): Promise<TestServer> {
  return await startTestServer(transport, {
    population: testPopulation,
    ...(hasTls && { tls: certificate }),
  });
}

describe.each(transportIds)('%s', (transport) => {
  it('receives over TLS what it receives without, to the byte', async () => {
    await using secure = await serverOf(transport);
    await using plain = await serverOf(transport, false);
    const over = await receive(transport, secure.port, certificate.cert);
    const without = await receive(transport, plain.port);
    expect([over.firstError(), without.firstError()]).toEqual([undefined, undefined]);
    expect(over.allVerified).toBe(true);
    const [found, expected] = [over.tally(), without.tally()];
    expect(found).toMatchObject({
      bytesRead: expected.bytesRead,
      tokensReceived: expected.tokensReceived,
    });
    await expect.poll(() => secure.streams.openStreams).toBe(0);
    expect(secure.streams.counts.bytesWritten).toBe(found.bytesRead);
  });

  it('refuses a server whose certificate is another', async () => {
    await using server = await serverOf(transport);
    const accounts = await receive(transport, server.port, another.cert);
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
