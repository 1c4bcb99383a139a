import { expect, it } from 'vitest';
import { NS_PER_MS } from '../contract/units.ts';
import { planOf } from '../trial/measure-fixture.ts';

const SCENARIO = 'cancel';

it('stops are measured without a round trip, and over 20 and 80 ms', async () => {
  const { loadPoints } = await planOf(SCENARIO, {
    preset: 'standard',
    transports: 'sse,ws@relay',
  });
  expect(loadPoints.map(({ roundTripNs }) => roundTripNs)).toEqual([
    undefined,
    20 * NS_PER_MS,
    80 * NS_PER_MS,
  ]);
});

it('where a proxy stands between, there is no round trip besides its own', async () => {
  const { loadPoints } = await planOf(SCENARIO, { transports: 'sse@haproxy,ws@haproxy' });
  expect(loadPoints.map(({ roundTripNs }) => roundTripNs)).toEqual([undefined]);
});

it('over TLS no trial runs beside another: their handshakes would wait for each other', async () => {
  expect((await planOf(SCENARIO, {})).lanes).toBe(3);
  expect((await planOf(SCENARIO, { tls: true })).lanes).toBeUndefined();
  expect((await planOf(SCENARIO, { transports: 'sse,ws+tls' })).lanes).toBeUndefined();
});

it.each([
  [{ rate: '10' }, /^--rate 10: expected 40 to 500/],
  [{ duration: '1s' }, /^--duration 1s: expected 1\.5s or more/],
  [{ tokens: '5' }, /^--tokens 5: scenario cancel does not take it/],
  [{ transports: 'sse,tcp' }, /^--transports tcp: expected .*has no words to ask for a stream/],
  [
    { client: 'library' },
    /^--client library: expected probe .*cannot be told in which way to stop/,
  ],
])('%j is refused, with what would be right', async (flags, message) => {
  await expect(planOf(SCENARIO, flags)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(message) as string,
  });
});
