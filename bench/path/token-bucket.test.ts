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
  // The bucket never holds more than 10.
  expect(bucket.readyNs(5000)).toBe(10e6);
  nowNs = 3e6;
  expect(bucket.take(5)).toBe(3);
  nowNs = 5e9;
  expect(bucket.take(5000)).toBe(10);
  expect(bucket.take(1)).toBe(0);
});
