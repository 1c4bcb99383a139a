import { expect, it } from 'vitest';
import type { StampColumns } from '../contract/stamps.ts';
import { ProcessGroup } from './process-group.ts';
import type { Worker } from './worker.ts';

interface Hello {
  readonly kind: 'hello';
  readonly from: string;
}

/** A worker that is no process: it answers at once, and tells what it was sent. */
function fakeWorker(name: string, columns: StampColumns = {}): Worker<Hello> & { readonly sent: object[]; isGone: boolean } {
  const sent: object[] = [];
  return {
    name,
    host: 'elsewhere',
    pid: 1,
    onMessage: undefined,
    sent,
    isGone: false,
    send: (message) => void sent.push(message),
    signal: () => {},
    expect: async <Kind extends 'hello'>(kind: Kind) => {
      if (name === 'mute') throw new Error('mute is silent');
      return await Promise.resolve({ kind, from: name } as unknown as Extract<Hello, { kind: Kind }>);
    },
    stamps: () => Promise.resolve(columns),
    async [Symbol.asyncDispose]() {
      this.isGone = await Promise.resolve(true);
    },
  };
}

const never = new AbortController().signal;

it('workers on other machines are addressed as one: each gets its message, and answers come in their order', async () => {
  const [first, second] = [fakeWorker('first'), fakeWorker('second')];
  const group = new ProcessGroup([first, second]);
  group.send({ kind: 'start' });
  group.sendEach((index) => ({ kind: 'serve', index }));
  expect([first.sent, second.sent]).toEqual([
    [{ kind: 'start' }, { kind: 'serve', index: 0 }],
    [{ kind: 'start' }, { kind: 'serve', index: 1 }],
  ]);
  expect((await group.expect('hello', 1000, never)).map(({ from }) => from)).toEqual(['first', 'second']);
});

it('the stamps of all are one set', async () => {
  const none = Number.NaN;
  const group = new ProcessGroup([
    fakeWorker('first', { endNs: Float64Array.of(1, none) }),
    fakeWorker('second', { endNs: Float64Array.of(none, 2) }),
  ]);
  expect(await group.stamps()).toEqual({ endNs: Float64Array.of(1, 2) });
});

it('one that fails fails them all, and all are ended', async () => {
  const workers = [fakeWorker('first'), fakeWorker('mute')];
  const group = new ProcessGroup(workers);
  await expect(group.expect('hello', 1000, never)).rejects.toThrow('mute is silent');
  await group[Symbol.asyncDispose]();
  expect(workers.map(({ isGone }) => isGone)).toEqual([true, true]);
});
