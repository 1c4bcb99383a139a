// Reads the memory of another process from the kernel, not process.memoryUsage(), which omits
// native buffers.

import { readFileSync } from 'node:fs';
import type { MemoryReading } from '../contract/run-file.ts';
import { KIB } from '../contract/units.ts';

/**
 * RSS, PSS and USS (private clean + private dirty) from smaps_rollup, which takes about 1 ms; never
 * inside a window.
 */
export function readMemory(pid: number): MemoryReading | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch {
    return undefined;
  }
  const bytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * KIB;
  return {
    rssBytes: bytes('Rss'),
    pssBytes: bytes('Pss'),
    ussBytes: bytes('Private_Clean') + bytes('Private_Dirty'),
  };
}
