import { expect, it } from 'vitest';
import type { SearchStep } from '../../contract/search.ts';
import { heededSteps } from './disturbed-steps.ts';
import { fixtureStep } from './search-fixture.ts';
import { searchLoads } from './search-loads.ts';

/** A step at half of the server's capacity that failed nevertheless. */
const spoiled: SearchStep = {
  ...fixtureStep(1500, ['loss', 'harness'], 3000),
  disturbedBy: ['N2'],
};
const carried = fixtureStep(1500, [], 3000);

it('a step that failed while machine and nobody else was busy is not heeded, twice for each load', () => {
  const other: SearchStep = { ...spoiled, streams: 1600 };
  expect(heededSteps([spoiled, carried, other, spoiled])).toEqual([carried]);
  expect(heededSteps([spoiled, spoiled, spoiled, other])).toEqual([spoiled]);
});

it.each<[string, SearchStep]>([
  ['was carried nevertheless', { ...carried, disturbedBy: ['N1', 'N2'] }],
  ['failed on a quiet machine', { ...spoiled, disturbedBy: [] }],
  [
    'failed with the server at its end',
    { ...spoiled, measured: { ...spoiled.measured!, serverUtilisation: 0.9 } },
  ],
  [
    'failed with the client at its end',
    { ...spoiled, measured: { ...spoiled.measured!, clientUtilisation: 0.71 } },
  ],
  [
    'failed as a whole trial',
    { streams: 1500, failed: ['loss'], reasons: [''], missedGates: [], disturbedBy: [] },
  ],
])('a step that %s is heeded', (_, step) => expect(heededSteps([step])).toEqual([step]));

it('a search measures a disturbed load again, as if it had not been measured, within its bound', async () => {
  const asked: number[] = [];
  const search = async (maxSteps: number) => {
    asked.length = 0;
    return await searchLoads({
      plan: { mostStreams: 10_000, width: 0.1, stepsPerLoad: 1, maxSteps },
      startStreams: 1500,
      isBurnIn: false,
      measure: async (streams) => {
        const isFirst = !asked.includes(streams);
        asked.push(streams);
        return await Promise.resolve(
          isFirst && streams <= 3000
            ? { ...spoiled, streams }
            : fixtureStep(streams, streams > 3000 ? ['objective'] : [], 3000),
        );
      },
    });
  };
  expect(await search(60)).toMatchObject({ end: 'found', lowerStreams: 2923, upperStreams: 3215 });
  expect(asked.slice(0, 4)).toEqual([1500, 1500, 1815, 1815]);
  expect(await search(5)).toMatchObject({ end: 'steps' });
  expect(asked).toHaveLength(5);
});
