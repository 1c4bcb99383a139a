// The server of a trial whose sessions send both ways, by what its transport can do.

import { transports, type TransportId } from '../../bench/contract/arms/transports.ts';
import type { TwinParts } from '../admission.ts';
import { listenFastify, type Address, type RunningServer } from '../listen.ts';
import type { DuplexSessions } from './duplex-sessions.ts';
import { buildEventStreamDuplex } from './event-stream-duplex.ts';
import { buildWebSocketDuplex } from './websocket-duplex.ts';

interface DuplexServerOptions extends Address {
  readonly transport: TransportId;
}

export async function startDuplex(
  parts: TwinParts,
  sessions: DuplexSessions,
  { transport, ...address }: DuplexServerOptions,
): Promise<RunningServer> {
  const { upward, binary } = transports[transport].capabilities;
  const app =
    upward === 'connection'
      ? buildWebSocketDuplex(parts, sessions, { isBinary: binary })
      : buildEventStreamDuplex(parts, sessions);
  return await listenFastify(app, address);
}
