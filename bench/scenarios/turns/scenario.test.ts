import { expect, it } from 'vitest';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import { planOf } from '../../trial/measure-fixture.ts';

it('every combination is a load point, and none twice', async () => {
  const { loadPoints, arms } = await planOf('turns', { preset: 'standard', seed: '1' });
  expect(arms.map(({ transport }) => transport)).toEqual(['sse-post', 'ws']);
  // Connections × contexts × round trips × uplinks.
  expect(loadPoints).toHaveLength(2 * 2 * 3 * 2);
  expect(new Set(loadPoints.map(loadPointKey)).size).toBe(loadPoints.length);
  expect(loadPointTitle(loadPoints.at(-1)!)).toBe(
    'one kept connection, only what is new, a round trip of 80 ms, 10 Mbit/s up',
  );
});

it.each([
  [{ transports: 'sse,ws' }, /sse has no form in which a client sends the turns of a conversation/],
  [{ transports: 'sse-post,ws-binary' }, /ws-binary has no form/],
  [{ client: 'library' }, /--client library/],
  [{ path: 'relay' }, /--path relay: scenario turns does not take it: its own relay/],
  [{ precision: '5%' }, /a conversation takes as long as its turns do/],
  [{ tokens: '1' }, /--tokens 1: expected 2 to 100000 in scenario turns/],
  [{ rate: '2', tokens: '60' }, /--rate 2: 4 replies of 60 tokens would take \d+ s/],
])('flags %j are refused, with what would be right', async (flags, message) => {
  await expect(planOf('turns', { preset: 'smoke', ...flags })).rejects.toThrow(message);
});
