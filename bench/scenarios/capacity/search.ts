// Chooses the load to try next, from the loads that were tried: expand until one fails, halve the
// gap, then judge the two loads that decide as often as planned. After RFC 9971 (MLRsearch): loads
// are classified by several trials each, and the smallest load that failed bounds the answer,
// whatever was carried above it. Stateless: the steps tried are the whole state.

import type { SearchEnd } from '../../contract/search.ts';

/** `harness`: the load generator failed, so nothing is known about the server. */
export type Outcome = 'carried' | 'failed' | 'harness';

export interface Tried {
  readonly place: number;
  readonly outcome: Outcome;
}

export interface SearchRules {
  /** The first place is 0; none below `bottom` and none above `top` is tried. */
  readonly bottom: number;
  readonly top: number;
  /**
   * Length of the first expansion; later ones go half as far as all before them, but no less, and
   * no farther than `longestStride`.
   */
  readonly firstStride: number;
  readonly longestStride: number;
  /**
   * Odd: the majority of so many steps decides on a load, whatever the cause of its failures: a
   * load measured more often for one cause than for another would favour the arm that meets that
   * cause more often.
   */
  readonly stepsPerLoad: number;
  readonly maxSteps: number;
}

export interface Answer {
  readonly end: SearchEnd;
  /** The highest place that was carried, below the lowest that was not. */
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

export type NextStep =
  | { readonly kind: 'measure'; readonly place: number }
  | ({ readonly kind: 'done' } & Answer);

export function nextStep(tried: readonly Tried[], rules: SearchRules): NextStep {
  const places = classify(tried, rules);
  const bracket = bracketOf(places);
  if (tried.length >= rules.maxSteps) return finish(bracket, 'steps');
  const place = placeToMeasure(places, bracket, rules);
  return place === undefined ? finish(bracket, endOf(bracket)) : { kind: 'measure', place };
}

interface Place {
  readonly place: number;
  readonly carried: number;
  /** Failures by the server, and by the load generator. */
  readonly failed: number;
  readonly harness: number;
  /** Verdict so far; `open` when as many steps were carried as not. */
  readonly verdict: 'lower' | 'upper' | 'open';
  /**
   * True when one outcome has the majority of all steps that a load may take, or all of them were
   * taken.
   */
  readonly isDecided: boolean;
}

interface Bracket {
  readonly lower: Place | undefined;
  readonly upper: Place | undefined;
}

function classify(tried: readonly Tried[], rules: SearchRules): readonly Place[] {
  return [...Map.groupBy(tried, ({ place }) => place)].map(([place, own]) => {
    const count = (outcome: Outcome): number => own.filter((one) => one.outcome === outcome).length;
    const [carried, failed, harness] = [count('carried'), count('failed'), count('harness')];
    const bad = failed + harness;
    return {
      place,
      carried,
      failed,
      harness,
      verdict: carried > bad ? 'lower' : bad > carried ? 'upper' : 'open',
      isDecided:
        own.length >= rules.stepsPerLoad || Math.max(carried, bad) > rules.stepsPerLoad / 2,
    };
  });
}

function bracketOf(places: readonly Place[]): Bracket {
  const upper = places
    .filter(({ verdict }) => verdict === 'upper')
    .reduce<Place | undefined>(lowest, undefined);
  const below = places.filter(
    ({ verdict, place }) => verdict === 'lower' && (upper === undefined || place < upper.place),
  );
  return { lower: below.reduce<Place | undefined>(highest, undefined), upper };
}

const lowest = (best: Place | undefined, one: Place): Place =>
  best === undefined || one.place < best.place ? one : best;
const highest = (best: Place | undefined, one: Place): Place =>
  best === undefined || one.place > best.place ? one : best;

/** undefined when nothing is left to learn. */
function placeToMeasure(
  places: readonly Place[],
  { lower, upper }: Bracket,
  rules: SearchRules,
): number | undefined {
  if (places.length === 0) return 0;
  const open = places.find(
    ({ verdict, place }) => verdict === 'open' && isBetween(place, lower?.place, upper?.place),
  );
  if (open !== undefined) return open.place;
  if (upper === undefined) return lower === undefined ? undefined : expandUp(lower, rules);
  if (lower === undefined) return expandDown(upper, rules);
  if (upper.place - lower.place > 1) return Math.floor((lower.place + upper.place) / 2);
  // A disturbance makes a step fail, hardly ever succeed: so the failure is tested first.
  if (!upper.isDecided) return upper.place;
  return lower.isDecided ? undefined : lower.place;
}

function isBetween(
  place: number,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): boolean {
  return place > low && place < high;
}

function expandUp(lower: Place, rules: SearchRules): number | undefined {
  if (lower.place < rules.top) return Math.min(rules.top, lower.place + stride(lower.place, rules));
  return lower.isDecided ? undefined : lower.place;
}

function expandDown(upper: Place, rules: SearchRules): number | undefined {
  if (upper.place > rules.bottom)
    return Math.max(rules.bottom, upper.place - stride(-upper.place, rules));
  return upper.isDecided ? undefined : upper.place;
}

/** @param gone Places from the start, in the direction of the expansion. */
function stride(gone: number, { firstStride, longestStride }: SearchRules): number {
  return Math.min(longestStride, Math.max(firstStride, Math.floor(gone / 2)));
}

function endOf({ lower, upper }: Bracket): SearchEnd {
  if (upper === undefined) return 'most';
  return lower === undefined ? 'least' : 'found';
}

/**
 * If the load above the answer failed no more often by the server than by the load generator, the
 * server's limit is not shown.
 */
function finish({ lower, upper }: Bracket, end: SearchEnd): NextStep {
  const isHarness = upper !== undefined && upper.harness > 0 && upper.failed <= upper.harness;
  return {
    kind: 'done',
    end: isHarness ? 'harness' : end,
    lower: lower?.place,
    upper: upper?.place,
  };
}
