// The processes of a proxy: it and those that it has started, which share its process group.

import { readdirSync, readFileSync } from 'node:fs';

/**
 * Those that have not ended. @param leader The process that began the group. Without /proc the
 * leader alone is known.
 */
export function groupMembers(leader: number): readonly number[] {
  let entries: readonly string[];
  try {
    entries = readdirSync('/proc');
  } catch {
    return [leader];
  }
  return entries.filter((entry) => /^\d+$/.test(entry) && groupOf(entry) === leader).map(Number);
}

/** Undefined for a process that has ended, also when nothing has asked how yet. */
function groupOf(pid: string): number | undefined {
  try {
    // The name of the program, in parentheses, may have spaces; state and group are the first and
    // the third field after it (proc_pid_stat(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? undefined : Number(fields[2]);
  } catch {
    return undefined;
  }
}
