import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('over any span no more passes than the rate and 10 ms of it, however it is asked', () => {
  const steps = fc.array(
    fc.record({
      afterNs: fc.integer({ min: 0, max: 50e6 }),
      bytes: fc.integer({ min: 1, max: 100_000 }),
    }),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 1e8 }), steps, (bytesPerSecond, asked) => {
      let nowNs = 0;
      const bucket = new TokenBucket({ bytesPerSecond, now: () => nowNs });
      const passed = asked.map(({ afterNs, bytes }) => {
        nowNs += afterNs;
        return { atNs: nowNs, bytes: bucket.take(bytes) };
      });
      for (const [index, { atNs: fromNs }] of passed.entries()) {
        let sum = 0;
        for (const { atNs, bytes } of passed.slice(index)) {
          sum += bytes;
          expect(sum).toBeLessThanOrEqual(((atNs - fromNs + 10e6) * bytesPerSecond) / 1e9 + 1e-6);
        }
      }
    }),
  );
});

it('begins empty, fills at its rate, and says when enough is in it', () => {
  let nowNs = 0;
  const bucket = new TokenBucket({ bytesPerSecond: 1000, now: () => nowNs });
  expect(bucket.take(5)).toBe(0);
  expect(bucket.readyNs(5)).toBe(5e6);
  // The bucket holds 10, and half of it is enough for who wants more.
  expect(bucket.readyNs(5000)).toBe(5e6);
  nowNs = 3e6;
  expect(bucket.take(5)).toBe(0);
  expect(bucket.take(3)).toBe(3);
  nowNs = 5e9;
  expect(bucket.take(5000)).toBe(10);
  expect(bucket.take(1)).toBe(0);
});

it('passes all at its rate, and many bytes in few turns, to who asks again when told', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 1e8 }),
      fc.integer({ min: 1, max: 1e6 }),
      fc.array(fc.integer({ min: 0, max: 4e6 }), { minLength: 1, maxLength: 5 }),
      (bytesPerSecond, bytes, lateNs) => {
        let nowNs = 0;
        const bucket = new TokenBucket({ bytesPerSecond, now: () => nowNs });
        let turns = 0;
        for (let left = bytes; left > 0; turns++) {
          nowNs = Math.ceil(bucket.readyNs(left)) + lateNs[turns % lateNs.length]!;
          left -= bucket.take(left);
        }
        const idealNs = (bytes * 1e9) / bytesPerSecond;
        expect(nowNs).toBeGreaterThanOrEqual(idealNs - 10e6);
        expect(nowNs).toBeLessThan(idealNs + 10e6 + turns);
        expect(turns).toBeLessThanOrEqual(idealNs / 4e6 + 2);
      },
    ),
  );
});
