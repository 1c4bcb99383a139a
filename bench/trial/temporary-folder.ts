// The folder for all temporary files of this process: removed when it ends, and by the next one
// when it was killed.

import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../contract/is-alive.ts';

let made: string | undefined;

/** An absolute path; made at its first use. */
export function temporaryFolder(): string {
  if (made !== undefined) return made;
  removeLeftovers();
  // A name that nobody can foresee: others may write to the parent folder.
  const path = mkdtempSync(join(tmpdir(), `${prefix()}${process.pid}-`));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  made = path;
  return path;
}

/**
 * Numbers of processes mean nothing outside their namespace, and containers may share the folder.
 */
function prefix(): string {
  return `streamduel-${pidNamespace()}-`;
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

function removeLeftovers(): void {
  const ours = new RegExp(`^${prefix()}(\\d+)-\\w+$`);
  for (const name of readdirSync(tmpdir())) {
    const pid = ours.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
