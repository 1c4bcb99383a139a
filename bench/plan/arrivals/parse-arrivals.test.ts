import { expect, test } from 'vitest';
import { parseArrivals, writeArrivals } from './parse-arrivals.ts';

test.each([
  ['steady', { kind: 'steady' }, 'steady'],
  ['poisson', { kind: 'poisson', startsPerSecond: undefined }, 'poisson'],
  ['poisson:2.5', { kind: 'poisson', startsPerSecond: 2.5 }, 'poisson:2.5'],
  ['workload', { kind: 'workload', speed: 1 }, 'workload'],
  ['workload:×3', { kind: 'workload', speed: 3 }, 'workload:x3'],
  ['a/chat.csv', { kind: 'trace', file: 'a/chat.csv', speed: 1 }, 'a/chat.csv'],
  ['chat.csv:×10', { kind: 'trace', file: 'chat.csv', speed: 10 }, 'chat.csv:x10'],
  ['chat.csv:x0.5', { kind: 'trace', file: 'chat.csv', speed: 0.5 }, 'chat.csv:x0.5'],
  ['./poisson', { kind: 'trace', file: './poisson', speed: 1 }, './poisson'],
  ['a:b.csv', { kind: 'trace', file: 'a:b.csv', speed: 1 }, 'a:b.csv'],
] as const)('%s', (value, asked, written) => {
  expect(parseArrivals(value)).toEqual(asked);
  expect(writeArrivals(parseArrivals(value))).toBe(written);
  expect(parseArrivals(written)).toEqual(asked);
});

test.each([
  ['', 'expected steady, poisson:20'],
  ['steady:x2', 'expected steady alone'],
  ['poisson:', 'expected a number above 0'],
  ['poisson:0', 'expected a number above 0'],
  ['poisson:x10', 'expected a number above 0'],
  ['workload:10', 'expected a speed with an x after the colon, such as workload:x10'],
  ['chat.csv:10', 'expected a speed with an x after the colon, such as chat.csv:x10'],
  ['chat.csv:x0', 'expected a number above 0, at most 10000'],
  ['chat.csv:x10001', 'expected a number above 0, at most 10000'],
])('%j is refused', (value, message) => {
  expect(() => parseArrivals(value)).toThrow(message);
});
