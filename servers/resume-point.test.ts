import { expect, it } from 'vitest';
import { isOver, resumePoint, type Kept } from './resume-point.ts';

const running: Kept = { epoch: 'k3f9', tokens: 40, generated: 20, oldest: 1 };
const evicted: Kept = { ...running, oldest: 11 };
const finished: Kept = { ...running, generated: 40 };
const lost: Kept = { ...finished, oldest: 41 };
const plain: Kept = { ...running, oldest: undefined };

const points: [string, Kept, string | undefined, number, number | undefined][] = [
  ['nobody has a cursor, all is there', running, undefined, 1, undefined],
  ['nobody has a cursor, the beginning is gone', evicted, undefined, 11, 1],
  ['the cursor of `open`', running, 'k3f9.0', 1, undefined],
  ['in the middle', running, 'k3f9.7', 8, undefined],
  ['all that was generated', running, 'k3f9.20', 21, undefined],
  ['just within the buffer', evicted, 'k3f9.10', 11, undefined],
  ['just outside the buffer', evicted, 'k3f9.9', 11, 10],
  ['another epoch', evicted, 'zzzz.15', 11, 1],
  ['another epoch, all is there', running, 'zzzz.15', 1, 1],
  ['the future', running, 'k3f9.21', 1, 1],
  ['the number of `done` before it was sent', running, 'k3f9.41', 1, 1],
  ['garbage', evicted, '\u0000💥', 11, 1],
  ['no number at all', running, 'k3f9.', 1, 1],
  ['a number too long', running, `k3f9.${'9'.repeat(400)}`, 1, 1],
  ['16 KiB of a cursor', running, 'k'.repeat(16_384), 1, 1],
  ['finished, some left', finished, 'k3f9.39', 40, undefined],
  ['finished, all evicted', lost, 'k3f9.39', 41, 40],
  ['a stream that keeps nothing', plain, 'k3f9.7', 21, undefined],
  ['a stream that keeps nothing, and garbage', plain, 'garbage', 21, undefined],
];

it.each(points)('%s', (_what, kept, after, from, missing) => {
  expect(resumePoint(kept, after)).toEqual({
    from,
    gap: missing === undefined ? undefined : { missing, from },
  });
});

it.each([
  ['the last token', finished, 'k3f9.40', true],
  ['`done` itself', finished, 'k3f9.41', true],
  ['one token too few', finished, 'k3f9.39', false],
  ['beyond `done`', finished, 'k3f9.42', false],
  ['a stream that still runs', running, 'k3f9.20', false],
  ['tokens that are gone for ever', lost, 'k3f9.39', false],
  ['a finished stream that keeps nothing', { ...plain, generated: 40 }, 'k3f9.3', true],
] as const)('who has %s: is it over? %#', (_what, kept, after, expected) => {
  expect(isOver(kept, resumePoint(kept, after))).toBe(expected);
});
