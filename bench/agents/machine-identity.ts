import { readFileSync } from 'node:fs';

/** Differs between machines, and between two starts of one; empty when unknown. */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
