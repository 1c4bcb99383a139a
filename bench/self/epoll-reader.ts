// The floor under the probe as a reader in C (epoll-reader.c): one recv per readiness, a stamp, and
// nothing verified.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TransportId } from '../contract/arms/transports.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { FloorReader } from './floor-reader.ts';
import { getRequest, upgradeRequest } from './floor-requests.ts';

const source = fileURLToPath(new URL('epoll-reader.c', import.meta.url));

/** The request for a path, by transport; others are not compared with this reader. */
const requestOf: { readonly [Transport in TransportId]?: FloorReader['requestOf'] } = {
  sse: (path) => getRequest(path),
  ws: (path) => upgradeRequest(path),
  tcp: (path) => `${path}\n`,
};

export const readTransports = Object.keys(requestOf) as TransportId[];

/**
 * Compiles the reader into a folder and returns its path; undefined when there is no C compiler.
 */
export function compileEpollReader(folder: string): string | undefined {
  if (spawnSync('cc', ['--version']).error !== undefined) return undefined;
  const program = join(folder, 'epoll-reader');
  execFileSync('cc', ['-O2', '-o', program, source]);
  return program;
}

/** @param program The compiled reader. */
export function epollReader(program: string, transport: TransportId): FloorReader {
  const request = requestOf[transport];
  assert(request !== undefined, `the reader in C has no request for ${transport}`);
  return { command: [program], leadNs: 300 * NS_PER_MS, requestOf: request };
}
