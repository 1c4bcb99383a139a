import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureStep, searchFixture } from './search-fixture.ts';
import { measureHeadline } from './search-loads.ts';

describe('a search among streams', () => {
  it('finds a known capacity to within the width of its grid, from any start', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 40, max: 20_000 }),
        fc.integer({ min: 20, max: 20_000 }),
        async (capacity, startStreams) => {
          const {
            end,
            lowerStreams = 0,
            upperStreams = 0,
          } = await searchFixture({ capacity, startStreams, mostStreams: 30_000 });
          expect(end).toBe('found');
          expect(lowerStreams).toBeLessThanOrEqual(capacity);
          expect(upperStreams).toBeGreaterThan(capacity);
          // Both are rounded to whole streams.
          expect(upperStreams).toBeLessThanOrEqual(lowerStreams * 1.05 + 1);
        },
      ),
    );
  });

  it('asks both arms of a block the same loads around their start, whatever they carry', async () => {
    const [first, second] = [
      await searchFixture({ capacity: 3000, startStreams: 2550 }),
      await searchFixture({ capacity: 3100, startStreams: 2550 }),
    ];
    const grid = Array.from({ length: 40 }, (_, index) => Math.round(2550 * 1.05 ** (index - 20)));
    for (const { streams } of [...first.steps, ...second.steps]) expect(grid).toContain(streams);
  });

  it('near its answer takes about seven steps', async () => {
    const { steps, lowerStreams, upperStreams } = await searchFixture({
      capacity: 3000,
      startStreams: 2550,
    });
    expect(steps.map(({ streams }) => streams)).toEqual([2550, 3255, 2811, 2952, 3100, 3100, 2952]);
    expect([lowerStreams, upperStreams]).toEqual([2952, 3100]);
  });

  it('of the burn-in block comes from afar, doubling, and looks at each load once', async () => {
    const { steps } = await searchFixture({ capacity: 3000, startStreams: 400, isBurnIn: true });
    expect(steps.slice(0, 4).map(({ streams }) => streams)).toEqual([400, 792, 1568, 3105]);
    expect(new Set(steps.map(({ streams }) => streams)).size).toBe(steps.length);
  });

  it('never asks for more than it may, and says that its answer is "at least"', async () => {
    const {
      end,
      steps,
      lowerStreams = 0,
      upperStreams,
    } = await searchFixture({ capacity: 50_000, startStreams: 800, mostStreams: 2000 });
    expect(end).toBe('most');
    expect(Math.max(...steps.map(({ streams }) => streams))).toBe(lowerStreams);
    expect(lowerStreams).toBeLessThanOrEqual(2000);
    expect(lowerStreams * 1.05).toBeGreaterThan(2000);
    expect(upperStreams).toBeUndefined();
  });

  it('says what the load above the answer failed by, in any of its steps', async () => {
    expect((await searchFixture({ capacity: 3000, startStreams: 2550 })).failedBy).toEqual([
      'objective',
    ]);
    const limited = await searchFixture({
      capacity: 3000,
      startStreams: 2550,
      clientCapacity: 2900,
    });
    expect(limited).toMatchObject({ end: 'harness', failedBy: ['objective', 'harness'] });
    expect(limited.lowerStreams).toBeLessThan(2900);
  });

  it('on a machine that spoils one step in ten still ends within its bound, and never above the truth', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { steps, lowerStreams = 0 } = await searchFixture({
          capacity: 3000,
          startStreams: 2550,
          disturbance: { share: 0.1, seed },
        });
        expect(steps.length).toBeLessThanOrEqual(60);
        // Disturbed steps at one load lead a search to lower loads, never to higher ones.
        expect(lowerStreams).toBeLessThanOrEqual(3000);
      }),
      { numRuns: 200 },
    );
  });

  it('on such a machine finds the truth to a place in nine searches of ten', async () => {
    const searches = await Promise.all(
      Array.from(
        { length: 400 },
        async (_, seed) =>
          await searchFixture({
            capacity: 3000,
            startStreams: 2550,
            disturbance: { share: 0.1, seed },
          }),
      ),
    );
    const near = searches.filter(({ lowerStreams = 0 }) => lowerStreams > 3000 / 1.05 ** 2);
    expect(near.length / searches.length).toBeGreaterThan(0.9);
  });
});

describe('the headline load', () => {
  const quiet = fixtureStep(700, [], 3000);
  const disturbed = { ...quiet, disturbedBy: ['E1'] };

  it.each([
    [[quiet], quiet],
    [[disturbed, quiet, disturbed], quiet],
    [[disturbed, disturbed, disturbed, quiet], disturbed],
  ])(
    'is measured until the machine did nothing else, at most three times',
    async (steps, found) => {
      const left = [...steps];
      const asked: number[] = [];
      const step = await measureHeadline(700, async (streams) => {
        asked.push(streams);
        return await Promise.resolve(left.shift()!);
      });
      expect(step).toBe(found);
      expect(asked).toEqual(
        Array.from(
          { length: Math.min(3, steps.indexOf(found) + (found === quiet ? 1 : 3)) },
          () => 700,
        ),
      );
    },
  );
});
