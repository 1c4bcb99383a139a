import { expect, it } from 'vitest';
import type { Analysis, LoadPointAnalysis } from '../analysis/analysis.ts';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import type { Arm } from '../contract/arms/arms.ts';
import { NS_PER_MS, NS_PER_US } from '../contract/units.ts';
import { renderBrowser, renderBrowserText } from './browser.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { renderReport } from './report.ts';
import { fullAnalysis, widthOf } from './report-fixture.ts';
import { streamReading } from '../scenarios/stream/reading.ts';
import { streamParts } from '../scenarios/stream/parts.ts';

const arms: readonly (Arm & { name: string })[] = [
  { name: 'sse/browser', transport: 'sse', client: 'browser', path: 'direct' },
  { name: 'sse/browser-fetch', transport: 'sse', client: 'browser-fetch', path: 'direct' },
];

/** Times in the order of the arms. */
const times: Readonly<Record<string, readonly [number, number]>> = {
  'delivery.transport.p50': [700 * NS_PER_US, 900 * NS_PER_US],
  'append.page.p50': [30 * NS_PER_US, 60 * NS_PER_US],
  'append.transport.p50': [740 * NS_PER_US, 970 * NS_PER_US],
  'append.transport.p99': [2.5 * NS_PER_MS, 3.5 * NS_PER_MS],
};

function pageAnalysis(): Analysis {
  const full = fullAnalysis();
  const loadPoint = { connections: 4 };
  const point: LoadPointAnalysis = {
    loadPoint,
    arms: arms.map(({ name, ...arm }) => ({ name, arm, completed: 9, failed: 0 })),
    comparisons: [],
    noiseFloors: [],
    summaries: Object.entries(times).flatMap(([metric, values]) =>
      arms.map(({ name }, index) => ({
        metric,
        arm: name,
        estimate: { value: values[index]!, low: undefined, high: undefined, trials: 9 },
        values: [],
        note: undefined,
      })),
    ),
    gates: [],
    deliveryCurves: [],
    invalid: [],
    harnessLimited: [],
  };
  return {
    ...full,
    plan: {
      ...full.plan,
      arms: arms.map(({ name: _name, ...arm }) => arm),
      loadPoints: [loadPoint],
    },
    baseline: 'sse/browser',
    loadPoints: [point],
    browser: {
      arms: arms.map(({ name }, index) => ({
        arm: name,
        versions: ['HeadlessChrome/140.0.7339.16'],
        isIsolated: index === 0,
        resolutionNs: 5 * NS_PER_US,
        uncertaintyNs: { median: 150 * NS_PER_US, worst: (200 + 50 * index) * NS_PER_US },
        moved: index,
        trials: 9,
      })),
    },
  };
}

const contextOf = (analysis: Analysis) => ({
  analysis,
  metrics: metricsOfPlan(streamReading, analysis.plan),
});

it('the section shows the way of a token, arm by arm, and how well the clock was known', () => {
  const text = renderMarkdown(renderBrowser(contextOf(pageAnalysis())));
  expect(text).toContain('in headless Chromium, which calls itself HeadlessChrome/140.0.7339.16');
  expect(text).toMatch(/\| Write to DOM p50 +\| +740 µs \| +970 µs \|/);
  expect(text).toMatch(
    /\| SSE \(browser client\) +\| +±150 µs \| ±200 µs \| 5\.00 µs \| yes +\| +0 of 9 \|/,
  );
  expect(text).toMatch(
    /\| SSE \(browser-fetch client\) +\| +±150 µs \| ±250 µs \| 5\.00 µs \| \*\*no\*\* +\| +1 of 9 \|/,
  );
});

it('the terminal says it in a line an arm', () => {
  const text = renderBrowserText(contextOf(pageAnalysis()));
  expect(text.replaceAll(/\s+/g, ' ')).toBe(
    "SSE (browser client): from the write to the DOM p50 740 µs, p99 2.50 ms; of it in the page's callback p50 30.0 µs" +
      " SSE (browser-fetch client): from the write to the DOM p50 970 µs, p99 3.50 ms; of it in the page's callback p50 60.0 µs" +
      ' Page in HeadlessChrome/140.0.7339.16; its clock is known to ±250 µs.',
  );
  expect(widthOf(text)).toBeLessThanOrEqual(100);
});

it('the report says what a page makes different and what it does not show', () => {
  const report = renderReport(
    {
      analysis: pageAnalysis(),
      metrics: metricsOfPlan(streamReading, pageAnalysis().plan),
      parts: streamParts,
    },
    { charts: [] },
  );
  expect(report).toContain(
    'a parser in the page splits it into events after the first time was taken',
  );
  expect(report).toContain('no TCP connect to compare as a negative control');
  expect(report).toContain('One browser took part, headless');
  expect(report).toContain('c7 when the token’s text was in the DOM');
});

it('a run without a page says nothing of one', () => {
  const full = fullAnalysis();
  expect(renderBrowser(contextOf(full))).toEqual([]);
  expect(renderBrowserText(contextOf(full))).toBe('');
  expect(
    metricsOfPlan(streamReading, full.plan).filter(({ id }) => /^append|browser|page/.test(id)),
  ).toEqual([]);
});
