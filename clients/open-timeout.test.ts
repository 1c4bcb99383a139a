import { expect, it } from 'vitest';
import { giveUpUnaccepted } from './open-timeout.ts';

it('streams that nobody accepted are abandoned and fail together, the others go on', async () => {
  const seen: string[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  giveUpUnaccepted(
    { kind: 'storm', atNs: 0, timeoutNs: 2e9 },
    {
      now: () => 2e9,
      accounts: {
        openStreamNumbers: () => [0, 1, 2],
        fail: (stream, cause, message) => {
          seen.push(`${stream} ${cause}: ${message}`);
          if (stream === 2) resolve();
        },
      },
      recorder: { acceptNs: Float64Array.of(Number.NaN, 5, Number.NaN) },
      client: { abandon: (stream) => void seen.push(`${stream} abandoned`) },
    },
  );
  await over;
  const why = 'open-timeout: not accepted within 2 s';
  expect(seen).toEqual(['0 abandoned', `0 ${why}`, '2 abandoned', `2 ${why}`]);
});

function untouched(): never {
  throw new Error('nothing may be asked of it');
}

it('streams that begin one by one have no such moment', () => {
  const streams = {
    now: untouched,
    accounts: { openStreamNumbers: untouched, fail: untouched },
    recorder: { acceptNs: new Float64Array() },
    client: { abandon: untouched },
  };
  expect(giveUpUnaccepted({ kind: 'kept' }, streams)).toBeUndefined();
  expect(giveUpUnaccepted(undefined, streams)).toBeUndefined();
});
