import { expect, it } from 'vitest';
import { chooseStoppedReaders } from './stopped-readers.ts';

it('the share is exact, the choice fixed by the seed, and another with another seed', () => {
  const chosen = chooseStoppedReaders(7, { streams: 100, share: 0.2 });
  expect(new Set(chosen).size).toBe(20);
  expect(chosen.every((stream) => stream >= 0 && stream < 100)).toBe(true);
  expect(chooseStoppedReaders(7, { streams: 100, share: 0.2 })).toEqual(chosen);
  expect(chooseStoppedReaders(8, { streams: 100, share: 0.2 })).not.toEqual(chosen);
});

it('at least one stops, and never more than there are', () => {
  expect(chooseStoppedReaders(7, { streams: 2, share: 0.01 }).length).toBe(1);
  expect(chooseStoppedReaders(7, { streams: 3, share: 1 })).toEqual([0, 1, 2]);
});
