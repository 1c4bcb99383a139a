// Where the project's own files are: run from its sources, or compiled below dist/ as an installed package has it, since Node
// strips no types below node_modules. A program is named without its suffix, and has that of the file that names it.

import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of sources in a checkout, of compiled files in a package. */
const suffix = extname(import.meta.filename);

/** Whether this is an installed package: then what surrounds it is somebody else's. */
export const isPackaged = suffix !== '.ts';

/** `programPath(import.meta.url, '../../servers/main')` */
export function programPath(from: string, program: string): string {
  return fileURLToPath(new URL(`${program}${suffix}`, from));
}

/** Where package.json is. */
const root = join(import.meta.dirname, isPackaged ? '../../..' : '../..');

/** A path below the folder of package.json. */
export function projectPath(path: string): string {
  return join(root, path);
}
