import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { plainPaint } from '../../report/paint.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { steerAnalysis, type EditCell } from './fixture.ts';
import { steerParts } from './parts.ts';
import { steerReading } from './reading.ts';
import { payoffSentences } from './sentences.ts';

const { metrics } = steerReading;
const context = { analysis: steerAnalysis(), metrics, parts: steerParts };

const sentencesOf = (edit: EditCell): readonly string[] =>
  payoffSentences(steerAnalysis({ edit }).steers, (arm) => arm);

/** Requests on a connection that is open come back 30 ms later. */
const slow: EditCell = (cell) =>
  cell.way === 'kept-request' && cell.backNs !== undefined
    ? {
        ...cell,
        backNs: { ...cell.backNs, values: cell.backNs.values.map((value) => value + 30e6) },
      }
    : cell;

const lost: EditCell = (cell) => ({ ...cell, seen: cell.sent - 1 });

describe('the report of inputs to streams', () => {
  it('is the one that was read and approved', async () => {
    const report = renderReport(context, { charts: [] });
    await expect(report).toMatchFileSnapshot('golden/steer.md');
    expect(report).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('says in the terminal what was read and approved, in at most 100 columns', async () => {
    const text = renderTerminal(context, { paint: plainPaint, reportPath: 'report.md' });
    await expect(text).toMatchFileSnapshot('golden/steer.txt');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });

  it('says what opening a connection costs, and nothing of what no user notices', () => {
    const [near = '', far = ''] = sentencesOf((cell) => cell);
    expect(near).toMatch(/no difference that a user notices/);
    expect(far).toMatch(/opening it costs 8\d\.\d ms, 1\.\d\d round trips/);
  });

  it('says by how much a message is sooner, where it is', () => {
    for (const sentence of sentencesOf(slow)) expect(sentence).toMatch(/the message saves \d+/);
  });

  it('has no time of a way whose inputs did not all come back', () => {
    expect(sentencesOf(lost)).toEqual([]);
    const { steers } = steerAnalysis({ edit: lost });
    for (const { back, up } of steers) {
      expect(back).toEqual({});
      expect(up.p50Ns).toBeGreaterThan(0);
    }
  });
});
