import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import { failingTally, limitsRun, ofOneStream, pageStreams, waitingTally } from './fixture.ts';
import type { BrowserLimitsTally } from '../../contract/browser-limits.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { plainPaint } from '../../report/paint.ts';
import { browserLimitsReading } from './reading.ts';
import { browserLimitsParts } from './parts.ts';

const { metrics } = browserLimitsReading;
const analysis = analyse(limitsRun(), browserLimitsReading);
const report = renderReport({ analysis, metrics, parts: browserLimitsParts }, { charts: [] });
const text = renderTerminal(
  { analysis, metrics, parts: browserLimitsParts },
  { paint: plainPaint, reportPath: 'report.md' },
);

const reportOf = (tallyOf: (block: number) => BrowserLimitsTally, blocks = 1): string =>
  renderReport(
    {
      analysis: analyse(
        limitsRun({ blocks, arms: ofOneStream, tallyOf: (_arm, block) => tallyOf(block) }),
        browserLimitsReading,
      ),
      metrics,
      parts: browserLimitsParts,
    },
    { charts: [] },
  );

it('the report of what a browser opens is the one that was read and approved', async () => {
  await expect(report).toMatchFileSnapshot('golden/browser-limits.md');
});

it('the terminal says what was read and approved, in at most 100 columns', async () => {
  await expect(text).toMatchFileSnapshot('golden/browser-limits.txt');
  expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
});

it('counts are not compared: the report knows no ratio, no interval of it and no p-value', () => {
  expect(report).not.toMatch(/^## (Verdicts|How to read this|Exploratory comparisons)$/m);
  expect(report).not.toContain('95 % CI]');
});

it('the version of the browser stands where its limits are said', () => {
  expect(report).toContain('It is what Chromium 999.0.1 does, headless');
});

it('without HTTP/2 the report says that it is another matter, and with it what each server allows', () => {
  expect(reportOf(() => waitingTally)).toContain('- Only HTTP/1.1 took part.');
  expect(report).not.toContain('Only HTTP/1.1 took part');
  expect(report).toContain(
    'SSE over HTTP/2 (as many a connection as the browser chooses, TLS, browser client): the server does not say it, as node:http2 by default. SSE over HTTP/2 (server allows 1000 a connection, TLS, browser client): it says 1000.',
  );
});

it('where all streams opened, no limit is claimed', () => {
  const { next: _next, ...unlimited } = {
    ...failingTally,
    oneByOne: pageStreams(20, 0),
    serverStreams: 20,
  };
  expect(reportOf(() => unlimited)).toContain(
    'No limit was met, and whether there is one beyond is not known from this run.',
  );
});

it('counts and fates that differ between trials are all said', () => {
  const both = reportOf(
    (block) =>
      block === 0
        ? waitingTally
        : { ...failingTally, oneByOne: pageStreams(7, 3, 'failed'), serverStreams: 7 },
    2,
  );
  expect(both).toContain('opened 6 or 7 of 10 streams');
  expect(both).toContain('The next one waits, or fails (close code 1006)');
  expect(both).toContain('waits in 1 of 2 trials');
});

it('a stream that is not served when another is closed is not given a time', () => {
  expect(reportOf(() => ({ ...waitingTally, next: { fate: 'waits' } }))).toContain(
    'is not open within 1.5 s of the closing of another',
  );
});
