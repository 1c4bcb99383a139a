import fc from 'fast-check';
import { expect, it } from 'vitest';
import { httpStops } from './arms/stop-ways.ts';
import { transports } from './arms/transports.ts';
import { planSteers, SETTLE_NS, steerText, type SteersPlan } from './steers.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const plan: SteersPlan = { activeTokensPerSecond: 50, quietTokensPerSecond: 0.4 };
const times = { workloadSeed: 3, connections: 8, warmupNs: 1 * NS_PER_S, windowNs: 5 * NS_PER_S };

it('each way has as many active and quiet streams, and a quarter where each input opens a connection', () => {
  const cells = Map.groupBy(
    planSteers(plan, httpStops, times),
    ({ way, state }) => `${way} ${state}`,
  );
  expect(Object.fromEntries([...cells].map(([name, own]) => [name, own.length]))).toEqual({
    'kept-request active': 8,
    'kept-request quiet': 8,
    'new-request active': 2,
    'new-request quiet': 2,
  });
});

const drawn = (own: ReturnType<typeof planSteers>, way: string) =>
  own
    .filter((one) => one.way === way && one.state === 'quiet')
    .map(({ seed, steersNs }) => ({ seed, steersNs }));

it('what is drawn for a stream is the same in every way, and in every transport', () => {
  const kept = drawn(planSteers(plan, transports['sse-post'].stops, times), 'kept-request');
  expect(drawn(planSteers(plan, transports.ws.stops, times), 'message')).toEqual(kept);
  const opened = drawn(planSteers(plan, httpStops, times), 'new-request');
  expect(opened).toEqual([kept[0], kept[4]]);
  expect(new Set(kept.flatMap(({ steersNs }) => steersNs)).size).toBeGreaterThan(100);
});

it('inputs come after the stream is open, far enough apart for a request over 80 ms, and have time to come back', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 60 }), (workloadSeed, connections) => {
      for (const { openNs, steersNs, tokens, tokensPerSecond } of planSteers(plan, httpStops, {
        ...times,
        workloadSeed,
        connections,
      })) {
        const endNs = times.warmupNs + times.windowNs;
        expect(steersNs[0]).toBeGreaterThanOrEqual(openNs + 400 * NS_PER_MS);
        expect(steersNs.at(-1)).toBeLessThan(endNs - SETTLE_NS);
        for (const [index, at] of steersNs.slice(1).entries())
          expect(at - (steersNs[index] as number)).toBeGreaterThanOrEqual(100 * NS_PER_MS);
        // No stream ends by itself before the trial is over, with all its inputs.
        const planned = tokens - steersNs.length;
        expect(openNs + ((planned - 1) * NS_PER_S) / tokensPerSecond).toBeGreaterThan(endNs);
      }
    }),
    { numRuns: 20 },
  );
});

it('the texts of the inputs of a stream differ', () => {
  const texts = Array.from({ length: 300 }, (_, number) => steerText(number));
  expect(new Set(texts).size).toBe(300);
});
