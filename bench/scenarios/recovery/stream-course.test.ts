import { expect, it } from 'vitest';
import { NS_PER_MS } from '../../contract/units.ts';
import { followStream, type StreamStamps } from './stream-course.ts';

const FAULT_NS = 1500 * NS_PER_MS;
const DELIVERY_MS = 2;

/** A client that notices nothing. */
function received(dueMs: readonly number[], receivedMs: readonly number[]): StreamStamps {
  return {
    dueNs: Float64Array.from(dueMs, (ms) => ms * NS_PER_MS),
    receivedNs: Float64Array.from(receivedMs, (ms) => ms * NS_PER_MS),
    pausedNs: undefined,
    lostNs: undefined,
    attemptNs: undefined,
    openNs: undefined,
    newNs: undefined,
  };
}

it('a pause of the plan itself is no interruption, however long', () => {
  const dueMs = [1100, 1200, 1300, 1400, 2400, 2500];
  const onTime = dueMs.map((ms) => ms + DELIVERY_MS);
  expect(followStream(received(dueMs, onTime), { faultNs: FAULT_NS })).toMatchObject({
    resumedNs: undefined,
    gapNs: undefined,
  });
});

it('a shorter silence that ended late is one, beside a longer pause that was planned', () => {
  const dueMs = [1100, 1200, 1300, 1400, 1500, 1600, 1700, 2600, 2700];
  // From 1402 to 1702 nothing came; the planned pause that follows is three times as long.
  const receivedMs = dueMs.map((ms) => (ms > 1400 && ms < 1700 ? 1702 : ms + DELIVERY_MS));
  expect(followStream(received(dueMs, receivedMs), { faultNs: FAULT_NS })).toMatchObject({
    resumedNs: 1702 * NS_PER_MS,
    isNeverBack: false,
  });
});
