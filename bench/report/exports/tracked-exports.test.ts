import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { steadyMetrics as metrics } from '../../analysis/metrics/steady.ts';
import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { fixtureMetrics } from '../fixture-metrics.ts';
import { fullAnalysis, invalidAnalysis } from '../report-fixture.ts';
import { measureSlug, renderBencher } from './bencher.ts';
import { renderGithubBenchmark } from './github-benchmark.ts';
import { untrackedLoadPoints } from './tracked-estimates.ts';

const tracked = fixtureMetrics.map((metric) =>
  Object.assign({ isExact: metric.id.startsWith('bytes.') }, metric),
);

/**
 * Fields that github-action-benchmark reads from a custom benchmark: extractCustomBenchmarkResult
 * in its src/extract.ts.
 */
const entriesSchema = z.array(
  z.strictObject({
    name: z.string(),
    unit: z.string(),
    value: z.number(),
    range: z.string().optional(),
    extra: z.string().optional(),
  }),
);

/** https://bencher.dev/bmf.json */
const bmfSchema = z.record(
  z.string().min(1).max(1024),
  z.record(
    z.string().min(1).max(64),
    z.strictObject({
      value: z.number(),
      lower_value: z.number().optional(),
      upper_value: z.number().optional(),
    }),
  ),
);

const entriesOf = (analysis: Analysis) =>
  entriesSchema.parse(JSON.parse(renderGithubBenchmark({ analysis, metrics: tracked })));
const benchmarksOf = (analysis: Analysis) =>
  bmfSchema.parse(JSON.parse(renderBencher({ analysis, metrics: tracked })));

function withFirstPoint(edit: (point: LoadPointAnalysis) => LoadPointAnalysis): Analysis {
  const analysis = fullAnalysis();
  return { ...analysis, loadPoints: analysis.loadPoints.slice(0, 1).map(edit) };
}

describe('github-action-benchmark', () => {
  it('gets endpoints and counted metrics of which less is better, of every arm but the null arm, at every load point', () => {
    const names = entriesOf(fullAnalysis()).map(({ name }) => name);
    expect(names).toHaveLength(2 * 2 * 8);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('stream, sse, 100 connections: '))).toEqual(
      [
        'open.p50',
        'ttft.overhead.p50',
        'delivery.p50',
        'delivery.p99',
        'cpu.server.token',
        'bytes.token',
        'bytes.token.tcp',
        'bytes.token.wire',
      ].map((id) => `stream, sse, 100 connections: ${id}`),
    );
  });

  it('gets no metric of which more is better, for the tool has one direction', () => {
    const turned = tracked.map((metric) =>
      metric.id === 'delivery.p50' ? { ...metric, better: 'higher' as const } : metric,
    );
    expect(renderGithubBenchmark({ analysis: fullAnalysis(), metrics: turned })).not.toContain(
      'delivery.p50',
    );
  });

  it('gets half the width of the interval as a range that the tool can read', () => {
    const analysis = withFirstPoint((point) => ({
      ...point,
      summaries: point.summaries.map((summary) => ({
        ...summary,
        estimate: { value: 10, low: 8.5, high: 12, trials: 12 },
      })),
    }));
    expect(entriesOf(analysis)[0]).toEqual({
      name: 'stream, sse, 100 connections: open.p50',
      unit: 'ns',
      value: 10,
      range: '± 1.75',
      extra: 'trials: 12\nverdict: baseline',
    });
    // The pattern is that of extractRangeInfo of the tool.
    const ranges = entriesOf(fullAnalysis()).map(
      ({ range }) => /^± (\d.*)$/.exec(range ?? '')?.[1],
    );
    expect(
      ranges.filter((range) => range === undefined || !Number.isFinite(Number(range))),
    ).toEqual([]);
  });

  it('gets no range of a single trial', () => {
    const estimate = { value: 10, low: undefined, high: undefined, trials: 1 };
    const analysis = withFirstPoint((point) => ({
      ...point,
      summaries: point.summaries.map((summary) => ({ ...summary, estimate })),
    }));
    expect(entriesOf(analysis).every((entry) => !('range' in entry))).toBe(true);
  });

  it('gets the verdict against the baseline beside the number', () => {
    expect(
      entriesOf(fullAnalysis()).find(
        ({ name }) => name === 'stream, ws, 100 connections: delivery.p50',
      )?.extra,
    ).toBe('trials: 12\nverdict: WebSocket against SSE: WebSocket better');
  });
});

describe('Bencher', () => {
  it('gets every measured metric of every arm but the null arm, with its interval', () => {
    const benchmarks = benchmarksOf(fullAnalysis());
    expect(Object.keys(benchmarks)).toEqual([
      'stream, sse, 100 connections',
      'stream, ws, 100 connections',
      'stream, sse, 1000 connections',
      'stream, ws, 1000 connections',
    ]);
    const measures = benchmarks['stream, ws, 100 connections']!;
    // All but memory.connection, which the fixture did not measure.
    expect(Object.keys(measures)).toEqual(
      tracked.filter(({ id }) => id !== 'memory.connection').map((metric) => measureSlug(metric)),
    );
    const { value, lower_value: low, upper_value: high } = measures['delivery-p50-ns']!;
    expect([low! < value, value < high!]).toEqual([true, true]);
  });

  it('gets a value alone where there is no interval', () => {
    const estimate = { value: 10, low: undefined, high: undefined, trials: 1 };
    const analysis = withFirstPoint((point) => ({
      ...point,
      summaries: point.summaries.map((summary) => ({ ...summary, estimate })),
    }));
    expect(benchmarksOf(analysis)['stream, sse, 100 connections']!['open-p50-ns']).toEqual({
      value: 10,
    });
  });

  it('gets slugs that it accepts, each once, with the unit at the end', () => {
    const slugs = metrics.map((metric) => measureSlug(metric));
    expect(
      slugs.filter((slug) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(slug) || slug.length > 64),
    ).toEqual([]);
    expect(new Set(slugs).size).toBe(metrics.length);
    expect(slugs).toEqual(
      expect.arrayContaining([
        'delivery-p99-ns',
        'rate-tokens-per-s',
        'bytes-token-bytes-per-token',
      ]),
    );
  });
});

describe('what nobody should be alarmed by', () => {
  it('stays out, and the load points that do are named with the reason', () => {
    const analysis = invalidAnalysis();
    expect([entriesOf(analysis), benchmarksOf(analysis)]).toEqual([[], {}]);
    expect(untrackedLoadPoints(analysis)).toEqual([
      '100 connections left out of the export: HARNESS-LIMITED: client busier than 70 %',
      '1000 connections left out of the export: INVALID: 3 tokens lost over WebSocket',
    ]);
    expect(untrackedLoadPoints(fullAnalysis())).toEqual([]);
  });

  it('includes the numbers that a missed control between two arms voids, of both, and no others', () => {
    const limited = withFirstPoint((point) => ({
      ...point,
      missedControls: [
        { gate: 'H9ready', otherArm: 'ws', reason: 'H9ready 30 µs', voids: ['delivery.p50'] },
      ],
    }));
    const left = withFirstPoint((point) => point);
    const names = new Set(entriesOf(limited).map(({ name }) => name));
    expect(
      entriesOf(left)
        .map(({ name }) => name)
        .filter((name) => !names.has(name)),
    ).toEqual([
      'stream, sse, 100 connections: delivery.p50',
      'stream, ws, 100 connections: delivery.p50',
    ]);
    expect(untrackedLoadPoints(limited)).toEqual([
      '100 connections, ws and sse: what depends on a control is left out of the export: HARNESS-LIMITED: H9ready 30 µs',
    ]);
  });

  it('includes an arm that repeats another to show the noise', () => {
    const analysis = withFirstPoint((point) => ({
      ...point,
      arms: point.arms.map((arm) =>
        arm.name === 'ws' ? { ...arm, arm: { ...arm.arm, label: 'copy' } } : arm,
      ),
    }));
    expect(Object.keys(benchmarksOf(analysis))).toEqual(['stream, sse, 100 connections']);
  });
});
