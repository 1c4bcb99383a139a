// Test support: the state of a program's processes, by /proc.

import { readdirSync, readFileSync } from 'node:fs';

/** Processes whose parent is this one, by /proc. */
export function childrenOf(pid: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const parent = Number(
          /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1],
        );
        return parent === pid
          ? [{ pid: Number(entry), command: readFileSync(`/proc/${entry}/cmdline`, 'utf8') }]
          : [];
      } catch {
        return [];
      }
    });
}

/** A zombie does not count as alive. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
