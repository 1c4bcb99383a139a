import { expect, it } from 'vitest';
import { NS_PER_MS } from '../contract/units.ts';
import { SerialLink } from './serial-link.ts';

function linkAt(bytesPerSecond: number): { link: SerialLink; at: (ms: number) => void } {
  let nowNs = 0;
  const link = new SerialLink({ bytesPerSecond, now: () => nowNs });
  return { link, at: (ms) => void (nowNs = ms * NS_PER_MS) };
}

it('a piece passes when its last byte has, however long the link was idle before', () => {
  const { link, at } = linkAt(1e6);
  const lane = link.lane();
  at(1000);
  expect(lane.take(20_000)).toBe(0);
  expect(lane.readyNs(20_000)).toBe(1020 * NS_PER_MS);
  at(1019);
  expect(lane.take(20_000)).toBe(0);
  at(1020);
  expect(lane.take(20_000)).toBe(20_000);
});

it('the next piece of any connection waits for the one before it', () => {
  const { link, at } = linkAt(1e6);
  const [one, other] = [link.lane(), link.lane()];
  at(0);
  one.take(10_000);
  other.take(5000);
  expect([one.readyNs(10_000), other.readyNs(5000)]).toEqual([10 * NS_PER_MS, 15 * NS_PER_MS]);
  at(10);
  expect(one.take(10_000)).toBe(10_000);
  expect(other.take(5000)).toBe(0);
  expect(one.readyNs(1000)).toBe(16 * NS_PER_MS);
});
