// A made-up run of scenario `matrix` for the tests of this folder, in which the effect of each
// transport is known. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { COPY_LABEL, type Arm } from '../../contract/arms/arms.ts';
import { transports, type TransportId } from '../../contract/arms/transports.ts';
import type { SavedRun } from '../../contract/run-file.ts';
import { matrixReading } from './reading.ts';

type Factors = Readonly<Partial<Record<TransportId, number>>>;

/** Server CPU per token, and time from ready to received, as multiples of those of SSE. */
export const serverCpu: Factors = {
  ws: 1.1,
  ndjson: 0.9,
  'sse-gzip': 3,
  'ws-deflate': 3.3,
  'ws-deflate-no-takeover': 3,
  'sse-h2': 0.8,
  'ws-mux': 0.7,
  buffered: 0.4,
};
const readyToReceived: Factors = {
  ws: 0.7,
  'ws-binary': 0.7,
  'sse-gzip': 1.6,
  'ws-deflate': 1.5,
  'ws-deflate-no-takeover': 1.5,
  buffered: 9000,
};

const injected: NonNullable<FixtureOptions['factor']> = (quantity, transport) => {
  if (quantity === 'serverCpu') return serverCpu[transport] ?? 1;
  return quantity === 'deliveryTransportNs' ? (readyToReceived[transport] ?? 1) : 1;
};

export const matrixTransports: readonly TransportId[] = [
  'sse',
  'ws',
  'sse-post',
  'ndjson',
  'sse-gzip',
  'ws-binary',
  'ws-deflate',
  'ws-deflate-no-takeover',
  'sse-h2',
  'ws-mux',
  'buffered',
];

const isShared = (transport: TransportId): boolean =>
  transports[transport].capabilities.streamsPerConnection === 'many';

function armOf(transport: TransportId): Arm {
  const arm = { transport, client: 'probe', path: 'direct' } as const;
  return isShared(transport) ? { ...arm, streamsPerConnection: 100 } : arm;
}

export function matrixRun({
  plan,
  transports: ids = matrixTransports,
  copy = false,
  ...options
}: FixtureOptions = {}): SavedRun {
  const arms = ids.map(armOf);
  return fixtureRun({
    factor: injected,
    command: 'streamduel run matrix --seed 1',
    ...options,
    plan: {
      scenario: 'matrix',
      preset: 'quick',
      arms: copy ? [...arms, { ...armOf('sse'), label: COPY_LABEL }] : arms,
      loadPoints: [{ connections: 100, ...(ids.some(isShared) && { isOfStreams: true }) }],
      ...plan,
    },
  });
}

export function matrixAnalysis(options: FixtureOptions = {}): Analysis {
  return analyse(matrixRun(options), matrixReading);
}
