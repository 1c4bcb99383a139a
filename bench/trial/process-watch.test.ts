import { expect, test } from 'vitest';
import { isUntested, whyNoProc } from '../missing-fixture.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { ProcessWatch } from './process-watch.ts';

const noProc = isUntested('readings of processes', whyNoProc());

/** Longer than two ticks of the kernel's accounting. */
const BUSY_MS = 60;

test.skipIf(noProc)('CPU time counts from the beginning of the window, memory as it is', () => {
  using watch = new ProcessWatch(
    { servers: [process.pid], clients: [process.pid, process.pid] },
    NS_PER_S,
  );
  const untilMs = performance.now() + BUSY_MS;
  while (performance.now() < untilMs);
  const [reading, ...others] = watch.stop() ?? [];
  expect(others).toEqual([]);
  expect(reading?.atNs).toBeGreaterThanOrEqual(BUSY_MS * NS_PER_MS);
  expect(reading?.serverResidentBytes).toBeGreaterThan(0);
  expect(reading?.serverCpuNs).toBeGreaterThan(0);
  // Threads of the runner may be busy beside this one; a process counted twice is twice as much.
  expect(reading?.clientCpuNs).toBeGreaterThanOrEqual(2 * (reading?.serverCpuNs ?? 0));
});

test.skipIf(noProc)('a process that cannot be read leaves no reading, rather than 0', () => {
  using watch = new ProcessWatch({ servers: [2 ** 30], clients: [process.pid] }, NS_PER_S);
  expect(watch.stop()).toBeUndefined();
});
