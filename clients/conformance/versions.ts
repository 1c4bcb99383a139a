// Versions of the receivers that are compared here.

import { readFileSync } from 'node:fs';

/** Version of a package that this project depends on. */
export const installedVersion = (name: string): string =>
  versionIn(`node_modules/${name}/package.json`);

/** Version of this project. */
export const ownVersion = (): string => versionIn('package.json');

function versionIn(manifest: string): string {
  const text = readFileSync(new URL(`../../${manifest}`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
