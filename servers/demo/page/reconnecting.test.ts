import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepConnected, reconnectDelayMs, type Attempt } from './reconnecting.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const attempts: Attempt[] = [];
  const told: string[] = [];
  let closed = 0;
  const stop = keepConnected(
    (attempt) => {
      attempts.push(attempt);
      return () => closed++;
    },
    {
      onLoss: () => told.push('loss'),
      onGivingUp: (count) => told.push(`given up after ${count}`),
    },
    () => 1,
  );
  return { attempts, told, stop, closed: () => closed };
}

it.each([
  [1, 125, 250],
  [2, 250, 500],
  [4, 1000, 2000],
  [5, 2000, 4000],
  [9, 2000, 4000],
])('after %i losses in a row it waits between %i and %i ms', (losses, least, most) => {
  expect([reconnectDelayMs(losses, 0), reconnectDelayMs(losses, 1)]).toEqual([least, most]);
});

it('a lost connection is followed by another one', () => {
  const { attempts, told } = start();
  attempts[0]!.lost();
  expect(told).toEqual(['loss']);
  vi.advanceTimersByTime(249);
  expect(attempts).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(attempts).toHaveLength(2);
});

it('one loss that is told twice is one', () => {
  const { attempts, told } = start();
  attempts[0]!.lost();
  attempts[0]!.lost();
  vi.runAllTimers();
  expect([told, attempts.length]).toEqual([['loss'], 2]);
});

it('gives up after seven losses in a row, and says so once', () => {
  const { attempts, told } = start();
  for (let loss = 0; loss < 7; loss++) {
    attempts.at(-1)!.lost();
    vi.runAllTimers();
  }
  expect([attempts.length, told.at(-1)]).toEqual([7, 'given up after 7']);
  attempts.at(-1)!.lost();
  expect(told).toHaveLength(7);
});

it('begins anew with short waits once something came', () => {
  const { attempts } = start();
  for (let loss = 0; loss < 20; loss++) {
    attempts.at(-1)!.progressed();
    attempts.at(-1)!.lost();
    vi.advanceTimersByTime(250);
  }
  expect(attempts).toHaveLength(21);
});

it('once it is ended it closes its connection and comes back no more', () => {
  const { attempts, stop, closed, told } = start();
  stop();
  attempts[0]!.lost();
  vi.runAllTimers();
  expect([attempts.length, closed(), told]).toEqual([1, 1, []]);
});

it('ended while it waits, it comes back no more', () => {
  const { attempts, stop } = start();
  attempts[0]!.lost();
  stop();
  vi.runAllTimers();
  expect(attempts).toHaveLength(1);
});
