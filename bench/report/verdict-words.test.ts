import { describe, expect, it } from 'vitest';
import type { Comparison, Verdict } from '../analysis/analysis.ts';
import { fullAnalysis } from './report-fixture.ts';
import { verdictLabel, verdictWords } from './verdict-words.ts';

const anyComparison = fullAnalysis().loadPoints[0]!.comparisons.find(
  (one) => one.metric === 'delivery.p50',
)!;

const titleOf = (arm: string): string => (arm === 'ws' ? 'WebSocket' : 'SSE');

function wordsOf(
  verdict: Partial<Verdict> & Pick<Verdict, 'kind'>,
  change: Partial<Comparison> = {},
): string {
  const complete: Verdict = {
    favours: undefined,
    differenceDetected: false,
    reason: undefined,
    blocksNeeded: undefined,
    ...verdict,
  };
  return verdictWords({
    comparison: { ...anyComparison, ...change, verdict: complete },
    unit: 'bytes/token',
    baselineTitle: 'SSE',
    otherTitle: 'WebSocket',
    titleOf,
  });
}

const estimate = (value: number) => ({ value, low: value, high: value, trials: 12 });

describe('verdictWords', () => {
  it.each([
    [wordsOf({ kind: 'better', favours: 'ws' }), 'WebSocket better'],
    [wordsOf({ kind: 'better', favours: 'sse' }), 'SSE better'],
    [wordsOf({ kind: 'size-uncertain', favours: 'ws' }), 'WebSocket better, size uncertain'],
    [wordsOf({ kind: 'equivalent' }), 'equivalent'],
    [wordsOf({ kind: 'not-resolvable', blocksNeeded: 40 }), 'not resolvable (≈ 40 blocks)'],
    [wordsOf({ kind: 'not-resolvable' }), 'not resolvable'],
    [wordsOf({ kind: 'inconclusive', blocksNeeded: 25 }), 'inconclusive (≈ 25 blocks)'],
    [wordsOf({ kind: 'invalid', reason: '3 tokens lost' }), 'INVALID: 3 tokens lost'],
    [wordsOf({ kind: 'harness-limited', reason: 'client busy' }), 'HARNESS-LIMITED: client busy'],
    [
      wordsOf({ kind: 'not-measured', reason: 'no TCP_INFO here' }),
      'not measured: no TCP_INFO here',
    ],
    [wordsOf({ kind: 'withheld', reason: 'measured too short' }), 'no verdict: measured too short'],
  ])('says %s', (words, expected) => {
    expect(words).toBe(expected);
  });

  it('has a label for a verdict without its comparison', () => {
    const verdict = { differenceDetected: false, reason: 'why', blocksNeeded: 12 };
    expect(verdictLabel({ ...verdict, kind: 'size-uncertain', favours: 'ws' }, titleOf)).toBe(
      'WebSocket better, size uncertain',
    );
    expect(verdictLabel({ ...verdict, kind: 'inconclusive', favours: undefined }, titleOf)).toBe(
      'inconclusive',
    );
  });

  it('cuts a reason that would not leave room for the rest of the table', () => {
    const words = wordsOf({ kind: 'invalid', reason: 'x'.repeat(200) });
    expect(words).toBe(`INVALID: ${'x'.repeat(59)}…`);
  });

  it('names the size of a difference that was detected inside the margin', () => {
    const equivalent = { kind: 'equivalent', differenceDetected: true } as const;
    expect(wordsOf(equivalent, { ratio: estimate(0.88) })).toBe(
      'equivalent (a difference of 12 % was detected)',
    );
    expect(wordsOf(equivalent, { ratio: undefined, difference: estimate(-12) })).toBe(
      'equivalent (a difference of 12.0 B was detected)',
    );
  });

  it('names the smaller arm of an exact difference and whether it matters', () => {
    expect(wordsOf({ kind: 'exact', favours: 'ws' }, { difference: estimate(-12) })).toBe(
      'exact: WebSocket smaller by 12.0 B',
    );
    const small = { ratio: estimate(1.02), difference: estimate(0.5) };
    expect(wordsOf({ kind: 'exact' }, small)).toBe(
      'exact: SSE smaller by 0.50 B, within the margin',
    );
    const unsteady = { ratio: estimate(0.7), difference: estimate(-12) };
    expect(wordsOf({ kind: 'exact' }, unsteady)).toBe(
      'exact: WebSocket smaller by 12.0 B, not in every block',
    );
    expect(wordsOf({ kind: 'exact' }, { difference: estimate(0) })).toBe('exact: equal');
  });
});
