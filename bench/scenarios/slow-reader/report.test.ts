import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { fixtureDistribution } from '../../analysis/trial-fixture.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import type { StallRecord } from '../../contract/stall.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { plainPaint } from '../../report/paint.ts';
import { slowReaderReading } from './reading.ts';
import { slowReaderParts } from './parts.ts';

const loadPoint = { connections: 10, stopped: 2 };
const { metrics } = slowReaderReading;

const filled: StallRecord = {
  stopped: 2,
  blocked: 2,
  cut: 2,
  toBlockedNs: 3.5 * NS_PER_S,
  toCutNs: 4.5 * NS_PER_S,
  takenBytes: 4 * MIB,
  rssBeforeBytes: 100 * MIB,
  rssPeakBytes: 100 * MIB,
  rssEndBytes: 100 * MIB,
};

function slowAnalysis(stall: StallRecord) {
  const edit = (trial: CompletedTrial): CompletedTrial => ({
    ...trial,
    loadPoint,
    stall,
    distributions: {
      beforeFaultDeliveryNs: fixtureDistribution(NS_PER_MS),
      neighbourDeliveryNs: fixtureDistribution(2 * NS_PER_MS),
    },
  });
  const run = fixtureRun({ plan: { scenario: 'slow-reader', loadPoints: [loadPoint] }, edit });
  const { environment } = run.header;
  const settings = { tcp_wmem: '4096\t16384\t4194304' };
  return analyse(
    { ...run, header: { ...run.header, environment: { ...environment, settings } } },
    slowReaderReading,
  );
}

const reportOf = (stall: StallRecord): string =>
  renderReport({ analysis: slowAnalysis(stall), metrics, parts: slowReaderParts }, { charts: [] });
const sectionOf = (report: string, title: string): string =>
  report.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

describe('the report of clients that stop reading', () => {
  it('says what the kernel took, when the server was told, and when it cut', () => {
    const text = sectionOf(reportOf(filled), 'What becomes of a client that stops reading');
    expect(text).toContain(
      "- Over SSE, 2 of 10 clients stop reading. The kernel takes 4.00 MiB for each, and the server's socket refuses more 3.50 s after the stop." +
        ' Once more than the cap of 1 MiB waits, it is cut: 4.50 s after the stop.',
    );
    expect(text).toContain(
      '100 such clients at once would have it hold 400 MiB. How much it takes is a matter of its settings (here `tcp_wmem` 4096 16384 4194304)',
    );
  });

  it('says so where the buffers never filled', () => {
    const text = sectionOf(
      reportOf({ stopped: 2, blocked: 0, cut: 0 }),
      'What becomes of a client that stops reading',
    );
    expect(text).toContain(
      'The kernel takes all that they are sent until the end: the server never learns of it.',
    );
    expect(text).not.toContain('such clients at once');
  });

  it('says so where only some were full, and none was cut', () => {
    const text = sectionOf(
      reportOf({ ...filled, blocked: 1, cut: 0 }),
      'What becomes of a client that stops reading',
    );
    expect(text).toContain(
      '(in 50.0 % of the cases). None is cut before the end: less than the cap of 1 MiB comes due for them.',
    );
  });

  it('shows the neighbours before and after, and asks about them in the verdicts', () => {
    const report = reportOf(filled);
    expect(sectionOf(report, 'What the others notice')).toMatch(
      /Rise of neighbours' delivery p99 +\| +\+?\d/,
    );
    expect(sectionOf(report, 'Verdicts')).toContain("| Neighbours' delivery p99 |");
  });

  it('ends in the terminal with one account of each arm, in 100 columns', () => {
    const text = renderTerminal(
      { analysis: slowAnalysis(filled), metrics, parts: slowReaderParts },
      { paint: plainPaint, reportPath: 'x' },
    );
    expect(text).toContain(
      'SSE: socket full after 3.50 s, 4.00 MiB taken by the kernel; cut after 4.50 s',
    );
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });
});
