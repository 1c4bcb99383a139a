import { expect, test } from 'vitest';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { NS_PER_US } from '../../contract/units.ts';
import { fixtureRun } from '../analysis-fixture.ts';
import { fixtureDistribution } from '../trial-fixture.ts';
import { declaredOf } from './metric-list.ts';
import { steadyMetrics as metrics } from './steady.ts';

const endpoints = declaredOf(metrics);

const trials = fixtureRun({ noise: 0, blocks: 1 }).trials as readonly CompletedTrial[];
const trialOf = (transport: string): CompletedTrial =>
  trials.find((trial) => trial.arm.transport === transport)!;
const value = (id: string, trial: CompletedTrial): number | undefined =>
  metrics.find((metric) => metric.id === id)!.value(trial);

test('the endpoints come first and in their order', () => {
  expect(metrics.slice(0, endpoints.length)).toEqual(endpoints);
  expect(endpoints.map(({ id, endpoint }) => `${endpoint} ${id}`)).toEqual([
    'P1 open.p50',
    'P2 ttft.overhead.p50',
    'P3 delivery.p50',
    'P9 delivery.ready.p50',
    'P4 delivery.p99',
    'P5 cpu.server.token',
  ]);
});

test('no two metrics share an id, and every endpoint and counted metric has a margin', () => {
  expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length);
  expect(
    metrics
      .filter(({ endpoint, isExact }) => endpoint !== undefined || isExact === true)
      .every(({ margin }) => margin !== undefined),
  ).toBe(true);
});

test('every metric has a value on a trial that has everything', () => {
  expect(metrics.filter((metric) => metric.value(trialOf('sse')) === undefined)).toEqual([]);
});

test('bytes on the socket follow from the specifications', () => {
  // 24 bytes of payload: SSE adds `data: ` and two line ends, and the chunk its size in two digits
  // and two CRLF.
  expect(value('bytes.token', trialOf('sse'))).toBe(24 + 8 + 6);
  expect(value('bytes.token', trialOf('ws'))).toBe(24 + 2);
  expect([value('bytes.payload', trialOf('sse')), value('bytes.payload', trialOf('ws'))]).toEqual([
    24, 24,
  ]);
});

test('payload, framing and resume id add up to the bytes that the sockets counted', () => {
  // 12 bytes of id in each token, in all counters.
  const plain = trialOf('sse');
  const { client, server } = plain;
  const { modelBytes = 0, modelTokenBytes = 0 } = client;
  const ids = 12 * client.tokensReceived;
  const trial = {
    ...plain,
    server: { ...server, bytesWritten: server.bytesWritten + ids },
    client: {
      ...client,
      modelBytes: modelBytes + ids,
      modelTokenBytes: modelTokenBytes + ids,
      modelIdBytes: ids,
    },
  };
  const parts = ['bytes.payload', 'bytes.framing', 'bytes.id'] as const;
  expect(parts.map((id) => value(id, trial))).toEqual([24, 8 + 6, 12]);
  expect(parts.map((id) => value(id, trialOf('ws')))).toEqual([24, 2, 0]);
  expect(value('bytes.token', trial)).toBe(24 + 14 + 12);
  expect(value('bytes.token.without-id', trial)).toBe(24 + 14);
  expect(
    value('bytes.token.wire', trial)! - value('bytes.token.wire.without-id', trial)!,
  ).toBeCloseTo(12, 9);
});

test('a run saved before resume ids were counted has no parts, and its bytes per token all the same', () => {
  const { modelIdBytes: _, ...client } = trialOf('sse').client;
  const old = { ...trialOf('sse'), client };
  expect(
    ['bytes.framing', 'bytes.id', 'bytes.token.without-id'].map((id) => value(id, old)),
  ).toEqual([undefined, undefined, undefined]);
  expect(value('bytes.token', old)).toBe(38);
});

test('bytes of a stream are what is left of all bytes once its tokens are taken away', () => {
  for (const trial of trials) {
    const { server, client } = trial;
    const all =
      client.tokensReceived * value('bytes.token', trial)! +
      server.streamsFinished * value('bytes.stream', trial)!;
    expect(all).toBeCloseTo(server.bytesWritten, 6);
  }
});

test('bytes by TCP_INFO are those of the tokens, without heads and open events', () => {
  for (const trial of trials) {
    expect(value('bytes.token.tcp', trial)).toBeCloseTo(value('bytes.token', trial)!, 9);
    // 6000 tokens; 6000 segments out and 3000 in.
    expect(value('bytes.token.wire', trial)! - value('bytes.token.tcp', trial)!).toBeCloseTo(
      (52 * 9000) / 6000,
      9,
    );
  }
});

test('the tokens behind a TCP_INFO snapshot lie where its bytes lie between the two counts of the server', () => {
  const trial = trialOf('ws');
  const { before } = trial.openCounts;
  const perToken = value('bytes.token', trial)!;
  // 100 tokens more by the second count; the kernel's counts were read when 40 of them had been
  // sent.
  const after = { ...before, tokens: before.tokens + 100, bytes: before.bytes + 100 * perToken };
  const later = {
    ...trial,
    openCounts: { before, after },
    tcp: { ...trial.tcp!, bytesSent: trial.tcp!.bytesSent + 40 * perToken },
  };
  expect(value('bytes.token.tcp', later)).toBeCloseTo(perToken, 9);
  expect(value('bytes.token.wire', later)! - perToken).toBeCloseTo((52 * 9000) / 6040, 9);
});

test('retransmitted bytes are not counted twice', () => {
  const trial = trialOf('ws');
  const retransmitting = {
    ...trial,
    tcp: { ...trial.tcp!, bytesSent: trial.tcp!.bytesSent + 500, bytesRetransmitted: 500 },
  };
  expect(value('bytes.token.tcp', retransmitting)).toBe(value('bytes.token.tcp', trial));
});

test('bytes per token are unknown when a stream did not verify', () => {
  const trial = trialOf('sse');
  expect(
    value('bytes.token', { ...trial, client: { ...trial.client, streamsVerified: 399 } }),
  ).toBeUndefined();
});

test('CPU per token is the window’s CPU time over the window’s tokens, and unknown without tokens', () => {
  const trial = trialOf('sse');
  const { use } = trial.server;
  const server = {
    ...trial.server,
    windowTokens: 1000,
    use: { ...use, cpuUserNs: 15_000 * NS_PER_US, cpuSystemNs: 5000 * NS_PER_US },
  };
  expect(value('cpu.server.token', { ...trial, server })).toBe(20 * NS_PER_US);
  expect(
    value('cpu.server.token', { ...trial, server: { ...server, windowTokens: 0 } }),
  ).toBeUndefined();
});

test('a quantile needs enough independent samples, a maximum none', () => {
  const trial = {
    ...trialOf('sse'),
    distributions: { deliveryScheduledNs: fixtureDistribution(1e6, 300) },
  };
  expect(value('delivery.p90', trial)).toBeGreaterThan(1e6);
  expect(value('delivery.p99', trial)).toBeUndefined();
  expect(value('delivery.max', trial)).toBeGreaterThan(1e6);
  expect(value('open.p50', trial)).toBeUndefined();
});

test('memory per stream is the growth over the open streams, and unknown without both readings', () => {
  const trial = trialOf('sse');
  expect(value('memory.uss', trial)).toBe((1024 * 1024) / 100);
  expect(value('memory.uss', { ...trial, memory: { openStreams: 100 } })).toBeUndefined();
});

test('tokens per read are unknown for a client that cannot see its reads', () => {
  const trial = trialOf('sse');
  const { tokenReads: _tokenReads, ...client } = trial.client;
  expect(value('coalescing', trial)).toBe(1.25);
  expect(value('coalescing', { ...trial, client })).toBeUndefined();
});
