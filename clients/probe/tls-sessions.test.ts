import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createPlainServer, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  transportIds,
  transports,
  type TransportId,
} from '../../bench/contract/arms/transports.ts';
import { TLS_VERSION } from '../../bench/contract/certificate.ts';
import type { TlsSessionTally } from '../../bench/contract/connecting.ts';
import { renderTyped } from '../../bench/contract/control-events.ts';
import { asInstant, NS_PER_MS } from '../../bench/contract/units.ts';
import { openTokenSource } from '../../bench/contract/workload.ts';
import { makeCertificate } from '../../bench/trial/certificate.ts';
import { testPopulation } from '../../servers/kept-fixture.ts';
import { fastWorkload, startTestServer } from '../../servers/twin-fixture.ts';
import { receiveStreams } from '../receive.ts';
import { Recorder } from '../recorder.ts';
import { StreamAccounts } from '../stream-accounts.ts';
import { openProbeClient } from './probe-client.ts';
import { fetchSession } from './tls-sessions.ts';

const certificate = await makeCertificate();
const tls = { ca: certificate.cert, isResumed: true } as const;

/** A server of the null arm that says of each connection whether it resumed a session. */
async function startNoting() {
  const reused: boolean[] = [];
  const server = createServer({ ...certificate, minVersion: TLS_VERSION }, (socket) => {
    reused.push(socket.isSessionReused());
    socket.on('error', () => {});
    socket.once('data', () => void socket.end(`${renderTyped('done', {})}\n`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    reused,
    /** Makes the server forget all sessions that it has given: they are tickets that only it can read. */
    forget: () => server.setTicketKeys(randomBytes(48)),
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

interface Received {
  /** `end`, or the cause of the failure, of each stream in turn. */
  readonly endings: readonly string[];
  readonly sessions: TlsSessionTally | undefined;
}

/** Prepares as a load process does, then opens so many streams one after another. */
async function receive(port: number, streams: number, beforeEach?: () => void): Promise<Received> {
  const endings: string[] = [];
  let resolve: (() => void) | undefined;
  const ended = (how: string): void => {
    endings.push(how);
    resolve?.();
  };
  const client = openProbeClient('tcp', {
    now: () => asInstant(performance.now()),
    listener: {
      onConnect: () => {},
      onAccept: () => {},
      onTokenBytes: () => {},
      onTokenText: () => {},
      onControl: () => {},
      onEnd: () => ended('end'),
      onFailure: (_stream, cause) => ended(cause),
    },
  });
  const target = { host: '127.0.0.1', port, tls };
  await client.prepare?.(target);
  for (let stream = 0; stream < streams; stream++) {
    beforeEach?.();
    const over = new Promise<void>((settle) => (resolve = settle));
    client.open(stream, { ...target, path: '/v1/streams/0' });
    await over;
  }
  const sessions = client.tlsSessions?.();
  await client.close();
  return { endings, sessions };
}

describe('a connection that is to resume the session of the server', () => {
  it('does, by the account of both sides, from the first stream on', async () => {
    await using server = await startNoting();
    expect(await receive(server.port, 4)).toEqual({
      endings: ['end', 'end', 'end', 'end'],
      sessions: { resumed: 4, whole: 0 },
    });
    // The first is the whole handshake that fetched the session.
    expect(server.reused).toEqual([false, true, true, true, true]);
  });

  it('fails by name where the server has forgotten it and makes a whole handshake', async () => {
    await using server = await startNoting();
    const { endings, sessions } = await receive(server.port, 2, server.forget);
    expect(endings).toEqual(['tls-not-resumed', 'tls-not-resumed']);
    expect(sessions).toEqual({ resumed: 0, whole: 2 });
    expect(server.reused).not.toContain(true);
  });
});

it('a connection that is not to resume makes a whole handshake, whatever the server has given', async () => {
  await using server = await startNoting();
  const over = Promise.withResolvers<void>();
  let left = 2;
  const client = openProbeClient('tcp', {
    now: () => asInstant(performance.now()),
    listener: {
      onConnect: () => {},
      onAccept: () => {},
      onTokenBytes: () => {},
      onTokenText: () => {},
      onControl: () => {},
      onEnd: () => {
        left--;
        if (left === 0) over.resolve();
        else open(1);
      },
      onFailure: (_stream, _cause, message) => over.reject(new Error(message)),
    },
  });
  const open = (stream: number): void =>
    client.open(stream, {
      host: '127.0.0.1',
      port: server.port,
      path: '/v1/streams/0',
      tls: { ca: certificate.cert },
    });
  open(0);
  await over.promise;
  await client.close();
  expect(server.reused).toEqual([false, false]);
  expect(client.tlsSessions?.()).toEqual({ resumed: 0, whole: 0 });
});

it('a server that gives no session is named, and so is one that does not speak TLS', async () => {
  const silent = createPlainServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const target = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port, tls };
  await expect(fetchSession(target, 50 * NS_PER_MS)).rejects.toMatchObject({
    code: 'STREAM',
    message: `the server at 127.0.0.1:${target.port} gave no TLS session to resume: none came within 0.05 s`,
  });
  silent.on('connection', (socket) => socket.end('hello\n'));
  await expect(fetchSession(target)).rejects.toThrow('gave no TLS session to resume: ');
  silent.close();
});

it.each(transportIds.filter((id) => transports[id].capabilities.streamsPerConnection === 'one'))(
  '%s: streams on resumed sessions are whole',
  async (transport: TransportId) => {
    await using server = await startTestServer(transport, {
      population: testPopulation,
      tls: certificate,
    });
    const accounts = new StreamAccounts(
      { transport, payload: 'lean' },
      testPopulation,
      openTokenSource(fastWorkload),
    );
    const client = openProbeClient(transport, {
      listener: receiveStreams(new Recorder(testPopulation), accounts),
      now: () => asInstant(performance.now()),
    });
    const target = { host: '127.0.0.1', port: server.port, tls };
    await client.prepare?.(target);
    for (let stream = 0; stream < testPopulation.streams; stream++) {
      accounts.open(stream);
      client.open(stream, { ...target, path: transports[transport].route(String(stream)) });
    }
    await expect.poll(() => accounts.openStreams, { timeout: 10_000 }).toBe(0);
    await client.close();
    expect(accounts.firstError()).toBeUndefined();
    expect(accounts.allVerified).toBe(true);
    expect(client.tlsSessions?.()).toEqual({ resumed: testPopulation.streams, whole: 0 });
  },
);
