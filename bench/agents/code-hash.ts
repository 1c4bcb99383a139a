// Tells two versions of this program apart: agents and controller must run the same sources, with
// the same libraries, on the same Node.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { projectPath } from '../contract/program.ts';
import { readEnvironment } from '../trial/environment.ts';

/** Folders of the sources, or of what was compiled from them. */
const rooms = ['bench', 'clients', 'servers'] as const;
/** Programs in other stacks, their builds, and what tests and reports alone read. */
const LEFT_OUT = /(^|\/)(examples|node_modules|golden)(\/|$)|\.test\.[jt]s$/;

/** SHA-256, hex. */
export function hashCode(): string {
  const hash = createHash('sha256');
  const suffix = extname(import.meta.filename);
  const base = join(import.meta.dirname, '../..');
  for (const room of rooms)
    for (const file of filesIn(join(base, room), suffix)) {
      const name = relative(base, file);
      if (!LEFT_OUT.test(name)) hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
    }
  const { node, packages } = readEnvironment(undefined);
  hash.update(JSON.stringify([node, packages, readText(projectPath('package.json'))]));
  return hash.digest('hex');
}

function filesIn(folder: string, suffix: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) === suffix)
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
