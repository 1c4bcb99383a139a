// A made-up run of scenario `connect` for the tests of this folder: a storm, new and kept
// connections, an arm with failures. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type { CompletedTrial, LoadPoint } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import type { ConnectFindings } from './findings.ts';
import { connectReading } from './reading.ts';

type Connecting = NonNullable<LoadPoint['connecting']>;

/** The fixture tells load points apart by their connections, counted from here on. */
const FIRST = 1000;

const pointOf = (connecting: Connecting): LoadPoint => ({
  connections: connecting === 'storm' ? 1000 : 100,
  connecting,
});

const plain: readonly Connecting[] = ['storm', 'cold', 'warm'];
const secure: readonly Connecting[] = ['storm', 'cold', 'resumed', 'warm'];

interface ConnectOptions extends Pick<
  FixtureOptions,
  'noise' | 'verdicts' | 'blocks' | 'transports'
> {
  /**
   * Over WebSocket some streams of each storm are refused, and the kernel drops some of its first
   * packets.
   */
  readonly hasFailures?: boolean;
  /** All arms are over TLS, and resume sessions at a load point of their own. */
  readonly isOverTls?: boolean;
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
const shares: Partial<Record<string, Readonly<Record<Connecting, number>>>> = {
  openNs: { storm: 150, cold: 1, resumed: 0.5, warm: 0.4 },
  ttftNs: { storm: 1.1, cold: 0.01, resumed: 0.01, warm: 0.01 },
  ttftOverheadNs: { storm: 180, cold: 1.5, resumed: 1.4, warm: 1.2 },
  serverCpu: { storm: 0.3, cold: 0.5, resumed: 0.2, warm: 0.35 },
};

const armOverTls = (transport: TransportId): Arm => ({
  transport,
  tls: true,
  client: 'probe',
  path: 'direct',
});

export function connectAnalysis({
  hasFailures = false,
  isOverTls = false,
  ...options
}: ConnectOptions = {}): Analysis & ConnectFindings {
  const { transports = ['sse', 'ws', 'tcp'] } = options;
  const loadPoints = (isOverTls ? secure : plain).map(pointOf);
  const placeOf = (connections: number): LoadPoint => loadPoints[connections - FIRST] as LoadPoint;
  const run = fixtureRun({
    plan: {
      scenario: 'connect',
      ...(isOverTls && { arms: transports.map(armOverTls) }),
      loadPoints: loadPoints.map((_, index) => ({ connections: FIRST + index })),
      ...(options.verdicts !== undefined && { verdicts: options.verdicts }),
    },
    factor: (quantity, transport, connections) =>
      (shares[quantity]?.[placeOf(connections).connecting as Connecting] ?? 1) *
      (transport === 'ws' && quantity !== 'connectNs' ? 0.8 : 1),
    edit: (trial) => {
      const loadPoint = placeOf(trial.loadPoint.connections);
      const { connectNs: _connectNs, ...distributions } = trial.distributions;
      if (loadPoint.connecting === 'storm') return asStorm({ ...trial, loadPoint }, hasFailures);
      if (loadPoint.connecting === 'warm') return { ...trial, loadPoint, distributions };
      return { ...trial, loadPoint };
    },
    command: 'streamduel run connect --transports sse,ws,tcp --seed 1',
    ...options,
    transports,
  });
  const plan = { ...run.header.plan, loadPoints: [...loadPoints] };
  return analyse({ ...run, header: { ...run.header, plan } }, connectReading);
}
