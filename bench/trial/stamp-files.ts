// Where the children of a trial leave their stamps.

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** @param keepIn Files are named for the trial and stay there; undefined puts them aside and removes them in the end. */
export function stampFiles(keepIn: string | undefined, trial: number): { server: string; client: string } & Disposable {
  const name = keepIn === undefined ? `streamduel-${process.pid}-${trial}` : `trial-${String(trial).padStart(4, '0')}`;
  // Absolute: the children have working directories of their own.
  const folder = resolve(keepIn ?? tmpdir());
  const server = join(folder, `${name}-server.stamps`);
  const client = join(folder, `${name}-client.stamps`);
  return {
    server,
    client,
    [Symbol.dispose]: () => {
      if (keepIn !== undefined) return;
      rmSync(server, { force: true });
      rmSync(client, { force: true });
    },
  };
}
