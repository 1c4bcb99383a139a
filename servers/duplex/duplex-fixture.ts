// Test fixture: a twin of each form with the sessions of a small trial, in this process.

import { PlannedStreams } from '../planned-streams.ts';
import { openStreams } from '../open-streams.ts';
import { fastWorkload } from '../twin-fixture.ts';
import type { TransportId } from '../../bench/contract/arms/transports.ts';
import type { DuplexTrial } from '../../bench/contract/duplex.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import { DuplexSessions, type DuplexSessionsOptions } from './duplex-sessions.ts';
import { startDuplex } from './start-duplex.ts';

/** Sessions of ten frames and more, with an interruption. */
export const smallTrial: DuplexTrial = {
  duplex: {
    frameNs: 20 * NS_PER_MS,
    frameBytes: 64,
    deadlineNs: 60 * NS_PER_MS,
    leadNs: 20 * NS_PER_MS,
    interruptEveryFrames: 10,
    interruptFrames: 2,
    answerNs: 100 * NS_PER_MS,
  },
  workloadSeed: 1,
  connections: 2,
  rampNs: 0,
  warmupNs: 40 * NS_PER_MS,
  windowNs: 200 * NS_PER_MS,
  tailNs: 40 * NS_PER_MS,
};

export interface DuplexServer extends AsyncDisposable {
  readonly port: number;
  readonly sessions: DuplexSessions;
  readonly countConnections: () => Promise<number>;
}

export async function startDuplexServer(
  transport: TransportId,
  options: Partial<DuplexSessionsOptions> = {},
): Promise<DuplexServer> {
  const epochNs = process.hrtime.bigint();
  const now = (): number => Number(process.hrtime.bigint() - epochNs);
  const planned = new PlannedStreams(fastWorkload);
  const streams = openStreams({
    now,
    source: planned.source,
    payload: 'lean',
    stamps: undefined,
    backpressureBytes: 1024 * 1024,
    maxStreams: 10,
    keepsState: false,
  });
  const sessions = new DuplexSessions({ trial: smallTrial, now, ...options });
  const server = await startDuplex({ streams, planned, now }, sessions, {
    transport,
    host: '127.0.0.1',
    port: 0,
  });
  return { ...server, sessions, [Symbol.asyncDispose]: server.close };
}
