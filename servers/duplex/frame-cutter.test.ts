import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameCutter } from './frame-cutter.ts';

it('finds the same frames however their bytes were cut', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 60, maxLength: 60 }),
      (bytes, sizes) => {
        const found: string[] = [];
        const cutter = new FrameCutter(7, (frame) => found.push(frame.toString('hex')));
        let from = 0;
        for (const size of sizes) {
          cutter.push(Buffer.from(bytes.subarray(from, from + size)));
          from += size;
        }
        const whole = Math.floor(bytes.length / 7);
        const expected = Array.from({ length: whole }, (_, index) =>
          Buffer.from(bytes.subarray(7 * index, 7 * index + 7)).toString('hex'),
        );
        expect([found, cutter.rest]).toEqual([expected, bytes.length % 7]);
      },
    ),
  );
});
