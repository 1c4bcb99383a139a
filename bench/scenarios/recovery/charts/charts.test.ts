import { describe, expect, it, vi } from 'vitest';
import type { Analysis } from '../../../analysis/analysis.ts';
import type { RecoveryFindings } from '../findings.ts';
import {
  brokenReconnectAnalysis,
  herdAnalysis,
  reconnectAnalysis,
  recoveryFixtureMetrics,
} from '../report/fixture-recovery.ts';
import type { Chart } from '../../../report/charts/chart.ts';
import { renderCharts } from '../../../report/charts/render-charts.ts';
import { reconnectParts } from '../parts.ts';

type Faulted = Analysis & RecoveryFindings;

const chartsOf = (analysis: Faulted): Promise<readonly Chart[]> =>
  renderCharts({ analysis, metrics: recoveryFixtureMetrics, parts: reconnectParts });
const allCharts = async (): Promise<readonly Chart[]> => [
  ...(await chartsOf(reconnectAnalysis())),
  ...(await chartsOf(herdAnalysis())),
];

describe('the charts of a run that breaks something', () => {
  it('are the ratios and one clock for each load and policy, and for a herd one curve for each load', async () => {
    expect((await chartsOf(reconnectAnalysis())).map(({ file }) => file)).toEqual([
      'fault-ratios-100-identical-ws.svg',
      'reconnect-clock-100-identical.svg',
    ]);
    expect((await chartsOf(herdAnalysis())).map(({ file }) => file)).toEqual([
      'herd-recovery-500.svg',
      'herd-recovery-2000.svg',
    ]);
  });

  it('have a panel for each fault with the time to the first unseen token, or why there is none', async () => {
    const [, chart] = await chartsOf(reconnectAnalysis());
    for (const text of [
      'F1 Graceful close',
      'F12 Lost state',
      '254 ms',
      '64.4 s',
      '5.00 s for 20 %',
      'not interrupted',
      'never back',
    ])
      expect(chart?.svg).toContain(`>${text}</text>`);
    expect(chart?.alt).toContain('F2 Reset: SSE 254 ms, WebSocket 255 ms;');
  });

  it('leave out a fault of which no trial was measured, and are none without any', async () => {
    const broken = brokenReconnectAnalysis();
    const [, chart] = await chartsOf(broken);
    expect(chart?.svg).not.toContain('F12 Lost state');
    const faults = broken.recovery.faults.map((fault) => Object.assign({}, fault, { arms: [] }));
    expect(await chartsOf({ ...broken, loadPoints: [], recovery: { absent: [], faults } })).toEqual(
      [],
    );
    expect(await chartsOf({ ...herdAnalysis(), recovery: { absent: [], faults } })).toEqual([]);
  });

  it('have a row in the chart of ratios for each fault with a verdict, and no such chart for two faults', async () => {
    const [chart] = await chartsOf(reconnectAnalysis());
    expect(chart?.alt).toContain(
      'F2 Reset 1.004 [0.992, 1.016]; F3 Kill and restart 1.004 [0.992, 1.016];',
    );
    expect(chart?.svg).toContain('>F10 Slow reader</text>');
    expect(chart?.svg).not.toContain('F12 Lost state');
    const analysis = reconnectAnalysis();
    expect((await chartsOf(brokenReconnectAnalysis()))[0]?.svg).not.toContain('F2 Reset');
    const two = { absent: [], faults: analysis.recovery.faults.slice(0, 2) };
    expect((await chartsOf({ ...analysis, recovery: two })).map(({ file }) => file)).toEqual([
      'reconnect-clock-100-identical.svg',
    ]);
  });

  it('shade how long the cause lasts, and nothing where it is over at once', async () => {
    const analysis = reconnectAnalysis();
    const only = (fault: string): Faulted => ({
      ...analysis,
      recovery: {
        absent: [],
        faults: analysis.recovery.faults.filter(({ loadPoint }) => loadPoint.fault === fault),
      },
    });
    const dashed = 'stroke-dasharray="3,2"';
    expect((await chartsOf(only('kill')))[0]?.svg).toContain(dashed);
    expect((await chartsOf(only('reset')))[0]?.svg).not.toContain(dashed);
  });

  it('are drawn without complaints of Vega, the same to the byte when drawn again', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(await allCharts()).toEqual(await allCharts());
    expect(warn.mock.calls).toEqual([]);
    warn.mockRestore();
  });

  it('describe themselves, follow the colour scheme of the reader and fit a page', async () => {
    const known =
      /^(?:#1f2328|#59636e|#d1d9e0|#8c959f|#2f81f7|#e0700b|#b5446e|#d8a300|#7a6fd0|#1b9e9e|#74b86b|none|transparent)$/;
    for (const { svg, title } of await allCharts()) {
      expect(svg).toContain(`<title>${title}</title>`);
      expect(svg).toContain('@media (prefers-color-scheme: dark)');
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(Number(/width="(\d+)/.exec(svg)?.[1])).toBeLessThan(1050);
      const used = [
        ...svg.slice(svg.indexOf('</style>')).matchAll(/(?:fill|stroke)="([^"]+)"/g),
      ].map((match) => match[1] ?? '');
      expect(used.filter((colour) => !known.test(colour))).toEqual([]);
    }
  });

  it('stay narrow when titles of arms are long', async () => {
    const analysis = reconnectAnalysis();
    const arms = analysis.plan.arms.map((arm) =>
      Object.assign({}, arm, { client: 'undici-eventsource' as const }),
    );
    const faults = analysis.recovery.faults.map((fault) =>
      Object.assign({}, fault, {
        arms: fault.arms.map((arm) =>
          Object.assign({}, arm, { arm: `${arm.arm}/undici-eventsource` }),
        ),
      }),
    );
    const [, chart] = await chartsOf({
      ...analysis,
      plan: { ...analysis.plan, arms },
      recovery: { absent: [], faults },
    });
    expect(chart?.svg).toContain('SSE (undici-eventsource…');
    expect(Number(/width="(\d+)/.exec(chart?.svg ?? '')?.[1])).toBeLessThan(1300);
  });
});
