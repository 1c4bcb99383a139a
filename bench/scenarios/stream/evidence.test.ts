import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { analyseRun } from '../readings.ts';
import { streamEvidence } from './evidence.ts';

/** A run whose receiver is a page, with these times from due to DOM in its trials. */
function inPage(values: readonly (number | undefined)[]): Analysis {
  const analysis = analyseRun(fixtureRun({ blocks: 2, burnInBlocks: 0 }));
  const loadPoints = analysis.loadPoints.map((point) => ({
    ...point,
    arms: point.arms.map((one) => ({ ...one, arm: { ...one.arm, client: 'browser' as const } })),
    summaries: point.arms.map(({ name }) => ({
      metric: 'append.p50',
      arm: name,
      estimate: undefined,
      values,
      note: undefined,
    })),
  }));
  return { ...analysis, loadPoints };
}

const ask = streamEvidence['token-soon-on-page']!;

describe('a token is soon on a page', () => {
  it('in the trials whose median is within one picture of the screen', () => {
    const values = [1, 16, 17, undefined].map((ms) => ms && ms * NS_PER_MS);
    expect(ask(inPage(values))).toMatchObject([
      { arms: ['sse'], endpoint: 'append.p50', held: 2, of: 3 },
      { arms: ['ws'], held: 2, of: 3 },
    ]);
  });

  it('and is not asked of other clients', () => {
    expect(ask(analyseRun(fixtureRun({ blocks: 2 })))).toEqual([]);
  });
});
