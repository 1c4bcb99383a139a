// The packages that come with others, by the lockfile.

import { readFileSync } from 'node:fs';
import { projectPath } from '../../contract/program.ts';

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly dependencies?: Record<string, string> }>
  >;
}

/** Names with versions, those that are given included. Optional and peer dependencies are left out. */
export function packageClosure(
  names: readonly string[],
  { packages }: Lockfile = readLockfile(),
): readonly string[] {
  const found = new Map<string, string>();
  const visit = (name: string, from: string): void => {
    const path = placeOf(name, from, packages);
    const entry = packages[path];
    if (entry === undefined) throw new Error(`${name} is not in package-lock.json`);
    if (found.has(path)) return;
    found.set(path, `${name} ${entry.version}`);
    for (const dependency of Object.keys(entry.dependencies ?? {})) visit(dependency, path);
  };
  for (const name of names) visit(name, '');
  return [...found.values()].toSorted();
}

/** The nearest folder of packages above, as Node looks for it. */
function placeOf(name: string, from: string, packages: Lockfile['packages']): string {
  for (let folder = from; folder !== '';) {
    const place = `${folder}/node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
  }
  return `node_modules/${name}`;
}

function readLockfile(): Lockfile {
  return JSON.parse(readFileSync(projectPath('package-lock.json'), 'utf8')) as Lockfile;
}
