// The processes of a proxy: it and those that it has started, which share its process group.

import { processesWith } from '../trial/process-stat.ts';

/**
 * Those that have not ended. @param leader The process that began the group. Without /proc the
 * leader alone is known.
 */
export function groupMembers(leader: number): readonly number[] {
  return processesWith(({ isZombie, group }) => !isZombie && group === leader) ?? [leader];
}
