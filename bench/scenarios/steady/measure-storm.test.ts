import { expect, test } from 'vitest';
import { measureStorm, streamsNotDone } from './measure-storm.ts';

const columns = (stamps: Record<'startNs' | 'acceptNs' | 'endNs', readonly number[]>) => ({
  startNs: Float64Array.from(stamps.startNs),
  acceptNs: Float64Array.from(stamps.acceptNs),
  endNs: Float64Array.from(stamps.endNs),
});

test('a storm lasts from its first request to the last acceptance, whatever failed', () => {
  const client = columns({
    startNs: [100, 110, 130, 125],
    acceptNs: [500, Number.NaN, 700, 400],
    endNs: [900, Number.NaN, Number.NaN, 950],
  });
  expect(measureStorm(client, 701)).toEqual({
    streams: 4,
    accepted: 3,
    issueNs: 30,
    spanNs: 600,
    outlastsWindow: false,
  });
  expect(measureStorm(client, 700).outlastsWindow).toBe(true);
  expect([...streamsNotDone(client)]).toEqual([1, 2]);
});

test('a storm of which nothing was accepted has no span', () => {
  const none = [Number.NaN, Number.NaN];
  const nothing = { streams: 2, accepted: 0, outlastsWindow: false };
  expect(measureStorm(columns({ startNs: [100, 110], acceptNs: none, endNs: none }), 900)).toEqual({
    ...nothing,
    issueNs: 10,
  });
  expect(measureStorm(columns({ startNs: none, acceptNs: none, endNs: none }), 900)).toEqual({
    ...nothing,
    issueNs: 0,
  });
});
