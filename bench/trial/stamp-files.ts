// Names the stamp files of a trial's child processes.

import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

export interface StampFiles extends Disposable {
  /** File of the first process of its kind. */
  readonly server: string;
  readonly client: string;
  /** File of the `index`-th process of its kind. */
  readonly of: (kind: 'server' | 'client', index: number) => string;
}

/**
 * @param keepIn Folder in which files named for the trial stay; undefined uses temporary files that
 * are removed in the end.
 */
export function stampFiles(keepIn: string | undefined, trial: number): StampFiles {
  const name = `trial-${String(trial).padStart(4, '0')}`;
  // Absolute: the children have working directories of their own.
  const folder = resolve(keepIn ?? temporaryFolder());
  const given = new Set<string>();
  const of = (kind: 'server' | 'client', index: number): string => {
    const file = join(folder, `${name}-${kind}${index === 0 ? '' : `-${index + 1}`}.stamps`);
    given.add(file);
    return file;
  };
  return {
    server: of('server', 0),
    client: of('client', 0),
    of,
    [Symbol.dispose]: () => {
      if (keepIn !== undefined) return;
      for (const file of given) rmSync(file, { force: true });
    },
  };
}
