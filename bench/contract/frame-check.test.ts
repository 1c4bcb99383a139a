import { describe, expect, it } from 'vitest';
import { makeChunks } from './chunks.ts';
import { countFaults, FrameCheck, noFaults } from './frame-check.ts';

const contents = makeChunks(64);
const FIRST = 60;

const frame = (number: number) => ({
  number,
  isSpeech: false,
  content: contents[(FIRST + number - 1) % contents.length] as Buffer,
});

function checked(...numbers: readonly number[]): FrameCheck {
  const check = new FrameCheck({ frames: 10, frameBytes: 64, firstContent: FIRST });
  for (const number of numbers) check.take(frame(number));
  return check;
}

describe('the check of frames', () => {
  it('finds nothing where all came in order', () => {
    expect(checked(1, 2, 3).faults(3)).toEqual(noFaults);
  });

  it('finds what was lost, whatever came after it', () => {
    expect(checked(1, 3).faults(3)).toEqual({ ...noFaults, lost: 1 });
    expect(checked().faults(3)).toEqual({ ...noFaults, lost: 3 });
  });

  it('finds what came twice, and what came late', () => {
    expect(checked(1, 2, 2).faults(2)).toEqual({ ...noFaults, repeated: 1 });
    expect(checked(2, 1, 3).faults(3)).toEqual({ ...noFaults, reordered: 1 });
  });

  it('finds content that is not the planned one, and numbers that nobody planned', () => {
    const check = checked(1);
    const altered = Buffer.from(frame(2).content);
    altered[0]! ^= 1;
    expect(check.take({ ...frame(2), content: altered })).toBeUndefined();
    expect(check.take({ ...frame(2), number: 11 })).toBeUndefined();
    expect(check.take({ ...frame(2), number: 0 })).toBeUndefined();
    expect(countFaults(check.faults(1))).toBe(3);
  });
});
