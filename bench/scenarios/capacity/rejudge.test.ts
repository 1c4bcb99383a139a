import { describe, expect, it } from 'vitest';
import { emptyStamps } from '../../contract/stamps.ts';
import type { Population } from '../../contract/population.ts';
import { seededDraw } from '../../contract/random.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { loadGrid } from './load-grid.ts';
import { rejudge, type StampedStep } from './rejudge.ts';

const TOKENS_PER_SECOND = 20;
const WARMUP_NS = 1 * NS_PER_S;
const LONGEST_NS = 5 * NS_PER_S;
const TOKENS = 6.5 * TOKENS_PER_SECOND;
const rule = { withinNs: 50 * NS_PER_MS, leastShare: 0.99 };

/**
 * A server with one queue, in which each token costs the same time except for chance, with rare
 * stalls of up to 30 ms.
 */
function stampedStep(streams: number, capacity: number, seed: number): StampedStep {
  const draw = seededDraw(seed);
  const serviceNs = NS_PER_S / (capacity * TOKENS_PER_SECOND);
  const startNs = Float64Array.from(
    { length: streams },
    () => (draw() * NS_PER_S) / TOKENS_PER_SECOND,
  );
  const offsets = Float64Array.from(
    { length: TOKENS },
    (_, index) => (index * NS_PER_S) / TOKENS_PER_SECOND,
  );
  const receivedNs = emptyStamps(streams * TOKENS);
  const order = Array.from(startNs.keys()).sort(
    (a, b) => (startNs[a] as number) - (startNs[b] as number),
  );
  let freeNs = 0;
  for (let token = 0; token < TOKENS; token++) {
    for (const stream of order) {
      const dueNs = (startNs[stream] as number) + (offsets[token] as number);
      const stallNs = draw() < 1 / (capacity * TOKENS_PER_SECOND) ? 30 * NS_PER_MS * draw() : 0;
      freeNs = Math.max(freeNs, dueNs) + 2 * serviceNs * draw() + stallNs;
      receivedNs[stream * TOKENS + token] = freeNs;
    }
  }
  const population = {
    streams,
    totalTokens: streams * TOKENS,
    startNs,
    base: Int32Array.from({ length: streams }, (_, stream) => stream * TOKENS),
    tokens: Int32Array.from({ length: streams }, () => TOKENS),
  } as unknown as Population;
  const offsetsNs = Array.from({ length: streams }, () => offsets);
  return {
    streams,
    input: {
      population,
      offsetsNs,
      windowStartNs: WARMUP_NS,
      windowEndNs: WARMUP_NS + LONGEST_NS,
      server: { handlerNs: startNs },
      client: { receivedNs },
    },
  };
}

describe('stamps of a search, judged again', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'over 1, 2 and 5 s give answers within one step of the grid, and near the capacity: seed %d',
    (seed) => {
      const capacity = 200;
      const grid = loadGrid({ startStreams: 160, mostStreams: 1000, width: 0.05 });
      const places = [0, 1, 2, 3, 4, 5, 6, 7];
      const loads = places.map((place) => grid.streamsAt(place));
      const steps = places.flatMap((place) =>
        [0, 1, 2].map((time) =>
          stampedStep(loads[place] as number, capacity, 1000 * seed + 10 * place + time),
        ),
      );
      const answers = [1, 2, 5].map((seconds) =>
        loads.indexOf(rejudge(steps, seconds * NS_PER_S, rule) ?? 0),
      );
      expect(Math.min(...answers)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...answers) - Math.min(...answers)).toBeLessThanOrEqual(1);
      const highest = loads[Math.max(...answers)] as number;
      expect(highest).toBeLessThanOrEqual(capacity * 1.05);
      expect(highest).toBeGreaterThan(capacity * 0.85);
    },
  );

  it('find a token that never came, and count one that came after the window', () => {
    const step = stampedStep(20, 200, 1);
    const receivedNs = step.input.client['receivedNs'] as Float64Array;
    expect(rejudge([step], NS_PER_S, rule)).toBe(20);
    const lastOfWindow = receivedNs.findIndex(
      (ns) => ns > WARMUP_NS + 0.99 * NS_PER_S && ns < WARMUP_NS + NS_PER_S,
    );
    receivedNs[lastOfWindow] = WARMUP_NS + NS_PER_S + 100 * NS_PER_MS;
    expect(rejudge([step], NS_PER_S, rule)).toBe(20);
    receivedNs[lastOfWindow] = Number.NaN;
    expect(rejudge([step], NS_PER_S, rule)).toBeUndefined();
  });
});
