import { describe, expect, it, vi } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { searchedRun, searchPlan } from './searched-run-fixture.ts';
import { renderCharts } from '../../report/charts/render-charts.ts';
import { widthOf } from '../../report/report-fixture.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { plainPaint } from '../../report/paint.ts';
import { capacityReading } from './reading.ts';
import { capacityParts } from './parts.ts';

const { metrics } = capacityReading;

/**
 * WebSocket carries a tenth more; the capacity of each varies by a few percent from block to block.
 */
const capacity = (transport: string, block: number): number =>
  (transport === 'ws' ? 3300 : 3000) * (1 + 0.02 * Math.sin(7 * block));

const answered = analyse(await searchedRun({ capacity }), capacityReading);
const limited = analyse(
  await searchedRun({ capacity, search: { clientCapacity: 3400 }, isClientSufficient: false }),
  capacityReading,
);
const atMost = analyse(
  await searchedRun({
    capacity,
    plan: {
      loadPoints: [{ connections: 1000, span: 'search' }],
      search: { ...searchPlan.search!, mostStreams: 1000 },
    },
  }),
  capacityReading,
);

const reportOf = async (analysis: Analysis): Promise<string> =>
  renderReport(
    { analysis, metrics, parts: capacityParts },
    { charts: await renderCharts({ analysis, metrics, parts: capacityParts }) },
  );
const terminalOf = (analysis: Analysis): string =>
  renderTerminal(
    { analysis, metrics, parts: capacityParts },
    { paint: plainPaint, reportPath: 'reports/x/report.md' },
  );

describe('the report of searches', () => {
  it.each([
    ['capacity', answered],
    ['capacity-limited', limited],
  ])('%s is the one that was read and approved', async (name, analysis) => {
    await expect(await reportOf(analysis)).toMatchFileSnapshot(`golden/${name}.md`);
    await expect(terminalOf(analysis)).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it('finds the arm that carries a tenth more, to within the width of the grid', () => {
    const comparison = answered.loadPoints[0]?.comparisons.find(
      ({ metric }) => metric === 'capacity.streams',
    );
    expect(comparison).toMatchObject({
      endpoint: 'P7',
      blocks: 7,
      verdict: { kind: 'better', favours: 'ws' },
    });
    expect(comparison?.ratio?.value).toBeGreaterThan(1.1 / 1.05);
    expect(comparison?.ratio?.value).toBeLessThan(1.1 * 1.05);
  });

  it('keeps answers that are only "at least" as bounds: an arm may be better by them, by no more than is known', async () => {
    const comparison = limited.loadPoints[0]?.comparisons.find(
      ({ metric }) => metric === 'capacity.streams',
    );
    expect(comparison).toMatchObject({ ratio: undefined, difference: undefined, blocks: 5 });
    expect(['better', 'inconclusive']).toContain(comparison?.verdict.kind);
    expect(comparison?.sentence).toContain('some answers are only "at least"');
    expect(comparison?.verdict.kind === 'better' ? comparison.verdict.favours : 'ws').toBe('ws');
    expect(limited.loadPoints[0]?.harnessLimited.join()).toContain('H11');
    const atHeadline = limited.loadPoints[0]?.comparisons.find(
      ({ metric }) => metric === 'cpu.token.headline',
    );
    expect(atHeadline).toMatchObject({ blocks: 7, verdict: { kind: 'equivalent' } });
    const report = await reportOf(limited);
    expect(report).toContain('WebSocket: 2 of 7 searches were **HARNESS LIMITED**');
    expect(report).toContain('Proof of the client: **failed**.');
  });

  it('gives no order where both arms are only known to carry "at least" so many', () => {
    const comparison = atMost.loadPoints[0]?.comparisons.find(
      ({ metric }) => metric === 'capacity.streams',
    );
    expect(comparison).toMatchObject({ blocks: 0, verdict: { kind: 'inconclusive' } });
    expect(comparison?.sentence).toContain(
      'Capacity is undecided: some answers are only "at least"',
    );
  });

  it('says by which rule a load was lost: today’s, or that of a run from before', async () => {
    expect(await reportOf(answered)).toContain(
      '99.5 % of the tokens that are due in the window arrive in it',
    );
    const today = analyse(
      await searchedRun({ capacity, plan: { search: { ...searchPlan.search!, verifyOneIn: 10 } } }),
      capacityReading,
    );
    expect(await reportOf(today)).toContain(
      'every token that is planned in the window is received before the drain ends',
    );
  });

  it('says so where the most that may be asked for was carried', async () => {
    expect(await reportOf(atMost)).toContain(
      'SSE: 7 of 7 searches carried the most that they may ask for, 1000 streams',
    );
    expect(terminalOf(atMost)).toContain('SSE carried at least ');
  });

  it('shows the path of every search, each load of which can be told again from those before', async () => {
    const report = await reportOf(answered);
    expect(report.match(/^\| (?:burn-in|\d) .*→.*$/gm)).toHaveLength(16);
    expect(answered.capacity.paths).toHaveLength(16);
  });

  it('counts curves and proof as trials of the run, but not as a block', () => {
    expect(answered.trials).toEqual({ planned: 19, completed: 19, failed: 0, burnIn: 2 });
    expect([answered.isComplete, answered.blocks.measured]).toEqual([true, 7]);
  });

  it('of a run without curves, or without any answer, still renders', async () => {
    const run = await searchedRun({ capacity });
    const early = analyse({ ...run, trials: run.trials.slice(0, 6) }, capacityReading);
    expect([early.isComplete, early.capacity.curves, early.capacity.proof]).toEqual([
      false,
      [],
      undefined,
    ]);
    expect(await reportOf(early)).not.toContain('Proof of the client');
    expect(await reportOf(analyse({ ...run, trials: [] }, capacityReading))).toContain(
      '## What each carries',
    );
  });

  it('fits a terminal of 100 columns', () => {
    for (const analysis of [answered, limited, atMost])
      expect(widthOf(terminalOf(analysis))).toBeLessThanOrEqual(100);
  });
});

describe('the chart of load and latency', () => {
  it('is one, in known colours, without complaints', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const [chart, ...others] = await renderCharts({
      analysis: answered,
      metrics,
      parts: capacityParts,
    });
    expect([chart?.file, others]).toEqual(['load-latency.svg', []]);
    expect(chart?.svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(chart?.alt).toContain('the highest load of the curve that was carried');
    const body = chart?.svg.slice(chart.svg.indexOf('</style>')) ?? '';
    const used = [...body.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map((match) => match[1] ?? '');
    const known = new Set([
      '#1f2328',
      '#59636e',
      '#d1d9e0',
      '#8c959f',
      '#2f81f7',
      '#e0700b',
      'none',
      'transparent',
    ]);
    expect([...new Set(used)].filter((colour) => !known.has(colour))).toEqual([]);
    expect(warn.mock.calls).toEqual([]);
    warn.mockRestore();
  });
});
