import { expect, it } from 'vitest';
import type { Gate } from '../../contract/run-file.ts';
import { gatesOfSearch } from './search-gates.ts';

const stolen = (value: number): Gate => ({
  id: 'N1',
  kind: 'environment',
  title: 'stolen',
  value,
  limit: 0.02,
  unit: 'ratio',
  ok: value <= 0.02,
});
const lost = (value: number): Gate => ({
  id: 'C1',
  kind: 'correctness',
  title: 'lost',
  value,
  limit: 0,
  unit: 'count',
  ok: value === 0,
});
const busy: Gate = {
  id: 'H2',
  kind: 'harness',
  title: 'busy',
  value: 0.9,
  limit: 0.6,
  unit: 'ratio',
  ok: false,
};

it('what disturbed one step of many is made good by the others; what disturbed most of them is not', () => {
  const [once] = gatesOfSearch([[stolen(0.3)], [stolen(0.01)], [stolen(0)]], undefined);
  expect(once).toMatchObject({ id: 'N1', value: 0.01, ok: true, note: 'median of 3 steps' });
  const [often] = gatesOfSearch([[stolen(0.3)], [stolen(0.05)], [stolen(0)]], undefined);
  expect(often).toMatchObject({ value: 0.05, ok: false });
});

it('one token lost in one step that counts as carried is one too many', () => {
  const gates = gatesOfSearch([[lost(0)], [lost(2)], [lost(0)]], undefined);
  expect(gates).toEqual([{ ...lost(2), value: 2, ok: false }]);
});

it('gates of the load generator are not those of the search: each step was judged by them', () => {
  expect(gatesOfSearch([[busy, lost(0)]], undefined).map(({ id }) => id)).toEqual(['C1']);
});

it.each([
  ['found', []],
  ['steps', []],
  ['least', []],
  ['harness', ['H11']],
  ['most', ['H12']],
] as const)('a search whose end is %s misses %j', (end, missed) => {
  const gates = gatesOfSearch([], end);
  expect(gates.map(({ id, kind }) => [id, kind])).toEqual([
    ['H11', 'harness'],
    ['H12', 'harness'],
  ]);
  expect(gates.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(missed);
});
