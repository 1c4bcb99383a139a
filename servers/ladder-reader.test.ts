import { expect, it } from 'vitest';
import { spin } from '../bench/contract/injection.ts';
import { asInstant } from '../bench/contract/units.ts';
import { LadderReader } from './ladder-reader.ts';
import { noCounts } from './streams.ts';

const streams = { counts: { ...noCounts(), tokensWritten: 7 }, openStreams: 3 };

it('a reading says when it was taken, what was written, and what the process has', async () => {
  const reading = await new LadderReader(streams, () => asInstant(42)).read({ collect: false });
  expect(reading).toMatchObject({ atNs: 42, tokensWritten: 7, openStreams: 3 });
  expect(reading.heapUsedBytes).toBeGreaterThan(1e6);
  expect(reading).not.toHaveProperty('utilisation');
});

it('utilisation and CPU time are of the time since the reading before', async () => {
  const reader = new LadderReader(streams, () => asInstant(0));
  const before = await reader.read({ collect: false });
  spin(50e6);
  const after = await reader.read({ collect: false });
  // The thread had nothing else to do; a stolen moment lowers its CPU time, but not its
  // utilisation.
  expect(after.utilisation).toBeGreaterThan(0.9);
  expect(after.cpuNs).toBeGreaterThan(before.cpuNs);
});

it('collections are done before the reading, with time for V8 between them', async () => {
  const collected: unknown[] = [];
  const own = globalThis.gc;
  globalThis.gc = ((options?: unknown) => void collected.push(options)) as NodeJS.GCFunction;
  try {
    await new LadderReader(streams, () => asInstant(0)).read({ collect: true });
  } finally {
    globalThis.gc = own;
  }
  expect(collected).toEqual([
    undefined,
    undefined,
    undefined,
    { type: 'major', execution: 'sync', flavor: 'last-resort' },
  ]);
});
