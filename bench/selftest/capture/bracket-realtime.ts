// The program behind realtime-offset.ts: reads CLOCK_REALTIME between two readings of
// CLOCK_MONOTONIC, many times, and prints the interval that holds their difference. Node's own wall
// clock counts ms; that of WASI, which Node has too, counts µs.

import { WASI } from 'node:wasi';

/**
 * Enough that one reading follows a tick of the wall clock at once, and one immediately precedes a
 * tick; they take a few ms.
 */
const TRIES = 2000;
/** WASI preview 1, `clockid`. */
const REALTIME = 0;
const NS_PER_US = 1000n;

/**
 * The few names of the WebAssembly interface used here: the ES library of TypeScript has none, the
 * DOM's has too many.
 */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => {
    readonly exports: { readonly memory: { readonly buffer: ArrayBuffer } };
  };
};

// WASI writes its answers into the memory of a WebAssembly instance, so there must be one: this
// module is nothing but memory.
const memoryModule = [
  [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version 1
  [0x05, 0x03, 0x01, 0x00, 0x01], // memory section, 3 bytes: one memory, no upper limit, 1 page
  [0x07, 0x0a, 0x01, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00], // export section, 10 bytes: one, "memory", memory 0
].flat();

const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(memoryModule)));
const wasi = new WASI({ version: 'preview1' });
wasi.initialize(instance);
const readClock = wasi.wasiImport['clock_time_get'] as (
  clock: number,
  precision: bigint,
  address: number,
) => number;
const answer = new DataView(instance.exports.memory.buffer);

const readings = Array.from({ length: TRIES }, () => {
  const beforeNs = process.hrtime.bigint();
  const errno = readClock(REALTIME, 1n, 0);
  const afterNs = process.hrtime.bigint();
  if (errno !== 0) throw new Error(`clock_time_get failed with WASI errno ${errno}`);
  return { beforeNs, afterNs, realtimeNs: answer.getBigUint64(0, true) };
});

// Answers in whole µs (Node 24) are rounded down: the true time lies anywhere up to the next one.
const isRounded = readings.every(({ realtimeNs }) => realtimeNs % NS_PER_US === 0n);
const roundedNs = isRounded ? NS_PER_US - 1n : 0n;
const largest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a > b ? a : b));
const smallest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));
const lowNs = largest(readings.map(({ realtimeNs, afterNs }) => realtimeNs - afterNs));
const highNs = smallest(
  readings.map(({ realtimeNs, beforeNs }) => realtimeNs + roundedNs - beforeNs),
);
process.stdout.write(JSON.stringify({ lowNs: String(lowNs), highNs: String(highNs) }));
