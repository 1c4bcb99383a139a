// Judges what server and clients did with the streams of a trial, by the counts of both sides.
// Misses are defects, or a load that did not come about.

import type { Gate } from '../contract/run-file.ts';
import type { ClientTally, ServerTally } from '../contract/tally.ts';
import { atMost } from './gate.ts';
import type { Measured } from './procedure.ts';

/** Largest tolerated missing share of the requested load. */
export const MISSING_LOAD = 0.05;

const PAGE_IS_BLIND = 'of what the server wrote: a page does not see its sockets';
const PATH_ALTERS = 'of what the server wrote: bytes are framed anew on the path';
const WITHOUT_MODEL = 'of what was read against what was written: this transport has no byte model';

interface BothSides extends Pick<Measured, 'specification' | 'clock' | 'keepsBytes'> {
  readonly server: ServerTally;
  readonly client: ClientTally;
}

/** Gates that compare the bytes and tokens received with those sent. */
export function receiptGates({
  specification,
  server,
  client,
  keepsBytes,
}: Omit<BothSides, 'clock'>): Gate[] {
  const kind = 'correctness';
  const faults =
    client.lost + client.duplicated + client.reordered + client.corrupt + client.hashMismatches;
  // Streams of receivers that stop reading as planned do not end; both ends leave their bytes out.
  const stopped = specification.stall?.connections ?? 0;
  const allVerified = client.streamsVerified === client.streamsPlanned - stopped;
  const bytesRead = keepsBytes ? client.bytesRead : undefined;
  const oneSided = keepsBytes ? PAGE_IS_BLIND : PATH_ALTERS;
  const { modelBytes } = client;
  const gaps = [
    ...(modelBytes === undefined
      ? []
      : [Math.abs(server.bytesWritten - server.headBytes - modelBytes)]),
    ...(bytesRead === undefined ? [] : [Math.abs(server.bytesWritten - bytesRead)]),
  ];
  return [
    atMost(
      {
        id: 'C1',
        kind,
        title: 'tokens lost, duplicated, reordered or corrupt; hashes that differ',
        limit: 0,
        unit: 'count',
      },
      faults,
    ),
    atMost(
      { id: 'C2', kind, title: 'bytes beside the byte model', limit: 0, unit: 'bytes' },
      allVerified && gaps.length > 0 ? gaps.reduce((sum, gap) => sum + gap, 0) : undefined,
      allVerified
        ? byteNote({ modelBytes, bytesRead, oneSided })
        : 'only judged when every stream ended whole',
    ),
  ];
}

interface ComparedBytes {
  readonly modelBytes: number | undefined;
  readonly bytesRead: number | undefined;
  readonly oneSided: string;
}

/** Why the bytes are not judged, or only in part. */
function byteNote({ modelBytes, bytesRead, oneSided }: ComparedBytes): string | undefined {
  if (modelBytes !== undefined) return bytesRead === undefined ? oneSided : undefined;
  return bytesRead === undefined ? 'not judged: this transport has no byte model' : WITHOUT_MODEL;
}

/** Gates that check that streams and processes behaved as planned. */
export function conductGates({
  specification,
  server,
  client,
  clock,
}: Omit<BothSides, 'keepsBytes'>): Gate[] {
  const kind = 'correctness';
  const failed = client.errors.reduce((sum, error) => sum + error.count, 0);
  // In a storm, failed opens are the measurement, so they do not fail the trial.
  const mostFailed = specification.connecting?.kind === 'storm' ? 1 : 0.001;
  const examples = client.errors
    .map((error) => `${error.cause} ×${error.count}: ${error.example}`)
    .join('; ');
  return [
    atMost(
      { id: 'C5', kind, title: 'streams that failed', limit: mostFailed, unit: 'ratio' },
      client.streamsPlanned === 0 ? 0 : failed / client.streamsPlanned,
      examples || undefined,
    ),
    earlyGate(server),
    tookPartGate(client),
    ...agreementGates({ server, client, clock }),
  ];
}

/** C6 */
export function earlyGate({ earlyTokens }: Pick<ServerTally, 'earlyTokens'>): Gate {
  return atMost(
    {
      id: 'C6',
      kind: 'correctness',
      title: 'tokens sent before they were due',
      limit: 0,
      unit: 'count',
    },
    earlyTokens,
  );
}

interface Agreement extends Pick<Measured, 'clock'> {
  readonly server: Pick<ServerTally, 'planSha256'>;
  readonly client: Pick<ClientTally, 'planSha256'>;
}

/** C7 and C8: both sides read one clock, and planned the same streams. */
export function agreementGates({ server, client, clock }: Agreement): Gate[] {
  const kind = 'correctness';
  return [
    atMost(
      { id: 'C7', kind, title: 'processes in different time namespaces', limit: 0, unit: 'count' },
      clock.sameTimeNamespace ? 0 : 1,
    ),
    atMost(
      {
        id: 'C8',
        kind,
        title: 'server and client planned different streams',
        limit: 0,
        unit: 'count',
      },
      server.planSha256 === undefined ? undefined : Number(server.planSha256 !== client.planSha256),
    ),
  ];
}

interface Taken {
  readonly streamsStarted: number;
  readonly tokensReceived: number;
}

/**
 * C11: without streams or tokens all other gates pass vacuously, since no token was lost, and none
 * came late.
 */
export function tookPartGate({ streamsStarted, tokensReceived }: Taken): Gate {
  const isNothing = streamsStarted === 0 || tokensReceived === 0;
  return atMost(
    {
      id: 'C11',
      kind: 'correctness',
      title: 'trials in which nothing took part',
      limit: 0,
      unit: 'count',
    },
    Number(isNothing),
    isNothing
      ? `nothing took part: ${streamsStarted} streams began, ${tokensReceived} tokens were received`
      : undefined,
  );
}

/** H1: the load generator kept its plan. */
export function unissuedGate({
  streamsPlanned,
  streamsStarted,
}: Pick<ClientTally, 'streamsPlanned' | 'streamsStarted'>): Gate {
  return atMost(
    { id: 'H1', kind: 'harness', title: 'planned starts not issued', limit: 0, unit: 'ratio' },
    streamsPlanned === 0 ? 0 : Math.abs(streamsStarted / streamsPlanned - 1),
  );
}

/** H15: the load differs from that of the load point if more than a few streams are missing. */
export function loadGate({
  asked,
  tookPart,
}: {
  readonly asked: number;
  readonly tookPart: number;
}): Gate {
  return atMost(
    {
      id: 'H15',
      kind: 'harness',
      title: 'load asked for that did not take part',
      limit: MISSING_LOAD,
      unit: 'ratio',
    },
    Math.max(0, 1 - tookPart / asked),
    tookPart < asked ? `${tookPart} of ${asked} streams took part` : undefined,
  );
}
