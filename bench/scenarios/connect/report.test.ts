import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderCharts } from '../../report/charts/render-charts.ts';
import { connectAnalysis } from './fixture.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { plainPaint } from '../../report/paint.ts';
import { connectReading } from './reading.ts';
import { connectParts } from './parts.ts';

const { metrics } = connectReading;
const charts = [
  {
    file: 'storm-opens-1000-storm.svg',
    title: 'Streams accepted',
    alt: 'Share of the streams that were accepted',
  },
];
const reportOf = (analysis = connectAnalysis()): string =>
  renderReport({ analysis, metrics, parts: connectParts }, { charts });
const textOf = (analysis = connectAnalysis()): string =>
  renderTerminal(
    { analysis, metrics, parts: connectParts },
    { paint: plainPaint, reportPath: 'report.md' },
  );

const sectionOf = (text: string, title: string): string =>
  text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const storms = (text: string): string => sectionOf(text, 'When all come at once');
const kept = (text: string): string =>
  sectionOf(text, 'A new connection for each stream, or a kept one');
const bullets = (text: string): readonly string[] => text.match(/^- .*$/gm) ?? [];

describe('the report of a run about connections', () => {
  it('is the one that was read and approved', async () => {
    await expect(reportOf()).toMatchFileSnapshot('golden/connect.md');
  });

  it('says in the terminal what was read and approved, in at most 100 columns', async () => {
    await expect(textOf()).toMatchFileSnapshot('golden/connect.txt');
    expect(
      Math.max(
        ...textOf(connectAnalysis({ hasFailures: true }))
          .split('\n')
          .map((line) => stringWidth(line)),
      ),
    ).toBeLessThanOrEqual(100);
  });

  it('says how fast a storm was worked off over each transport, and that nothing failed', () => {
    const [sse, ws, failures, kernel] = bullets(storms(reportOf()));
    expect(sse).toMatch(
      /^- Over SSE, the server opens 3125 streams a second while 1000 wait: half of them are accepted within \S+ ms/,
    );
    expect(ws).toMatch(/^- Over WebSocket, the server opens 4000 streams a second/);
    expect(failures).toBe('- No stream failed, in any arm.');
    expect(kernel).toContain('had room for every connection');
  });

  it('says what failed by its cause, and what the kernel dropped', () => {
    const [, ws, failures, kernel] = bullets(
      storms(reportOf(connectAnalysis({ hasFailures: true }))),
    );
    expect(ws).toMatch(/^- Over WebSocket, the server opens 3920 streams a second/);
    expect(failures).toBe(
      '- Over WebSocket, 240 of 12\u202F000 streams of all storms failed (2.0 %): `ECONNREFUSED` ×240. They have no times: the quantiles are those of the others.',
    );
    expect(kernel).toContain(
      'up to 35 connections a storm found the accept queue full and up to 35 first packets were sent again',
    );
    expect(textOf(connectAnalysis({ hasFailures: true }))).toContain('2.00 % failed');
  });

  it('sets new connections beside kept ones, each arm against itself', () => {
    const text = kept(reportOf(connectAnalysis({ noise: 0.001 })));
    const rows = text.match(/^\| First .*$/gm) ?? [];
    expect(
      rows.map((row) =>
        row
          .split('|')
          .slice(1, 3)
          .map((cell) => cell.trim()),
      ),
    ).toEqual(
      // The null arm sends no first answer.
      [
        ['First answer p50', 'SSE'],
        ['First answer p50', 'WebSocket'],
        ['First token p50', 'SSE'],
        ['First token p50', 'WebSocket'],
        ['First token p50', 'TCP (null arm)'],
      ],
    );
    expect(bullets(text)).toHaveLength(3);
  });

  it('claims no saving where the interval does not leave out zero', () => {
    const text = kept(reportOf(connectAnalysis({ noise: 1 })));
    expect(bullets(text)[0]).toContain('no difference was shown');
    expect(bullets(text).join(' ')).not.toContain('saves');
  });

  it('counts the round trips of a network, and says that they were not measured', () => {
    const text = kept(reportOf());
    expect(text).toContain('Not measured here but counted');
    expect(
      text.match(/^\| (?:HTTP|the same|WebSocket that).*$/gm)?.map((row) =>
        row
          .split('|')
          .slice(2, 5)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['2 r', 'r', 'r, for r = 50 ms: 50 ms'],
      ['3 r', 'r', '2 r, for r = 50 ms: 100 ms'],
      ['3 r', 'r', '2 r, for r = 50 ms: 100 ms'],
      ['4 r', 'r', '3 r, for r = 50 ms: 150 ms'],
    ]);
  });

  it('sets a whole TLS handshake beside a resumed session and a kept connection, where arms are over TLS', () => {
    const report = reportOf(connectAnalysis({ isOverTls: true, noise: 0.001 }));
    const text = sectionOf(report, 'A whole TLS handshake, or a resumed session');
    const [sse, ws, ...others] = bullets(text);
    expect(others).toEqual([]);
    expect(sse).toMatch(
      /^- Over SSE \(TLS\), a stream opens in \d+ µs with a whole handshake and in \d+ µs with a resumed session, which saves \d+ µs; on a kept connection the answer takes \d+ µs\. The server saves \S+ [µm]s of \S+ [µm]s of processor time a stream\.$/,
    );
    expect(ws).toContain('Over WebSocket (TLS)');
    expect(text.match(/^\| Open latency p50 .*$/gm)).toHaveLength(2);
    expect(text).not.toMatch(/undefined|NaN/);
    expect(report).toContain('only at load points that say so is a session resumed');
    expect(textOf(connectAnalysis({ isOverTls: true, noise: 0.001 }))).toMatch(
      /Open latency \(median\), whole TLS handshake → resumed session: SSE \(TLS\) \d+ µs →\s+\d+ µs/,
    );
  });

  it('says nothing of sessions where no arm is over TLS, and no saving where none was shown', () => {
    expect(reportOf()).not.toContain('resumed session');
    const text = reportOf(connectAnalysis({ isOverTls: true, noise: 1 }));
    expect(bullets(sectionOf(text, 'A whole TLS handshake, or a resumed session'))[0]).toContain(
      'no difference was shown in open latency',
    );
  });

  it('has no number that is none', () => {
    expect(storms(reportOf()) + kept(reportOf())).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('has one chart for each storm', async () => {
    const drawn = await renderCharts({ analysis: connectAnalysis(), metrics, parts: connectParts });
    expect(drawn.map(({ file }) => file)).toEqual(['storm-opens-1000-storm.svg']);
    expect(drawn[0]?.svg).toContain('streams accepted');
  });
});
