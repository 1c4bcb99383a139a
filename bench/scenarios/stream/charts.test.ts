import { describe, expect, it, vi } from 'vitest';
import { copyAnalysis, equalArmsAnalysis, pilotAnalysis } from '../../report/fixture-designs.ts';
import { fixtureMetrics } from '../../report/fixture-metrics.ts';
import { fullAnalysis, smokeAnalysis } from '../../report/report-fixture.ts';
import { renderCharts } from '../../report/charts/render-charts.ts';
import { streamParts } from './parts.ts';

describe('the charts of a run', () => {
  it('are a load sweep, and for each load point the quantiles and the paired ratios', async () => {
    const charts = await renderCharts({
      analysis: fullAnalysis(),
      metrics: fixtureMetrics,
      parts: streamParts,
    });
    expect(charts.map((chart) => chart.file)).toEqual([
      'load-sweep.svg',
      'delivery-quantiles-100.svg',
      'paired-ratios-100-ws.svg',
      'delivery-quantiles-1000.svg',
      'paired-ratios-1000-ws.svg',
    ]);
  });

  it('have no sweep with a single load point', async () => {
    const charts = await renderCharts({
      analysis: smokeAnalysis(),
      metrics: fixtureMetrics,
      parts: streamParts,
    });
    expect(charts.map((chart) => chart.file)).toEqual([
      'delivery-quantiles-100.svg',
      'paired-ratios-100-ws.svg',
    ]);
  });

  it('never compare the copy of the baseline, which only has its line among the quantiles', async () => {
    const charts = await renderCharts({
      analysis: copyAnalysis(),
      metrics: fixtureMetrics,
      parts: streamParts,
    });
    expect(charts.map((chart) => chart.file)).toEqual([
      'delivery-quantiles-100.svg',
      'paired-ratios-100-ws.svg',
    ]);
    expect(charts[0]!.svg).toContain('SSE (copy)');
    expect(charts[1]!.svg).not.toContain('SSE (copy)');
    expect(
      (
        await renderCharts({
          analysis: equalArmsAnalysis(),
          metrics: fixtureMetrics,
          parts: streamParts,
        })
      ).map((chart) => chart.file),
    ).toEqual(['delivery-quantiles-100.svg']);
  });

  it('of endpoints that fewer blocks support share one axis, without complaints', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const analysis = smokeAnalysis();
    const loadPoints = analysis.loadPoints.map((point) => ({
      ...point,
      comparisons: point.comparisons.map((one, index) =>
        index === 0 ? { ...one, pairs: one.pairs.slice(0, 1) } : one,
      ),
    }));
    expect(
      await renderCharts({
        analysis: { ...analysis, loadPoints },
        metrics: fixtureMetrics,
        parts: streamParts,
      }),
    ).toHaveLength(2);
    expect(warn.mock.calls).toEqual([]);
    warn.mockRestore();
  });

  it('are none for a pilot, since each of them compares', async () => {
    expect(
      await renderCharts({
        analysis: pilotAnalysis(),
        metrics: fixtureMetrics,
        parts: streamParts,
      }),
    ).toEqual([]);
  });

  it('stay as wide as they are when the names of arms are long', async () => {
    const analysis = smokeAnalysis();
    const long = 'tail 1 % + 20 ms, in a relay that holds every read for 1 ms';
    const arms = analysis.plan.arms.map((arm) => Object.assign({}, arm, { label: long }));
    const rename = (name: string): string => `${name}+${long}`;
    const loadPoints = analysis.loadPoints.map((point) =>
      Object.assign({}, point, {
        arms: point.arms.map((one, index) =>
          Object.assign({}, one, { name: rename(one.name), arm: arms[index] }),
        ),
        comparisons: point.comparisons.map((one) =>
          Object.assign({}, one, { otherArm: rename(one.otherArm) }),
        ),
        deliveryCurves: point.deliveryCurves.map((curve) =>
          Object.assign({}, curve, { arm: rename(curve.arm) }),
        ),
      }),
    );
    const charts = await renderCharts({
      analysis: {
        ...analysis,
        baseline: rename('sse'),
        plan: { ...analysis.plan, arms },
        loadPoints,
      },
      metrics: fixtureMetrics,
      parts: streamParts,
    });
    const widths = charts.map(({ svg }) => Number(/width="(\d+)/.exec(svg)?.[1]));
    expect(widths).toHaveLength(2);
    expect(Math.max(...widths)).toBeLessThan(1000);
  });

  it('are the same to the byte when drawn again', async () => {
    const [first, second] = [
      await renderCharts({ analysis: fullAnalysis(), metrics: fixtureMetrics, parts: streamParts }),
      await renderCharts({ analysis: fullAnalysis(), metrics: fixtureMetrics, parts: streamParts }),
    ];
    expect(second).toEqual(first);
  });

  it('describe themselves and follow the colour scheme of the reader', async () => {
    for (const { svg, title } of await renderCharts({
      analysis: fullAnalysis(),
      metrics: fixtureMetrics,
      parts: streamParts,
    })) {
      expect(svg).toContain(`<title>${title}</title>`);
      expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="[^"]+"/);
      expect(svg).toContain('@media (prefers-color-scheme: dark)');
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('draw text and lines only in colours that have a dark counterpart, and data in the colour of its arm', async () => {
    const known = new Set([
      '#1f2328',
      '#59636e',
      '#d1d9e0',
      '#8c959f',
      '#2f81f7',
      '#e0700b',
      '#848d97',
      'none',
      'transparent',
    ]);
    for (const { svg } of await renderCharts({
      analysis: fullAnalysis(),
      metrics: fixtureMetrics,
      parts: streamParts,
    })) {
      const body = svg.slice(svg.indexOf('</style>'));
      const used = [...body.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map((match) => match[1] ?? '');
      expect([...new Set(used)].filter((colour) => !known.has(colour))).toEqual([]);
    }
  });

  it('leave out what a run does not have', async () => {
    const analysis = smokeAnalysis();
    const [point] = analysis.loadPoints;
    const empty = { ...point!, deliveryCurves: [], comparisons: [] };
    expect(
      await renderCharts({
        analysis: { ...analysis, loadPoints: [empty] },
        metrics: fixtureMetrics,
        parts: streamParts,
      }),
    ).toEqual([]);
  });
});
