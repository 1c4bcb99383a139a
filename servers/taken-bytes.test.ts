import { expect, it } from 'vitest';
import { TakenBytes } from './taken-bytes.ts';

/** A receiver that was handed some bytes, and holds some of them itself. */
function receiver(handed: number, held: number) {
  const state = { handed, held };
  return {
    state,
    bytesWritten: () => state.handed,
    channel: {
      get writableLength() {
        return state.held;
      },
    },
  };
}

it('what a socket still holds itself is not taken', () => {
  const taken = new TakenBytes();
  taken.opened('a', receiver(100, 30));
  expect(taken.list()).toEqual([{ id: 'a', bytes: 70, isBlocked: false }]);
});

it('a socket that drains again was not full for good', () => {
  const taken = new TakenBytes();
  taken.opened('a', receiver(100, 30));
  taken.blocked('a');
  expect(taken.list()).toMatchObject([{ isBlocked: true }]);
  taken.drained('a');
  expect(taken.list()).toMatchObject([{ isBlocked: false }]);
});

it('what happens to a stream that is closed does not count', () => {
  const taken = new TakenBytes();
  const one = receiver(100, 30);
  taken.opened('a', one);
  taken.blocked('a');
  taken.closed('a');
  one.state.held = 0;
  taken.drained('a');
  taken.closed('a');
  expect(taken.list()).toEqual([{ id: 'a', bytes: 70, isBlocked: true }]);
});

it('other streams are not watched', () => {
  const taken = new TakenBytes();
  taken.blocked('b');
  taken.closed('b');
  expect(taken.list()).toEqual([]);
});
