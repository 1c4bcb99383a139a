// The floor under the probe on compressed arms: a process that reads and inflates, and does nothing
// else (inflating-reader.ts).

import { fileURLToPath } from 'node:url';
import type { TransportId } from '../contract/arms/transports.ts';
import { NS_PER_S } from '../contract/units.ts';
import type { FloorReader } from './floor-reader.ts';
import { getRequest, upgradeRequest } from './floor-requests.ts';

const program = fileURLToPath(new URL('inflating-reader.ts', import.meta.url));

const readerOf = (form: string, requestOf: FloorReader['requestOf']): FloorReader => ({
  // As load processes are started.
  command: [process.execPath, '--expose-gc', program, form],
  leadNs: 3 * NS_PER_S,
  requestOf,
});

const DEFLATE = 'permessage-deflate';
const CLIENT = 'client_no_context_takeover';

export const inflatingReaders = {
  'sse-gzip': readerOf('gzip', (path) => getRequest(path, 'gzip')),
  'ws-deflate': readerOf('takeover', (path) => upgradeRequest(path, `${DEFLATE}; ${CLIENT}`)),
  'ws-deflate-no-takeover': readerOf('no-takeover', (path) =>
    upgradeRequest(path, `${DEFLATE}; server_no_context_takeover; ${CLIENT}`),
  ),
} as const satisfies { readonly [Transport in TransportId]?: FloorReader };

export type InflatedTransport = keyof typeof inflatingReaders;

export const inflatedTransports = Object.keys(inflatingReaders) as InflatedTransport[];
