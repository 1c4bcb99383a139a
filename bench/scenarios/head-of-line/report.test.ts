import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { plainPaint } from '../../report/paint.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { headOfLineAnalysis } from './fixture.ts';
import { headOfLineParts } from './parts.ts';
import { headOfLineReading } from './reading.ts';

const context = {
  analysis: headOfLineAnalysis(),
  metrics: headOfLineReading.metrics,
  parts: headOfLineParts,
};
const report = renderReport(context, { charts: [] });
const section = report.split('\n## What waits behind a large message\n')[1]!.split('\n## ')[0]!;

describe('the report of small tokens behind large messages', () => {
  it('is the one that was read and approved', async () => {
    await expect(report).toMatchFileSnapshot('golden/head-of-line.md');
  });

  it('says in the terminal what was read and approved, in at most 100 columns', async () => {
    const text = renderTerminal(context, { paint: plainPaint, reportPath: 'report.md' });
    await expect(text).toMatchFileSnapshot('golden/head-of-line.txt');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });

  it('has one sentence for each arm and link, which says who could be held up', () => {
    const sentences = section.match(/^- Over .*$/gm) ?? [];
    expect(sentences).toHaveLength(8);
    expect(sentences.filter((one) => one.includes('none of which shares'))).toHaveLength(4);
    expect(sentences.filter((one) => one.includes('of which the link needs'))).toHaveLength(4);
  });

  it('says what HTTP/2 and a WebSocket do with a large message, where they take part', () => {
    expect(section).toContain('HTTP/2 cuts a message into frames of 16 KiB');
    expect(section).toContain('ws does not fragment');
    expect(section).not.toMatch(/undefined|NaN|Infinity/);
  });
});
