import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isUntested, whyNoProc } from '../missing-fixture.ts';
import { countCalls } from './system-calls.ts';

const noProc = isUntested('counts of system calls', whyNoProc());

/** Allowance for threads of the runtime, which occasionally wake each other up by a write. */
const WAKE_UPS = 50;

function writeAndRead(writes: number, reads: number): void {
  const file = openSync('/dev/null', 'r+');
  const byte = Buffer.alloc(1);
  for (let call = 0; call < writes; call++) writeSync(file, byte);
  for (let call = 0; call < reads; call++) readSync(file, byte);
  closeSync(file);
}

it.skipIf(noProc)('counts what a process writes and reads, each by itself', () => {
  const stop = countCalls({ servers: [process.pid], clients: [process.pid] });
  writeAndRead(3000, 1000);
  const calls = stop();
  expect(calls?.serverWrites).toBeGreaterThanOrEqual(3000);
  expect(calls?.serverWrites).toBeLessThan(3000 + WAKE_UPS);
  expect(calls?.clientReads).toBeGreaterThanOrEqual(1000);
  expect(calls?.clientReads).toBeLessThan(1000 + WAKE_UPS);
  expect(calls?.spanNs).toBeGreaterThan(0);
});

it.skipIf(noProc)('adds up the processes of a kind', () => {
  const stop = countCalls({ servers: [process.pid, process.pid], clients: [process.pid] });
  writeAndRead(1000, 500);
  const { serverWrites = 0, serverReads = 0 } = stop() ?? {};
  expect(Math.abs(serverWrites - 2000)).toBeLessThan(WAKE_UPS);
  expect(Math.abs(serverReads - 1000)).toBeLessThan(WAKE_UPS);
});

it('calls of a process that is gone are unknown, not 0', () => {
  expect(countCalls({ servers: [process.pid], clients: [2 ** 22 + 1] })()).toBeUndefined();
});
