import { expect, it } from 'vitest';
import { cpuOf } from './trial-processes.ts';

const cpusOf = (first: number | undefined, processes: number, cpus: number) =>
  Array.from({ length: processes }, (_, place) => cpuOf(first, { place, cpus }));

it('on two CPUs all processes of a kind share one', () => {
  expect(cpusOf(0, 3, 2)).toEqual([0, 0, 0]);
  expect(cpusOf(1, 3, 2)).toEqual([1, 1, 1]);
});

it('on more they are spread, and the two kinds never meet', () => {
  expect(cpusOf(0, 5, 8)).toEqual([0, 2, 4, 6, 0]);
  expect(cpusOf(1, 5, 8)).toEqual([1, 3, 5, 7, 1]);
  expect(cpusOf(1, 3, 3)).toEqual([1, 1, 1]);
});

it('one process is where it always was, and without a CPU none is bound', () => {
  expect(cpuOf(1, { place: undefined, cpus: 64 })).toBe(1);
  expect(cpusOf(undefined, 3, 8)).toEqual([undefined, undefined, undefined]);
});
