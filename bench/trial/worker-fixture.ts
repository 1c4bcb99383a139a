// A worker that is no process, for tests: it notes what it is sent, and answers as it is told to.

import type { StampColumns } from '../contract/stamps.ts';
import type { Worker } from './worker.ts';

export interface FakeWorker<In extends { kind: string }> extends Worker<In> {
  readonly sent: object[];
  isGone: boolean;
}

interface FakeOptions<In> {
  readonly name?: string;
  /** Gives the message that is waited for; may reject. */
  readonly answer?: (kind: string) => In | Promise<In>;
  readonly columns?: StampColumns;
}

const neverAnswer = async (): Promise<never> => await new Promise(() => {});

export function fakeWorker<In extends { kind: string }>({
  name = 'fake',
  answer = neverAnswer,
  columns = {},
}: FakeOptions<In> = {}): FakeWorker<In> {
  const sent: object[] = [];
  const worker: FakeWorker<In> = {
    name,
    host: 'elsewhere',
    pid: 77,
    onMessage: undefined,
    sent,
    isGone: false,
    send: (message) => void sent.push(message),
    signal: () => {},
    expect: async <Kind extends In['kind']>(kind: Kind) =>
      (await answer(kind)) as Extract<In, { kind: Kind }>,
    stamps: () => Promise.resolve(columns),
    [Symbol.asyncDispose]: () => {
      worker.isGone = true;
      return Promise.resolve();
    },
  };
  return worker;
}
