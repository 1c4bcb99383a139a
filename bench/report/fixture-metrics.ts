// The made-up metrics of report-fixture.ts: a few of every unit, group and verdict.

import type { MetricUnit } from '../analysis/metrics/metric.ts';
import type { Verdict } from '../analysis/analysis.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import { KIB, NS_PER_US } from '../contract/units.ts';
import type { MetricText } from './report-context.ts';

export interface FixtureMetric extends MetricText {
  /** By transport, at 100 connections. */
  readonly base: Readonly<Partial<Record<TransportId, number>>>;
  /** Spread of the logarithm over trials. */
  readonly spread: number;
  readonly verdict: Partial<Verdict> & Pick<Verdict, 'kind'>;
}

type Extras = Partial<Pick<FixtureMetric, 'endpoint' | 'verdict' | 'spread' | 'better'>>;

function metric(
  [id, title, definition]: readonly [string, string, string],
  unit: MetricUnit,
  [sse, ws, tcp]: readonly [number, number, number],
  extras: Extras = {},
): FixtureMetric {
  const scale = unit === 'ns' || unit === 'ns/token' ? NS_PER_US : 1;
  const base = { sse: sse * scale, ws: ws * scale, tcp: tcp * scale };
  return {
    id,
    title,
    definition,
    unit,
    base,
    better: 'lower',
    spread: 0.05,
    verdict: { kind: 'inconclusive' },
    ...extras,
  };
}

const exactly = { kind: 'exact', favours: 'ws' } as const;

/** Times in µs, sizes in bytes. */
export const fixtures: readonly FixtureMetric[] = [
  metric(['connect.p50', 'TCP connect, median', 'c2 − c1'], 'ns', [91, 91.5, 91], {
    spread: 0.03,
    verdict: { kind: 'equivalent' },
  }),
  metric(
    ['open.p50', 'Open latency, median', 'c4 − c1: headers of SSE, 101 of WebSocket'],
    'ns',
    [610, 720, 240],
    {
      endpoint: 'P1',
      verdict: { kind: 'equivalent', differenceDetected: true },
    },
  ),
  metric(
    ['ttft.overhead.p50', 'Time to first token, overhead, median', '(c5₀ − c1) − o₀'],
    'ns',
    [1320, 1290, 1100],
    {
      endpoint: 'P2',
      spread: 0.2,
      verdict: { kind: 'inconclusive', blocksNeeded: 25 },
    },
  ),
  metric(['delivery.p50', 'Delivery, median', 'c5 − s2'], 'ns', [660, 575, 540], {
    endpoint: 'P3',
    verdict: { kind: 'better', favours: 'ws' },
  }),
  metric(
    ['delivery.p99', 'Delivery, 99th percentile', 'c5 − s2 | nearest rank'],
    'ns',
    [3100, 2900, 2500],
    {
      endpoint: 'P4',
      spread: 0.4,
      verdict: { kind: 'not-resolvable', blocksNeeded: 40 },
    },
  ),
  metric(['delivery.p90', 'Delivery, 90th percentile', 'c5 − s2'], 'ns', [1190, 1100, 1080]),
  metric(['delivery.ready.p50', 'Ready to received, median', 'c5 − s2′'], 'ns', [148, 141, 112]),
  metric(['pacer.wait.p50', 'Wait for the pacer, median', 's2′ − s2'], 'ns', [511, 509, 510]),
  metric(
    ['jitter.p99', 'Jitter against the plan, 99th percentile', '|eᵢ − eᵢ₋₁|'],
    'ns',
    [1900, 1800, 1700],
    { spread: 0.3 },
  ),
  metric(
    ['coalescing', 'Tokens per read', 'tokens / reads'],
    'tokens/read',
    [1.004, 1.003, 1.002],
    {
      spread: 0.001,
      better: 'neither',
    },
  ),
  metric(
    ['cpu.server.token', 'Server CPU per token', 'Δ(user + system) / tokens'],
    'ns/token',
    [21.4, 19.1, 14],
    {
      endpoint: 'P5',
      verdict: { kind: 'size-uncertain', favours: 'ws' },
    },
  ),
  metric(
    ['bytes.token', 'Bytes per token, application', 'framed tokens / tokens'],
    'bytes/token',
    [52.2, 29.1, 28.1],
    {
      spread: 0,
      verdict: exactly,
    },
  ),
  metric(
    ['bytes.token.tcp', 'Bytes per token, TCP payload', '(sent − retransmitted) / tokens'],
    'bytes/token',
    [53.1, 30, 28.9],
    {
      spread: 0.0001,
      verdict: exactly,
    },
  ),
  metric(
    ['bytes.token.wire', 'Bytes per token, on the wire', 'TCP payload + 52 · segments'],
    'bytes/token',
    [157.2, 134.9, 133],
    {
      spread: 0.001,
      verdict: exactly,
    },
  ),
  metric(
    ['memory.pss', 'Server memory per stream (PSS)', 'PSS at the end of the window'],
    'bytes',
    [25.1 * KIB, 24.2 * KIB, 11 * KIB],
  ),
  metric(
    ['memory.connection', 'Memory per connection', 'slope over connection counts'],
    'bytes',
    [Number.NaN, Number.NaN, Number.NaN],
    {
      endpoint: 'P6',
      verdict: { kind: 'not-measured', reason: 'needs the scenario idle' },
    },
  ),
];

export const fixtureMetrics: readonly MetricText[] = fixtures.map(
  ({ base: _base, spread: _spread, verdict: _verdict, ...text }) => text,
);
