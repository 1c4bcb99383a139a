import { expect, it } from 'vitest';
import { NS_PER_MS } from '../contract/units.ts';
import { planOf } from '../trial/measure-fixture.ts';

const SCENARIO = 'steer';

const tripsOf = async (preset: string): Promise<readonly (number | undefined)[]> => {
  const { loadPoints } = await planOf(SCENARIO, { preset });
  return loadPoints.map(({ roundTripNs }) => roundTripNs);
};

it('inputs are measured without a round trip, and over 80 ms; in longer presets over 20 ms, too', async () => {
  expect(await tripsOf('quick')).toEqual([undefined, 80 * NS_PER_MS]);
  expect(await tripsOf('standard')).toEqual([undefined, 20 * NS_PER_MS, 80 * NS_PER_MS]);
});

it('where a proxy stands between, there is no round trip besides its own', async () => {
  const { loadPoints } = await planOf(SCENARIO, { transports: 'sse@haproxy,ws@haproxy' });
  expect(loadPoints.map(({ roundTripNs }) => roundTripNs)).toEqual([undefined]);
});

it.each([
  [{ rate: '5' }, /^--rate 5: expected 10 to 500/],
  [{ duration: '900ms' }, /^--duration 0\.9s: expected 1s or more/],
  [{ tokens: '5' }, /^--tokens 5: scenario steer does not take it/],
  [{ stamps: true }, /^--stamps: scenario steer does not take it/],
  [{ payload: 'audio' }, /^--payload audio: expected a payload of text in scenario steer/],
  [{ transports: 'sse,tcp' }, /^--transports tcp: expected .*has no words to ask for a stream/],
  [{ transports: 'sse,sse-h2:6' }, /^--transports sse-h2: expected .*has no way here/],
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
