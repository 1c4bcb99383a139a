import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextStep, type NextStep, type Outcome, type SearchRules, type Tried } from './search.ts';

const rules: SearchRules = {
  bottom: -40,
  top: 60,
  firstStride: 5,
  longestStride: 14,
  stepsPerLoad: 3,
  maxSteps: 40,
};

interface Searched {
  readonly tried: readonly Tried[];
  readonly done: Extract<NextStep, { kind: 'done' }>;
}

function search(
  outcomeAt: (place: number, time: number) => Outcome,
  own: Partial<SearchRules> = {},
): Searched {
  const tried: Tried[] = [];
  for (;;) {
    const next = nextStep(tried, { ...rules, ...own });
    if (next.kind === 'done') return { tried, done: next };
    if (tried.length > 200) throw new Error('never ends');
    const times = tried.filter(({ place }) => place === next.place).length;
    tried.push({ place: next.place, outcome: outcomeAt(next.place, times) });
  }
}

const upTo =
  (highest: number) =>
  (place: number): Outcome =>
    place <= highest ? 'carried' : 'failed';

const placesOf = ({ tried }: Searched): readonly number[] => tried.map(({ place }) => place);

/** The next step after a carried step at place 0 and these outcomes at place 1. */
const nextAtOne = (outcomes: readonly Outcome[]): NextStep =>
  nextStep(
    [
      { place: 0, outcome: 'carried' },
      ...outcomes.map((outcome): Tried => ({ place: 1, outcome })),
    ],
    rules,
  );

describe('a search', () => {
  it('expands until a load fails, halves the gap, then doubts the failure before the success', () => {
    const { tried, done } = search(upTo(7));
    expect(tried.map(({ place }) => place)).toEqual([0, 5, 10, 7, 8, 8, 7]);
    expect(done).toEqual({ kind: 'done', end: 'found', lower: 7, upper: 8 });
  });

  it('goes down where its start is too much, in strides that grow with the way', () => {
    const { tried, done } = search(upTo(-33));
    expect(tried.slice(0, 7).map(({ place }) => place)).toEqual([0, -5, -10, -15, -22, -33, -28]);
    expect(done).toMatchObject({ end: 'found', lower: -33, upper: -32 });
  });

  it('with one step a load needs no second look', () => {
    const { tried } = search(upTo(7), { stepsPerLoad: 1 });
    expect(tried.map(({ place }) => place)).toEqual([0, 5, 10, 7, 8]);
  });

  it('finds any capacity exactly, from any start, in few steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -40, max: 59 }),
        fc.constantFrom(1, 3, 5),
        (highest, stepsPerLoad) => {
          const { tried, done } = search(upTo(highest), { stepsPerLoad });
          expect(done).toMatchObject({ end: 'found', lower: highest, upper: highest + 1 });
          // Eight steps to expand, four to halve, and the repetitions of the two loads that decide.
          expect(tried.length).toBeLessThanOrEqual(12 + (stepsPerLoad - 1));
        },
      ),
    );
  });

  it('never asks for less than its lowest or more than its highest load, and says which end it met', () => {
    const [all, none] = [search(() => 'carried'), search(() => 'failed')];
    expect(all.done).toEqual({ kind: 'done', end: 'most', lower: 60, upper: undefined });
    expect(Math.max(...placesOf(all))).toBe(60);
    expect(none.done).toEqual({ kind: 'done', end: 'least', lower: undefined, upper: -40 });
    expect(Math.min(...placesOf(none))).toBe(-40);
    expect(search(() => 'carried', { bottom: 0, top: 0 }).done).toMatchObject({
      end: 'most',
      lower: 0,
    });
  });

  it('one failure that does not come again does not bound the answer', () => {
    const { done } = search((place, time) =>
      place === 5 && time === 0 ? 'failed' : upTo(12)(place),
    );
    expect(done).toMatchObject({ end: 'found', lower: 12, upper: 13 });
  });

  it('one success that does not come again is no answer', () => {
    const { done } = search(
      (place, time) => (place === 9 ? (time === 0 ? 'carried' : 'failed') : upTo(7)(place)),
      { firstStride: 9 },
    );
    expect(done).toMatchObject({ end: 'found', lower: 7, upper: 8 });
  });

  it('the smallest load that fails bounds the answer, whatever is carried above it', () => {
    const tried: Tried[] = [0, 0, 5, 5, 2, 2, 1, 1].map((place) => ({
      place,
      outcome: place === 2 ? 'failed' : 'carried',
    }));
    expect(nextStep(tried, rules)).toEqual({ kind: 'done', end: 'found', lower: 1, upper: 2 });
  });

  it('two equal steps of three decide, and a third is taken only where they differ', () => {
    expect(nextAtOne(['failed'])).toEqual({ kind: 'measure', place: 1 });
    expect(nextAtOne(['failed', 'failed'])).toEqual({ kind: 'measure', place: 0 });
    expect(nextAtOne(['failed', 'carried'])).toEqual({ kind: 'measure', place: 1 });
  });

  it('ends in steps that wander as far as it is allowed to, with what it knows', () => {
    const { tried, done } = search(upTo(30), { maxSteps: 3 });
    expect(tried).toHaveLength(3);
    expect(done).toEqual({ kind: 'done', end: 'steps', lower: 10, upper: undefined });
  });
});

/**
 * The answer for a server that carries up to place 7, and has these outcomes at each place above.
 */
const mixedAt = (outcomes: readonly Outcome[]) =>
  search((place, time) => (place <= 7 ? 'carried' : (outcomes[time] ?? 'failed')), {
    stepsPerLoad: 5,
  }).done;

describe('a load generator at its end', () => {
  it('makes the answer "at least", not the capacity', () => {
    const { done } = search((place) => (place <= 7 ? 'carried' : 'harness'));
    expect(done).toEqual({ kind: 'done', end: 'harness', lower: 7, upper: 8 });
  });

  it('costs as many steps as a failure of the server: what a load failed by never decides how often it is measured', () => {
    for (const stepsPerLoad of [1, 3]) {
      const stepsOf = (beyond: Outcome): number[] =>
        search((place) => (place <= 7 ? 'carried' : beyond), { stepsPerLoad }).tried.map(
          ({ place }) => place,
        );
      expect(stepsOf('harness')).toEqual(stepsOf('failed'));
    }
  });

  it('does not matter where the load failed by the server more often', () => {
    expect(mixedAt(['failed', 'harness', 'failed'])).toMatchObject({
      end: 'found',
      lower: 7,
      upper: 8,
    });
    expect(mixedAt(['harness', 'failed', 'harness'])).toMatchObject({ end: 'harness', lower: 7 });
  });
});

describe('whatever the steps say', () => {
  const outcomes = fc.array(fc.constantFrom<Outcome>('carried', 'failed', 'harness'), {
    minLength: 60,
    maxLength: 60,
  });

  it('the search ends within its bound, asks only for loads of its grid, and its answer lies below a load that failed', () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom(1, 3), (drawn, stepsPerLoad) => {
        let step = 0;
        const { tried, done } = search(() => drawn[step++] ?? 'failed', { stepsPerLoad });
        expect(tried.length).toBeLessThanOrEqual(rules.maxSteps);
        for (const { place } of tried)
          expect(place >= rules.bottom && place <= rules.top).toBe(true);
        expect(done.lower ?? Number.NEGATIVE_INFINITY).toBeLessThan(
          done.upper ?? Number.POSITIVE_INFINITY,
        );
        expect(done.end === 'found' ? (done.upper ?? 0) - (done.lower ?? 0) : 1).toBe(1);
      }),
    );
  });

  it('what comes next depends on what was tried alone, so a search may be told again from its steps', () => {
    fc.assert(
      fc.property(outcomes, (drawn) => {
        let step = 0;
        const { tried } = search(() => drawn[step++] ?? 'failed');
        for (const [index, one] of tried.entries())
          expect(nextStep(tried.slice(0, index), rules)).toEqual({
            kind: 'measure',
            place: one.place,
          });
      }),
      { numRuns: 30 },
    );
  });
});
