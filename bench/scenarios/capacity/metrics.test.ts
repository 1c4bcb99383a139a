import { expect, it } from 'vitest';
import type { SearchedTrial } from '../../contract/run-file.ts';
import { NS_PER_US } from '../../contract/units.ts';
import { searchedRun } from './searched-run-fixture.ts';
import { searchMetrics } from './metrics.ts';

const { trials } = await searchedRun({ capacity: () => 3000, plan: { blocks: 1 } });
const search = trials.find(
  ({ burnIn, loadPoint }) => !burnIn && loadPoint.span === 'search',
) as SearchedTrial;
const value = (id: string, trial: SearchedTrial): number | undefined =>
  searchMetrics.find((metric) => metric.id === id)!.value(trial);
const withSearch = (change: Partial<SearchedTrial['search']>): SearchedTrial => ({
  ...search,
  search: { ...search.search, ...change },
});

it('the answer of a search is its datum: P7, more is better, margin 5 %', () => {
  const { lowerStreams = 0, upperStreams = 0 } = search.search;
  expect(value('capacity.streams', search)).toBe(lowerStreams);
  expect([lowerStreams <= 3000, upperStreams > 3000]).toEqual([true, true]);
  expect(searchMetrics[1]).toMatchObject({
    id: 'capacity.streams',
    endpoint: 'P7',
    better: 'higher',
    margin: { ratio: 0.05 },
  });
});

it('CPU per token is compared at the headline load, at which the machine did nothing else: P5, margin 5 %', () => {
  const { headline } = search.search;
  const measured = {
    ...headline!.measured!,
    serverCpuNs: 17_000 * headline!.measured!.serverTokens,
  };
  const change = (own: Partial<typeof headline>): SearchedTrial =>
    withSearch({ headline: { ...headline!, measured, ...own } });
  expect(value('cpu.token.headline', change({}))).toBe(17_000);
  expect(value('cpu.token.loaded', change({}))).toBe(14 * NS_PER_US);
  expect(value('cpu.token.headline', change({ failed: ['loss'] }))).toBeUndefined();
  expect(value('cpu.token.headline', change({ disturbedBy: ['E1'] }))).toBeUndefined();
  expect(value('cpu.token.headline', change({ measured: undefined }))).toBeUndefined();
  expect(
    value('cpu.token.headline', change({ measured: { ...measured, clientUtilisation: 0.71 } })),
  ).toBeUndefined();
  expect(searchMetrics[0]).toMatchObject({
    id: 'cpu.token.headline',
    endpoint: 'P5',
    better: 'lower',
    margin: { ratio: 0.05 },
  });
});

it('everything else is of the answer’s load: 20 tokens/s a stream, 14 µs of CPU each', () => {
  const share = search.search.lowerStreams! / 3000;
  expect(value('capacity.tokens', search)).toBe(20 * search.search.lowerStreams!);
  expect(value('cpu.token.loaded', search)).toBe(14 * NS_PER_US);
  expect(value('elu.server.loaded', search)).toBeCloseTo(0.9 * share, 9);
  expect(value('elu.client.loaded', search)).toBeCloseTo(0.55 * share, 9);
  expect(searchMetrics.filter((metric) => metric.value(search) === undefined)).toEqual([]);
});

it('steps of that load which failed are not what was carried', () => {
  const [first, ...others] = search.search.steps.filter(
    ({ streams }) => streams === search.search.lowerStreams,
  );
  const slow = {
    ...first!,
    failed: ['loss' as const],
    measured: { ...first!.measured!, serverCpuNs: 1e12 },
  };
  expect(value('cpu.token.loaded', withSearch({ steps: [slow, first!, ...others] }))).toBe(
    14 * NS_PER_US,
  );
});

it.each(['harness', 'most', 'least'] as const)(
  'a search whose end is %s has no value: it is no capacity',
  (end) => {
    const ofAnswer = searchMetrics.filter(({ id }) => !id.includes('headline'));
    for (const metric of ofAnswer) expect(metric.value(withSearch({ end }))).toBeUndefined();
  },
);

it('a curve and a proof are no searches', () => {
  const others = trials.filter(({ loadPoint }) => loadPoint.span !== 'search') as SearchedTrial[];
  expect(others).toHaveLength(3);
  for (const trial of others) expect(value('capacity.streams', trial)).toBeUndefined();
});
