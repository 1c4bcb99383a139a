// All kinds of paths, by name. To add one: its name in the contract, its file here, and its line.

import type { PathName } from '../contract/arms/paths.ts';
import { openDirectPath } from './direct-path.ts';
import { openNetnsPath } from './netns-path.ts';
import type { OpenPath, Path, PathOptions } from './path.ts';
import { openRelayPath } from './relay-path.ts';

const openers: Readonly<Record<PathName, OpenPath>> = {
  direct: openDirectPath,
  relay: openRelayPath,
  netns: openNetnsPath,
};

/** @throws BenchError LIMIT when this machine cannot have such a path */
export async function openPath(name: PathName, options: PathOptions): Promise<Path> {
  return await openers[name](options);
}
