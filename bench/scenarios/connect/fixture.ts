// A made-up run of scenario `connect` for the tests of this folder: a storm, new and kept
// connections, an arm with failures. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type { CompletedTrial, LoadPoint } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import type { ConnectFindings } from './findings.ts';
import { connectReading } from './reading.ts';

/** The fixture tells load points apart by their connections; see `loadPoints`. */
const places = [1000, 1001, 1002] as const;

const loadPoints: readonly LoadPoint[] = [
  { connections: 1000, connecting: 'storm' },
  { connections: 100, connecting: 'cold' },
  { connections: 100, connecting: 'warm' },
];

const loadPointOf = ({ loadPoint }: CompletedTrial): LoadPoint =>
  loadPoints[places.findIndex((place) => place === loadPoint.connections)] as LoadPoint;

interface ConnectOptions extends Pick<
  FixtureOptions,
  'noise' | 'verdicts' | 'blocks' | 'transports'
> {
  /**
   * Over WebSocket some streams of each storm are refused, and the kernel drops some of its first
   * packets.
   */
  readonly hasFailures?: boolean;
}

const spanMs: Partial<Record<TransportId, number>> = { sse: 320, ws: 250, tcp: 60 };

function asStorm(trial: CompletedTrial, hasFailures: boolean): CompletedTrial {
  const { transport } = trial.arm;
  const failed = hasFailures && transport === 'ws' ? 20 : 0;
  const dropped = hasFailures ? 35 : 0;
  return {
    ...trial,
    client: {
      ...trial.client,
      streamsPlanned: 1000,
      streamsVerified: 1000 - failed,
      errors:
        failed === 0
          ? []
          : [{ cause: 'ECONNREFUSED', count: failed, example: 'stream 7: connect ECONNREFUSED' }],
    },
    storm: {
      streams: 1000,
      accepted: 1000 - failed,
      issueNs: 24 * NS_PER_MS,
      spanNs: (spanMs[transport] as number) * NS_PER_MS,
      outlastsWindow: false,
    },
    kernel: {
      listenOverflows: dropped,
      listenDrops: dropped,
      synRetransmits: dropped,
      segmentsRetransmitted: dropped,
    },
  };
}

/** Opening takes most of the time until the first token on a new connection. */
const shares: Partial<Record<string, readonly [storm: number, cold: number, warm: number]>> = {
  openNs: [150, 1, 0.4],
  ttftNs: [1.1, 0.01, 0.01],
  ttftOverheadNs: [180, 1.5, 1.2],
  serverCpu: [0.3, 0.5, 0.35],
};

export function connectAnalysis({
  hasFailures = false,
  ...options
}: ConnectOptions = {}): Analysis & ConnectFindings {
  const run = fixtureRun({
    transports: ['sse', 'ws', 'tcp'],
    plan: {
      scenario: 'connect',
      loadPoints: places.map((connections) => ({ connections })),
      ...(options.verdicts !== undefined && { verdicts: options.verdicts }),
    },
    factor: (quantity, transport, connections) =>
      (shares[quantity]?.[places.findIndex((place) => place === connections)] ?? 1) *
      (transport === 'ws' && quantity !== 'connectNs' ? 0.8 : 1),
    edit: (trial) => {
      const loadPoint = loadPointOf(trial);
      const { connectNs: _connectNs, ...distributions } = trial.distributions;
      if (loadPoint.connecting === 'storm') return asStorm({ ...trial, loadPoint }, hasFailures);
      if (loadPoint.connecting === 'warm') return { ...trial, loadPoint, distributions };
      return { ...trial, loadPoint };
    },
    command: 'streamduel run connect --transports sse,ws,tcp --seed 1',
    ...options,
  });
  const plan = { ...run.header.plan, loadPoints: [...loadPoints] };
  return analyse({ ...run, header: { ...run.header, plan } }, connectReading);
}
