import fc from 'fast-check';
import { expect, it } from 'vitest';
import { httpStops, waysOf, type StopWay, type TransportStops } from './arms/stop-ways.ts';
import { transports } from './arms/transports.ts';
import { planStops, SETTLE_NS, type StopsPlan } from './stops.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const plan: StopsPlan = { activeTokensPerSecond: 50, quietTokensPerSecond: 0.4 };
const times = {
  workloadSeed: 3,
  connections: 20,
  warmupNs: 600 * NS_PER_MS,
  windowNs: 2 * NS_PER_S,
};

it('each way is stopped as often on active and on quiet streams', () => {
  const counted = planStops(plan, httpStops, times).filter(({ isWarmUp }) => !isWarmUp);
  const cells = Map.groupBy(counted, ({ way, state }) => `${way} ${state}`);
  expect(Object.fromEntries([...cells].map(([name, own]) => [name, own.length]))).toEqual({
    'disconnect active': 20,
    'disconnect quiet': 20,
    'kept-request active': 20,
    'kept-request quiet': 20,
    'new-request active': 20,
    'new-request quiet': 20,
  });
});

function drawnOf(stops: TransportStops, way: StopWay) {
  return planStops(plan, stops, times)
    .filter((one) => one.way === way && one.state === 'active' && !one.isWarmUp)
    .map(({ seed, stop }) => ({ seed, stop }));
}

it('what is drawn for a stream is the same in every way, and in every transport', () => {
  const drawn = drawnOf(transports.sse.stops, 'disconnect');
  expect(drawnOf(transports.sse.stops, 'new-request')).toEqual(drawn);
  expect(drawnOf(transports.ws.stops, 'message')).toEqual(drawn);
  expect(new Set(drawn.map(({ stop }) => stop.token)).size).toBeGreaterThan(5);
});

it('every stop is planned to come between two tokens, and within the window', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 60 }), (workloadSeed, connections) => {
      for (const one of planStops(plan, transports.ws.stops, {
        ...times,
        workloadSeed,
        connections,
      })) {
        const { token, waitNs } = one.stop;
        const gapNs = NS_PER_S / one.tokensPerSecond;
        expect(waitNs).toBeGreaterThanOrEqual(0);
        expect(waitNs).toBeLessThan(gapNs);
        expect(token).toBeLessThan(one.tokens);
        const stopNs = one.openNs + token * gapNs + waitNs;
        // A quiet stream is stopped long before its next token.
        const plannedNs = one.state === 'active' ? stopNs : one.openNs + waitNs;
        expect(plannedNs).toBeLessThan(times.warmupNs + times.windowNs - SETTLE_NS / 2);
        // No stream ends by itself before the trial is over.
        expect(one.openNs + (one.tokens - 1) * gapNs).toBeGreaterThan(
          times.warmupNs + times.windowNs,
        );
      }
    }),
    { numRuns: 20 },
  );
});

it('a transport has at most one way of each kind, and none twice', () => {
  for (const { stops } of Object.values(transports)) {
    const ways = waysOf(stops);
    expect(ways.length).toBeGreaterThan(0);
    expect(new Set(ways).size).toBe(ways.length);
  }
});
