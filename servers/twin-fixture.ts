// Test fixture: a server of each transport with the bundled tokens, in this process.

import { fileURLToPath } from 'node:url';
import { DEFAULT_CLIENT, type ClientStack } from '../bench/contract/arms/stacks.ts';
import type { TransportId } from '../bench/contract/arms/transports.ts';
import type { Certificate } from '../bench/contract/certificate.ts';
import type { PayloadName } from '../bench/contract/payload.ts';
import { planRehearsal, type Population } from '../bench/contract/population.ts';
import { DEFAULT_RESUME_LIMITS, type RecoverySpecification } from '../bench/contract/recovery.ts';
import type { Workload } from '../bench/contract/workload.ts';
import type { TwinParts } from './admission.ts';
import { openStreams } from './open-streams.ts';
import { PlannedStreams } from './planned-streams.ts';
import { starters } from './starters.ts';
import type { Streams, StreamsOptions } from './streams.ts';
import type { TurnsParts } from './turns/turn-ledger.ts';

export const fastWorkload: Workload = {
  name: 'test',
  tokensPerStream: 40,
  tokensPerSecond: 2000,
  gaps: { kind: 'fixed' },
  firstTokenMedianMs: 1,
  firstTokenSigma: 0,
  segments: [],
  tokenFile: fileURLToPath(new URL('../bench/workloads/tokens.json', import.meta.url)),
  tokensSha256: '',
};

/** Settings under which streams outlive their connections, without heartbeats. */
const quietRecovery: RecoverySpecification = {
  fault: 'reset',
  policy: 'identical',
  faultNs: 0,
  outageNs: 0,
  isResumable: true,
  limits: DEFAULT_RESUME_LIMITS,
  retryMs: 1000,
};

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly streams: Streams;
  readonly planned: PlannedStreams;
  /** The server's clock: ns since it started, which is T0 of its planned streams. */
  readonly now: () => number;
  readonly countConnections: () => Promise<number>;
  close: () => Promise<void>;
}

interface TestServerOptions {
  readonly payload?: PayloadName;
  /** The stack that receives; the default one when absent. */
  readonly client?: ClientStack;
  readonly streamsPerConnection?: number;
  readonly workload?: Workload;
  /** The streams that are requested by their number alone. */
  readonly population?: Population;
  readonly limits?: Partial<Pick<StreamsOptions, 'backpressureBytes' | 'maxStreams'>>;
  /** Set when streams outlive their connections; fields left out are as in `quietRecovery`. */
  readonly recovery?: Partial<RecoverySpecification>;
  /** True when the server took over from another, whose streams it keeps. */
  readonly keepsState?: boolean;
  /** T0 by `process.hrtime.bigint()`, for a server that takes over from another; by default now. */
  readonly epochNs?: bigint;
  /** 0 lets the kernel choose. */
  readonly port?: number;
  /** The certificate of a server over TLS. */
  readonly tls?: Certificate;
  /** Set for a server that takes turns of conversations. */
  readonly turns?: Omit<TurnsParts, 'source'>;
}

export async function startTestServer(
  transport: TransportId,
  options: TestServerOptions = {},
): Promise<TestServer> {
  const {
    payload = 'lean',
    workload = fastWorkload,
    epochNs = process.hrtime.bigint(),
    keepsState = false,
  } = options;
  const planned = new PlannedStreams(
    workload,
    options.population && {
      population: options.population,
      rehearsal: planRehearsal(workload, 1, 0),
    },
    payload,
  );
  const now = (): number => Number(process.hrtime.bigint() - epochNs);
  const recovery = options.recovery && { ...quietRecovery, ...options.recovery };
  const streams = openStreams({
    now,
    source: planned.source,
    payload,
    stamps: undefined,
    backpressureBytes: 1024 * 1024,
    maxStreams: 1000,
    keepsState,
    ...(recovery !== undefined && { recovery }),
    ...options.limits,
  });
  const turns = options.turns && { ...options.turns, source: planned.source };
  const parts: TwinParts = { streams, planned, now, tls: options.tls, turns };
  const { client = DEFAULT_CLIENT, streamsPerConnection, port = 0 } = options;
  const server = await starters[transport](parts, {
    host: '127.0.0.1',
    port,
    payload,
    client,
    streamsPerConnection,
    recovery,
  });
  return { ...server, streams, planned, now, [Symbol.asyncDispose]: server.close };
}
