import { expect, test } from 'vitest';
import { Stalls } from './stalls.ts';

const planOf = (stream: number) => ({ trialIndex: { stream, base: 0, startNs: 0 } });

/** A socket that was handed `bytes` and still holds `waiting` of them. */
function receiver() {
  const state = { bytes: 0, channel: { writableLength: 0 }, bytesWritten: () => state.bytes };
  return state;
}

test('what the kernel took is counted from the stop, without what waits in the process', () => {
  const stalls = new Stalls([3]);
  const socket = receiver();
  stalls.opened(planOf(3), socket);
  socket.bytes = 1000;
  stalls.stop();
  socket.bytes = 70_000;
  socket.channel.writableLength = 64_000;
  stalls.blocked(planOf(3), 250);
  stalls.cut(planOf(3), 400);
  expect(stalls.list()).toEqual([{ stream: 3, blockedNs: 250, takenBytes: 5000, cutNs: 400 }]);
});

test('a socket that drained again was not full for good', () => {
  const stalls = new Stalls([3]);
  stalls.opened(planOf(3), receiver());
  stalls.stop();
  stalls.blocked(planOf(3), 250);
  stalls.drained(planOf(3));
  expect(stalls.list()).toEqual([{ stream: 3 }]);
});

test('streams that read on are not noted, nor are those outside the trial', () => {
  const stalls = new Stalls([3]);
  stalls.opened(planOf(4), receiver());
  stalls.blocked(planOf(4), 250);
  stalls.opened({ trialIndex: undefined }, receiver());
  expect(stalls.list()).toEqual([]);
  expect([
    stalls.has(planOf(3)),
    stalls.has(planOf(4)),
    stalls.has({ trialIndex: undefined }),
  ]).toEqual([true, false, false]);
});
