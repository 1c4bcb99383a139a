import { expect, it } from 'vitest';
import { declaredEndpoints, fullAt, parseShares, placeLoads, placePlan } from './loads.ts';
import { fixtureRun } from '../analysis/analysis-fixture.ts';

const pilot = (arm: string, streams: number, serverCpuShare: number, clientCpuShare = 0.1) => ({
  arm,
  streams,
  serverCpuShare,
  clientCpuShare,
});

it('an arm is full where the busier of its processes would be', () => {
  expect(fullAt(pilot('sse', 400, 0.34))).toBeCloseTo(1000, 9);
  expect(fullAt(pilot('sse', 400, 0.34, 0.68))).toBeCloseTo(500, 9);
});

it('loads are shares of what the last trial of the pilot promises, in two digits', () => {
  const { plan } = fixtureRun({}).header;
  const asked = { ...plan, loadPoints: placeLoads([0.1, 0.5], 1, plan.windowNs) };
  const trials = [pilot('sse', 160, 0.1), pilot('ws', 160, 0.12), pilot('ws', 600, 0.41)];
  const placed = placePlan(asked, trials);
  // 600 · 0.85 / 0.41 = 1,243.
  expect(placed.loads).toEqual({ carriedStreams: 1200, trials });
  expect(placed.loadPoints.map(({ connections, share }) => [connections, share])).toEqual([
    [120, 0.1],
    [600, 0.5],
  ]);
});

it('opening and first token are declared at the load nearest to half of the capacity, the rest at each', () => {
  const points = placeLoads([0.1, 0.4, 0.7], 1000, 10e9);
  expect(points.map(({ endpoints }) => endpoints)).toEqual([
    ['P3', 'P9', 'P4', 'P5'],
    ['P1', 'P2', 'P3', 'P9', 'P4', 'P5'],
    ['P3', 'P9', 'P4', 'P5'],
  ]);
});

it('a window too short for a 99th percentile declares none', () => {
  expect(declaredEndpoints(9.9e9)).not.toContain('P4');
  expect(declaredEndpoints(10e9)).toContain('P4');
});

it.each(['', '10', '0%', '101%', '10%,x%'])('--loads %s is refused by name', (text) => {
  expect(() => parseShares(text)).toThrow('--loads');
});
