import { expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { measureCourse } from './measure-course.ts';

const WINDOW = { windowStartNs: NS_PER_S, windowEndNs: 5 * NS_PER_S };

/** 200 tokens a second, received 1 ms after they were planned, or when a stall ends. */
function course(stall?: { readonly fromNs: number; readonly toNs: number }) {
  const plannedNs = Float64Array.from({ length: 800 }, (_, token) => NS_PER_S + token * 5e6);
  const receivedNs = plannedNs.map((ns) =>
    stall !== undefined && ns >= stall.fromNs && ns < stall.toNs ? stall.toNs : ns + NS_PER_MS,
  );
  const deliveryNs = receivedNs.map((ns, token) => ns - plannedNs[token]!);
  return measureCourse(WINDOW, { plannedNs, receivedNs, deliveryNs });
}

it('an even stream is the same in every second', () => {
  const even = { tokens: 200, deliveryP50Ns: NS_PER_MS, deliveryP99Ns: NS_PER_MS };
  expect(course()).toEqual({ stepNs: NS_PER_S, steps: [even, even, even, even] });
});

it('a stall is a second with few tokens, one with more, and latency where the tokens were due', () => {
  const { steps } = course({ fromNs: 2.25 * NS_PER_S, toNs: 3 * NS_PER_S });
  expect(steps.map(({ tokens }) => tokens)).toEqual([200, 50, 350, 200]);
  // Of 200 tokens, 50 did not wait, and the last 50 waited 5 to 250 ms.
  expect(steps[1]?.deliveryP50Ns).toBe(250 * NS_PER_MS);
  expect(steps[1]?.deliveryP99Ns).toBeGreaterThan(700 * NS_PER_MS);
  expect(steps[2]?.deliveryP99Ns).toBe(NS_PER_MS);
});

it('a second with too few tokens has no quantiles, and lost tokens are not counted', () => {
  const plannedNs = Float64Array.from({ length: 50 }, () => 1.5 * NS_PER_S);
  const lost = plannedNs.map(() => Number.NaN);
  const some = measureCourse(WINDOW, {
    plannedNs,
    receivedNs: plannedNs.map((ns) => ns + 7),
    deliveryNs: plannedNs.map(() => 7),
  });
  expect(some.steps[0]).toEqual({ tokens: 50, deliveryP50Ns: 7 });
  const none = measureCourse(WINDOW, { plannedNs, receivedNs: lost, deliveryNs: lost });
  expect(none.steps[0]).toEqual({ tokens: 0 });
});

it('a long window has longer steps', () => {
  const empty = new Float64Array();
  const { stepNs, steps } = measureCourse(
    { windowStartNs: 0, windowEndNs: 300 * NS_PER_S },
    { plannedNs: empty, receivedNs: empty, deliveryNs: empty },
  );
  expect([stepNs, steps.length]).toEqual([10 * NS_PER_S, 30]);
});
