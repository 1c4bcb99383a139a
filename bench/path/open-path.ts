// All kinds of paths, by name. To add one: its name in the contract, its file here, and its line. A
// real proxy needs neither: its description is all of it.

import { paths, type PathName } from '../contract/arms/paths.ts';
import { openDirectPath } from './direct-path.ts';
import { openNetnsPath } from './netns-path.ts';
import type { OpenPath, Path, PathOptions } from './path.ts';
import { openProxyPath } from './proxy-path.ts';
import { openRelayPath } from './relay-path.ts';

const openers = {
  direct: openDirectPath,
  relay: openRelayPath,
  netns: openNetnsPath,
} as const satisfies Partial<Record<PathName, OpenPath>>;

/**
 * @throws BenchError LIMIT when this machine cannot have such a path, MISSING_PROGRAM when it lacks
 * the proxy
 */
export async function openPath(name: PathName, options: PathOptions): Promise<Path> {
  const { real } = paths[name];
  const open = real === undefined ? openers[name as keyof typeof openers] : openProxyPath(real);
  return await open(options);
}
