// For tests: a server of each transport with the bundled tokens, in this process.

import { fileURLToPath } from 'node:url';
import type { PayloadName } from '../bench/contract/payload.ts';
import { planRehearsal, type Population } from '../bench/contract/population.ts';
import type { TransportId } from '../bench/contract/transports.ts';
import type { Workload } from '../bench/contract/workload.ts';
import { listenBare, listenFastify } from './listen.ts';
import { PlannedStreams } from './planned-streams.ts';
import { buildSseTwin } from './sse.ts';
import { Streams, type StreamsOptions } from './streams.ts';
import { buildTcpServer } from './tcp.ts';
import type { TwinParts } from './twin.ts';
import { buildWebSocketTwin } from './websocket.ts';

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

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly streams: Streams;
  readonly planned: PlannedStreams;
  close: () => Promise<void>;
}

interface TestServerOptions {
  readonly payload?: PayloadName;
  readonly workload?: Workload;
  /** The streams that are asked for by their number alone. */
  readonly population?: Population;
  readonly limits?: Partial<Pick<StreamsOptions, 'backpressureBytes' | 'maxStreams'>>;
}

export async function startTestServer(transport: TransportId, options: TestServerOptions = {}): Promise<TestServer> {
  const { payload = 'lean', workload = fastWorkload } = options;
  const planned = new PlannedStreams(
    workload,
    options.population && { population: options.population, rehearsal: planRehearsal(workload, 1, 0) },
  );
  const epochNs = process.hrtime.bigint();
  const now = (): number => Number(process.hrtime.bigint() - epochNs);
  const streams = new Streams({
    now,
    source: planned.source,
    payload,
    stamps: undefined,
    backpressureBytes: 1024 * 1024,
    maxStreams: 1000,
    ...options.limits,
  });
  const parts: TwinParts = { streams, planned, now };
  const { port, close } =
    transport === 'tcp'
      ? await listenBare(buildTcpServer(parts), streams, 0)
      : await listenFastify(transport === 'sse' ? buildSseTwin(parts, payload) : buildWebSocketTwin(parts), 0);
  return { port, streams, planned, close, [Symbol.asyncDispose]: close };
}
