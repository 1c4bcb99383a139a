import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KIB } from '../../bench/contract/units.ts';
import { Carry } from './carry.ts';

const filled = (bytes: number, value: number): Buffer => Buffer.alloc(bytes, value);

it('units of several connections never touch each other, whatever their sizes and turns', () => {
  const turn = fc.record({
    carry: fc.integer({ min: 0, max: 3 }),
    bytes: fc.oneof(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 60 * KIB, max: 200 * KIB }),
    ),
    does: fc.constantFrom('append', 'clear', 'give back', 'take over' as const),
  });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 30 }), (turns) => {
      const carries = Array.from({ length: 4 }, () => new Carry('a unit'));
      const expected = carries.map(() => [] as Buffer[]);
      let isReadable = true;
      for (const [index, { carry: at, bytes, does }] of turns.entries()) {
        const carry = carries[at]!;
        const other = (at + 1) % carries.length;
        const before = Buffer.concat(expected[at]!);
        if (does === 'append') {
          const piece = filled(bytes, index + 1);
          carry.append(piece, 0, piece.length);
          expected[at]!.push(piece);
        } else if (does === 'clear') {
          carry.clear();
          expected[at] = [];
          // It stays readable, also while another carries a unit.
          carries[other]!.append(Buffer.of(index), 0, 1);
          expected[other]!.push(Buffer.of(index));
          isReadable &&= carry.bytes.subarray(0, before.length).equals(before);
        } else if (does === 'give back') {
          carry.giveBack();
        } else if (carry.length === 0) {
          carry.takeOver(carries[other]!);
          [expected[at], expected[other]] = [expected[other]!, []];
        }
        expect(isReadable).toBe(true);
        for (const [place, { bytes: held, length }] of carries.entries())
          expect(held.subarray(0, length).equals(Buffer.concat(expected[place]!))).toBe(true);
      }
    }),
  );
});

it('a large buffer goes from one connection to the next', () => {
  const [first, second] = [new Carry('a unit'), new Carry('a unit')];
  first.append(filled(900 * KIB, 1), 0, 900 * KIB);
  const { bytes } = first;
  first.clear();
  first.giveBack();
  second.append(filled(800 * KIB, 2), 0, 800 * KIB);
  expect(second.bytes).toBe(bytes);
  first.append(filled(100, 3), 0, 100);
  expect(first.bytes).not.toBe(bytes);
});
