import { expect, it } from 'vitest';
import { ProcessGroup } from './process-group.ts';
import { fakeWorker } from './worker-fixture.ts';

interface Hello {
  readonly kind: 'hello';
  readonly from: string;
}

const never = new AbortController().signal;
const greeting = (from: string) =>
  fakeWorker<Hello>({ name: from, answer: () => ({ kind: 'hello', from }) });

it('workers on other machines are addressed as one: each gets its message, and answers come in their order', async () => {
  const [first, second] = [greeting('first'), greeting('second')];
  const group = new ProcessGroup([first, second]);
  group.send({ kind: 'start' });
  group.sendEach((index) => ({ kind: 'serve', index }));
  expect([first.sent, second.sent]).toEqual([
    [{ kind: 'start' }, { kind: 'serve', index: 0 }],
    [{ kind: 'start' }, { kind: 'serve', index: 1 }],
  ]);
  expect((await group.expect('hello', 1000, never)).map(({ from }) => from)).toEqual([
    'first',
    'second',
  ]);
});

it('the stamps of all are one set', async () => {
  const none = Number.NaN;
  const group = new ProcessGroup([
    fakeWorker<Hello>({ columns: { endNs: Float64Array.of(1, none) } }),
    fakeWorker<Hello>({ columns: { endNs: Float64Array.of(none, 2) } }),
  ]);
  expect(await group.stamps()).toEqual({ endNs: Float64Array.of(1, 2) });
});

it('one that fails fails them all, and all are ended', async () => {
  const mute = fakeWorker<Hello>({ answer: () => Promise.reject(new Error('mute is silent')) });
  const workers = [greeting('first'), mute];
  const group = new ProcessGroup(workers);
  await expect(group.expect('hello', 1000, never)).rejects.toThrow('mute is silent');
  await group[Symbol.asyncDispose]();
  expect(workers.map(({ isGone }) => isGone)).toEqual([true, true]);
});
