// Judges the validity of one trial of whole streams in a closed loop. Nothing in it is due at a
// moment, so clocks and punctual starts do not matter; but the load generator must not be the
// bottleneck of the loop.

import type { Gate } from '../../../contract/run-file.ts';
import { atMost } from '../../../trial/gate.ts';
import {
  cpuNs,
  otherProgramsGate,
  stealGates,
  swapGate,
  throttlingGate,
  tracerGate,
} from '../../../trial/machine-gates.ts';
import { earlyGate, tookPartGate } from '../../../trial/stream-gates.ts';
import type { MeasuredClosedLoop } from './measure.ts';

export function checkClosedLoopGates(measured: MeasuredClosedLoop): Gate[] {
  return [...environmentGates(measured), ...harnessGates(measured), ...correctnessGates(measured)];
}

function environmentGates({ host, server, client, tracers }: MeasuredClosedLoop): Gate[] {
  return [
    ...stealGates(host),
    otherProgramsGate(host, cpuNs(server.use) + cpuNs(client.use)),
    throttlingGate(host),
    swapGate(host),
    tracerGate(tracers),
  ];
}

function harnessGates({ client: { use } }: MeasuredClosedLoop): Gate[] {
  const kind = 'harness';
  const gcNs = use.gcMinorNs + use.gcMajorNs + use.gcOtherNs;
  const runDelay = use.runDelayNs === undefined ? undefined : use.runDelayNs / use.wallNs;
  return [
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      use.eventLoopUtilisation,
    ),
    atMost(
      {
        id: 'H2max',
        kind,
        title: 'client event-loop utilisation, worst second',
        limit: 0.7,
        unit: 'ratio',
      },
      use.eventLoopUtilisationMax,
    ),
    atMost(
      { id: 'H5', kind, title: 'client runnable but not running', limit: 0.05, unit: 'ratio' },
      runDelay,
    ),
    atMost(
      { id: 'H7', kind, title: 'client garbage collection', limit: 0.02, unit: 'ratio' },
      gcNs / use.wallNs,
    ),
  ];
}

/** An HTTP load generator only sees whole responses; single tokens are then not judged. */
const UNSEEN = 'not judged: this client does not look at single tokens';

function correctnessGates({ client, server }: MeasuredClosedLoop): Gate[] {
  const kind = 'correctness';
  const failed = client.errors.reduce((sum, { count }) => sum + count, 0);
  const examples = client.errors
    .map((error) => `${error.cause} ×${error.count}: ${error.example}`)
    .join('; ');
  return [
    atMost(
      {
        id: 'C1',
        kind,
        title: 'tokens lost, duplicated, reordered or corrupt; hashes that differ',
        limit: 0,
        unit: 'count',
      },
      client.tokenFaults,
      client.tokenFaults === undefined ? UNSEEN : undefined,
    ),
    atMost(
      { id: 'C2', kind, title: 'bytes beside the byte model', limit: 0, unit: 'bytes' },
      client.bytesBesideModel,
      client.bytesBesideModel === undefined ? UNSEEN : undefined,
    ),
    atMost(
      { id: 'C5', kind, title: 'streams that failed', limit: 0.001, unit: 'ratio' },
      client.streamsAsked === 0 ? 0 : failed / client.streamsAsked,
      examples || undefined,
    ),
    tookPartGate({ streamsStarted: client.streamsAsked, tokensReceived: client.streamsWhole }),
    earlyGate(server),
    atMost(
      {
        id: 'C9',
        kind,
        title: 'streams counted as whole that the server never finished',
        limit: 0,
        unit: 'count',
      },
      Math.max(0, client.streamsWhole - server.streamsFinished),
    ),
  ];
}
