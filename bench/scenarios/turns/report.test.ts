import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { plainPaint } from '../../report/paint.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { fixtureArms, turnsAnalysis } from './fixture.ts';
import { turnsParts } from './parts.ts';
import { turnsReading } from './reading.ts';

const contextOf = (analysis: ReturnType<typeof turnsAnalysis>) => ({
  analysis,
  metrics: turnsReading.metrics,
  parts: turnsParts,
});

describe('the report of turns', () => {
  const context = contextOf(turnsAnalysis());
  const report = renderReport(context, { charts: [] });

  it('is the one that was read and approved', async () => {
    await expect(report).toMatchFileSnapshot('golden/turns.md');
  });

  it('says in the terminal what was read and approved, in at most 100 columns', async () => {
    const text = renderTerminal(context, { paint: plainPaint, reportPath: 'report.md' });
    await expect(text).toMatchFileSnapshot('golden/turns.txt');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });

  it('has no number where nothing was measured', () => {
    expect(report).not.toMatch(/undefined|NaN|Infinity/);
  });
});

it('a single block gives no effect, no sentence and no verdict', () => {
  const report = renderReport(contextOf(turnsAnalysis({ blocks: 1 })), { charts: [] });
  expect(report).not.toMatch(/undefined|NaN|Infinity/);
  expect(report).not.toMatch(/saves .* a turn|saves time/);
  expect(report).not.toContain('For whom duplex pays');
});

it('a run of one arm has the other two factors, and names no transport that took no part', () => {
  const report = renderReport(contextOf(turnsAnalysis({ arms: fixtureArms.slice(0, 1) })), {
    charts: [],
  });
  expect(report).toContain('A kept connection saves');
  expect(report).not.toMatch(/in place of|undefined|NaN/);
});
