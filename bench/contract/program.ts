// Locates the project's own files: sources, or files compiled to dist/ in an installed package,
// since Node strips no types below node_modules. A program is named without its suffix, and has
// that of the file that names it.

import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Suffix of sources in a checkout, of compiled files in a package. */
const suffix = extname(import.meta.filename);

/** Whether this is an installed package: then the surrounding files belong to another project. */
export const isPackaged = suffix !== '.ts';

/**
 * Path of a program relative to the caller: `programPath(import.meta.url, '../../servers/main')`
 */
export function programPath(from: string, program: string): string {
  return fileURLToPath(new URL(`${program}${suffix}`, from));
}

/** Folder of package.json. */
const root = join(import.meta.dirname, isPackaged ? '../../..' : '../..');

/** A path below the folder of package.json. */
export function projectPath(path: string): string {
  return join(root, path);
}
