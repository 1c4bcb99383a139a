import { expect, test } from 'vitest';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { fixtureRun } from '../analysis-fixture.ts';
import { steadyMetrics } from './steady.ts';

const [trial] = fixtureRun({ noise: 0, blocks: 1 }).trials as readonly [CompletedTrial];
const value = (id: string, of: CompletedTrial): number | undefined =>
  steadyMetrics.find((metric) => metric.id === id)!.value(of);

test('calls per token are rates over each other, so a count over a longer span than the tokens is no error', () => {
  // 60 000 tokens written and received in 10 s.
  expect(trial.server.windowTokens).toBe(60_000);
  const calls = {
    spanNs: 11e9,
    serverReads: 7,
    serverWrites: 33_000,
    clientReads: 52_800,
    clientWrites: 9,
  };
  expect(value('calls.server.token', { ...trial, calls })).toBeCloseTo(0.5, 12);
  expect(value('calls.client.token', { ...trial, calls })).toBeCloseTo(0.8, 12);
});

test('calls that were not counted are unknown', () => {
  const { calls: _calls, ...uncounted } = trial;
  expect(value('calls.server.token', uncounted)).toBeUndefined();
  expect(value('calls.client.token', uncounted)).toBeUndefined();
});

test('calls per token are unknown in a window without tokens', () => {
  expect(
    value('calls.server.token', { ...trial, server: { ...trial.server, windowTokens: 0 } }),
  ).toBeUndefined();
});

test('segments per token count what the server sent with bytes in it', () => {
  const tokens = trial.openCounts.before.tokens;
  const tcp = { ...trial.tcp!, dataSegmentsOut: tokens / 4 };
  expect(value('segments.token', { ...trial, tcp })).toBeCloseTo(0.25, 12);
  const { tcp: _tcp, ...unread } = trial;
  expect(value('segments.token', unread)).toBeUndefined();
});

test('where the sockets were counted after the ramp too, only what came since then counts', () => {
  const { openCounts, tcp } = trial as CompletedTrial & { tcp: NonNullable<CompletedTrial['tcp']> };
  const earlier = { streams: 100, tokens: 2000, bytes: 4000, preludeBytes: 1000 };
  const later = { ...openCounts.before, tokens: 6000 };
  const counted = {
    ...trial,
    openCounts: { before: later, after: later },
    tcp: { ...tcp, dataSegmentsOut: 2200 },
    afterRamp: {
      tcp: { ...tcp, bytesSent: 4000, bytesRetransmitted: 0, dataSegmentsOut: 200 },
      openCounts: { before: earlier, after: earlier },
    },
  };
  expect(value('segments.token', counted)).toBeCloseTo(2000 / 4000, 12);
  expect(
    value('segments.token', {
      ...counted,
      afterRamp: { openCounts: counted.afterRamp.openCounts },
    }),
  ).toBeUndefined();
});
