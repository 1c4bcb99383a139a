import { describe, expect, it } from 'vitest';
import { armName } from '../../contract/arms/arms.ts';
import { countSupplements, headlineOf, startOfSearch, supplementsOf } from './follow-up.ts';
import { searchedRun, searchPlan } from './searched-run-fixture.ts';

const { trials } = await searchedRun({
  capacity: (transport) => (transport === 'sse' ? 3000 : 3600),
});

describe('a search of a measured block', () => {
  it('begins below the mean of what the burn-in block found, within one width of it', () => {
    const starts = Array.from(
      { length: 6 },
      (_, index) => startOfSearch(searchPlan, index + 1, trials) ?? 0,
    );
    const burnIn = trials
      .slice(0, 2)
      .map((trial) => (trial.outcome === 'searched' ? (trial.search.lowerStreams ?? 0) : 0));
    const middle = 0.9 * Math.sqrt(burnIn[0]! * burnIn[1]!);
    for (const start of starts)
      expect(Math.abs(Math.log(start / middle))).toBeLessThan(Math.log(1.05) / 2 + 0.001);
    expect(new Set(starts).size).toBeGreaterThan(3);
  });

  it('begins at the same load in all arms and repetitions, whatever measured blocks found', () => {
    expect(startOfSearch(searchPlan, 3, trials.slice(0, 2))).toBe(
      startOfSearch(searchPlan, 3, trials),
    );
  });

  it('begins where the burn-in block did when that found nothing, or when there was none', () => {
    expect(startOfSearch(searchPlan, 0, trials)).toBe(750);
    expect(startOfSearch(searchPlan, 1, [])).toBe(750);
    expect(startOfSearch({ ...searchPlan, burnInBlocks: 0 }, 0, [])).toBe(750);
  });

  it('is none in another scenario', () => {
    const { search: _search, ...plan } = searchPlan;
    expect(startOfSearch(plan, 1, [])).toBeUndefined();
    expect([supplementsOf(plan, []), countSupplements(plan)]).toEqual([[], 0]);
  });
});

describe('the headline load', () => {
  it('is half of what the weaker arm carried in the burn-in block, for all arms, blocks and repetitions', () => {
    const loads = Array.from(
      { length: 6 },
      (_, index) => headlineOf(searchPlan, index + 1, trials) ?? 0,
    );
    expect(new Set(loads).size).toBe(1);
    expect(loads[0]).toBeGreaterThan(1500 / 1.05);
    expect(loads[0]).toBeLessThanOrEqual(1500);
    expect(headlineOf(searchPlan, 3, trials.slice(0, 2))).toBe(loads[0]);
  });

  it('is none in the burn-in block, without one, and where that found nothing', () => {
    expect(headlineOf(searchPlan, 0, trials)).toBeUndefined();
    expect(headlineOf(searchPlan, 1, [])).toBeUndefined();
    expect(headlineOf({ ...searchPlan, burnInBlocks: 0 }, 0, [])).toBeUndefined();
  });
});

describe('after the blocks', () => {
  const supplements = supplementsOf(searchPlan, trials);

  it('come a curve of each arm on one grid around the knee of the one that carries less, and the proof above the other', () => {
    expect(supplements.map(({ purpose, arm }) => `${purpose} ${armName(arm)}`)).toEqual([
      'curve sse',
      'curve ws',
      'proof tcp',
    ]);
    const [sse, ws, proof] = supplements.map(({ streams }) => streams);
    expect(ws).toEqual(sse);
    expect(sse).toHaveLength(5);
    expect((sse?.at(-1) ?? 0) / (sse?.[0] ?? 1)).toBeCloseTo(13, 1);
    expect(sse?.at(-1)).toBeGreaterThan(3000);
    expect(sse?.at(-1)).toBeLessThanOrEqual(3900);
    expect(proof?.[0]).toBeGreaterThan((1.5 * 3600) / 1.05);
    expect(proof?.[0]).toBeLessThanOrEqual(1.5 * 3600);
  });

  it('nothing asks for more than the most', () => {
    const limited = supplementsOf(
      { ...searchPlan, search: { ...searchPlan.search!, mostStreams: 3200 } },
      trials,
    );
    expect(Math.max(...limited.flatMap(({ streams }) => streams))).toBe(3200);
  });

  it('there are as many as were counted beforehand; none without an answer, and none of a pilot', () => {
    expect(supplements).toHaveLength(countSupplements(searchPlan));
    expect(supplementsOf(searchPlan, trials.slice(0, 2))).toEqual([]);
    const pilot = { ...searchPlan, isPilot: true };
    expect([supplementsOf(pilot, trials), countSupplements(pilot)]).toEqual([[], 0]);
  });

  it('a copy of the baseline has no curve of its own, and the null arm is not what the proof goes by', () => {
    const [sse, ws] = searchPlan.arms;
    const copy = { ...sse!, label: 'copy' };
    expect(supplementsOf({ ...searchPlan, arms: [sse!, ws!, copy] }, trials)).toEqual(supplements);
    const tcp = { ...sse!, transport: 'tcp' } as const;
    const withNull = supplementsOf({ ...searchPlan, arms: [sse!, ws!, tcp] }, trials);
    expect(withNull.map(({ purpose, arm }) => `${purpose} ${armName(arm)}`)).toEqual([
      'curve sse',
      'curve ws',
      'curve tcp',
      'proof tcp',
    ]);
    expect(withNull.at(-1)).toEqual(supplements.at(-1));
  });
});
