// Test support: one completed trial made up from known numbers, all of whose counters agree with
// each other.

import { transports, type TransportId } from '../contract/arms/transports.ts';
import type { TransportBytes } from '../contract/byte-model.ts';
import { quantileGrid, type Distribution } from '../contract/distribution.ts';
import {
  distributionNames,
  type CompletedTrial,
  type DistributionName,
  type FailedTrial,
  type TrialRecord,
} from '../contract/run-file.ts';
import type { ProcessUse } from '../contract/tally.ts';
import { MIB, NS_PER_MS, NS_PER_S, NS_PER_US } from '../contract/units.ts';

/** A quantity that a factor can act on: all samples of a distribution, or CPU time. */
export type FixtureQuantity = DistributionName | 'serverCpu' | 'clientCpu';

const FIXTURE_STREAMS = 400;
export const FIXTURE_TOKENS_PER_STREAM = 150;
const FIXTURE_PAYLOAD_BYTES = 24;
/** Streams open at the end of the window, and the tokens that each had sent by then. */
export const FIXTURE_OPEN_STREAMS = 100;
const FIXTURE_OPEN_STREAM_TOKENS = 60;
const FIXTURE_TOKENS = FIXTURE_STREAMS * FIXTURE_TOKENS_PER_STREAM;

/** Medians of a trial; a distribution not named here has 1 ms. */
const mediansNs: Partial<Record<DistributionName, number>> = {
  openNs: 600 * NS_PER_US,
  ttftNs: 201 * NS_PER_MS,
  deliveryScheduledNs: 600 * NS_PER_US,
  deliveryTransportNs: 100 * NS_PER_US,
  latenessNs: 50 * NS_PER_US,
  dueToReadyNs: 480 * NS_PER_US,
  readyToReceivedNs: 120 * NS_PER_US,
  tpotNs: 20 * NS_PER_MS,
};
const SERVER_CPU_NS_PER_TOKEN = 20 * NS_PER_US;
const CLIENT_CPU_NS_PER_TOKEN = 15 * NS_PER_US;
export const FIXTURE_WINDOW_NS = 10 * NS_PER_S;
const headBytes = (transport: TransportId): number =>
  ({ ws: 129, tcp: 0 })[transport as string] ?? 180;

/** The distributions before the first one of fault injection, and those of the pacer. */
export const steadyNames = [
  ...distributionNames.slice(0, distributionNames.indexOf('faultToDetectNs')),
  ...distributionNames.slice(
    distributionNames.indexOf('dueToReadyNs'),
    distributionNames.indexOf('turnPeriodNs') + 1,
  ),
];

type TrialNumbers = Omit<
  CompletedTrial,
  'trial' | 'block' | 'burnIn' | 'order' | 'arm' | 'loadPoint'
>;

/** A completed trial without its place in a run. `scale` is called once for each quantity. */
export function describeTrial(
  transport: TransportId,
  scale: (quantity: FixtureQuantity) => number,
): TrialNumbers {
  const bytes = describeBytes(transport);
  const scales = new Map<FixtureQuantity, number>();
  const scaleOf = (name: DistributionName): number => {
    if (name === 'dueToReadyNs' || name === 'turnPeriodNs') return 1;
    // It varies as its last part, the transport, does.
    const quantity = name === 'readyToReceivedNs' ? 'deliveryTransportNs' : name;
    const known = scales.get(quantity) ?? scale(quantity);
    scales.set(quantity, known);
    return known;
  };
  const bound = { exchanges: 2000, violations: 0, lowNs: -3000, highNs: 3000 };
  return {
    kind: 'trial',
    outcome: 'completed',
    workloadSeed: 1,
    setup: { environmentPaddingBytes: 0, serverFirst: true, hashSeed: 1 },
    startedAt: '2026-01-02T03:04:05.000Z',
    clock: { before: bound, after: bound, sameTimeNamespace: true },
    wallNs: 16 * NS_PER_S,
    overheadNs: NS_PER_S,
    windowNs: FIXTURE_WINDOW_NS,
    planned: {
      streams: FIXTURE_STREAMS,
      tokens: FIXTURE_TOKENS,
      windowStarts: FIXTURE_STREAMS,
      windowTokens: FIXTURE_TOKENS,
      meanConcurrent: FIXTURE_OPEN_STREAMS,
    },
    distributions: Object.fromEntries(
      steadyNames.map((name) => [
        name,
        fixtureDistribution((mediansNs[name] ?? NS_PER_MS) * scaleOf(name)),
      ]),
    ),
    missingStamps: 0,
    mostNegativeNs: 0,
    steadiness: { driftRatio: 1, isDrifting: false },
    tcp: bytes.tcp,
    // The low phase has a tenth of the window's tokens per second, at half of its CPU per token.
    lowPhase: { fromNs: 0, toNs: 2 * NS_PER_S },
    server: {
      ...bytes.server,
      node: 'v24.0.0',
      seconds: [0, 1, 2].map((second) => ({
        atNs: second * NS_PER_S,
        cpuNs:
          (((second * SERVER_CPU_NS_PER_TOKEN * FIXTURE_TOKENS) / FIXTURE_WINDOW_NS) * NS_PER_S) /
          20,
        tokens: Math.round((second * FIXTURE_TOKENS * NS_PER_S) / FIXTURE_WINDOW_NS / 10),
      })),
      use: describeUse(SERVER_CPU_NS_PER_TOKEN * FIXTURE_TOKENS * scale('serverCpu')),
      windowTokens: FIXTURE_TOKENS,
      windowBytes: bytes.server.bytesWritten,
      tokensWritten: FIXTURE_TOKENS,
      streamsOpened: FIXTURE_STREAMS,
      streamsFinished: FIXTURE_STREAMS,
      streamsCut: {},
      sameTickTokens: 0,
      earlyTokens: 0,
      backpressured: 0,
    },
    client: {
      ...bytes.client,
      node: 'v24.0.0',
      use: describeUse(CLIENT_CPU_NS_PER_TOKEN * FIXTURE_TOKENS * scale('clientCpu')),
      streamsPlanned: FIXTURE_STREAMS,
      streamsStarted: FIXTURE_STREAMS,
      streamsVerified: FIXTURE_STREAMS,
      tokensPlanned: FIXTURE_TOKENS,
      tokensReceived: FIXTURE_TOKENS,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      corrupt: 0,
      hashMismatches: 0,
      errors: [],
      tokenReads: FIXTURE_TOKENS / 1.25,
      ...(transports[transport].capabilities.http === 2 && { tokenFrameBytes: 0 }),
      bytesSent: 0,
      startsUnissued: 0,
      windowTokens: FIXTURE_TOKENS,
    },
    openCounts: { before: bytes.openCount, after: bytes.openCount },
    calls: {
      spanNs: FIXTURE_WINDOW_NS,
      serverReads: 0,
      serverWrites: FIXTURE_TOKENS,
      clientReads: FIXTURE_TOKENS / 1.25,
      clientWrites: 0,
    },
    memory: {
      before: { rssBytes: 60 * MIB, pssBytes: 50 * MIB, ussBytes: 40 * MIB },
      after: { rssBytes: 62 * MIB, pssBytes: 52 * MIB, ussBytes: 41 * MIB },
      openStreams: FIXTURE_OPEN_STREAMS,
    },
    gates: [
      {
        id: 'N1',
        kind: 'environment',
        title: 'CPU time stolen, mean',
        value: 0.01,
        limit: 0.02,
        unit: 'ratio',
        ok: true,
      },
      {
        id: 'H2',
        kind: 'harness',
        title: 'client event-loop utilisation, mean',
        value: 0.4,
        limit: 0.6,
        unit: 'ratio',
        ok: true,
      },
      {
        id: 'C1',
        kind: 'correctness',
        title: 'tokens lost, duplicated, reordered or corrupt',
        value: 0,
        limit: 0,
        unit: 'count',
        ok: true,
      },
    ],
    warnings: [],
  };
}

/** 40 000 samples around a median, with a tail: p99 is five times the median. */
export function fixtureDistribution(medianNs: number, effectiveCount = 20_000): Distribution {
  const values = quantileGrid.map((q) => {
    const held = Math.min(1 - 1e-5, Math.max(1e-5, q));
    return medianNs * (held / (1 - held)) ** 0.35;
  });
  return { count: 40_000, effectiveCount, mean: medianNs * 1.2, values };
}

function describeUse(cpuNs: number): ProcessUse {
  return {
    wallNs: FIXTURE_WINDOW_NS,
    cpuUserNs: cpuNs * 0.75,
    cpuSystemNs: cpuNs * 0.25,
    eventLoopUtilisation: cpuNs / FIXTURE_WINDOW_NS,
    eventLoopUtilisationMax: (cpuNs / FIXTURE_WINDOW_NS) * 1.1,
    gcMinorNs: 20 * NS_PER_MS,
    gcMajorNs: 0,
    gcOtherNs: 0,
    heapUsedBytes: 20 * MIB,
    externalBytes: MIB,
  };
}

/** Events without ids, and without the messages of an API around them. */
const plain = { isNumbered: false, api: undefined } as const;

/** Bytes of a transport whose own depend on what was sent before. */
const compressed: TransportBytes = {
  token: () => 12,
  message: () => 60,
  open: () => 80,
  done: () => 90,
  endBytes: 5,
  keptEndBytes: 5,
};

/** Bytes exactly as the byte model predicts: every counter agrees with every other. */
function describeBytes(transport: TransportId) {
  const own = transports[transport].bytes;
  const isModelled = own !== 'not-modelled';
  const { token, open, done, endBytes } = isModelled ? own : compressed;
  const tokenBytes = token({
    payloadBytes: FIXTURE_PAYLOAD_BYTES,
    sequence: 1,
    idPrefixBytes: undefined,
  });
  const openBytes = open(
    { sid: '00000001', epoch: 'abcd', from: 1, n: FIXTURE_TOKENS_PER_STREAM },
    plain,
  );
  const doneBytes = done(
    {
      s: FIXTURE_TOKENS_PER_STREAM + 1,
      n: FIXTURE_TOKENS_PER_STREAM,
      sha256: 'f'.repeat(64),
      finish: 'stop',
    },
    'abcd',
    plain,
  );
  const modelTokenBytes = FIXTURE_TOKENS * tokenBytes;
  const modelBytes = modelTokenBytes + FIXTURE_STREAMS * (openBytes + doneBytes + endBytes);
  const heads = FIXTURE_STREAMS * headBytes(transport);
  const openTokens = FIXTURE_OPEN_STREAMS * FIXTURE_OPEN_STREAM_TOKENS;
  const preludeBytes = FIXTURE_OPEN_STREAMS * (headBytes(transport) + openBytes);
  const openBytesSent = preludeBytes + openTokens * tokenBytes;
  return {
    openCount: {
      streams: FIXTURE_OPEN_STREAMS,
      tokens: openTokens,
      bytes: openBytesSent,
      preludeBytes,
    },
    server: { bytesWritten: modelBytes + heads, headBytes: heads },
    client: {
      bytesRead: modelBytes + heads,
      headBytes: heads,
      ...(isModelled && { modelBytes, modelTokenBytes }),
      payloadBytes: FIXTURE_TOKENS * FIXTURE_PAYLOAD_BYTES,
      ...(isModelled && { modelIdBytes: 0 }),
    },
    tcp: {
      sockets: FIXTURE_OPEN_STREAMS,
      bytesSent: openBytesSent,
      bytesRetransmitted: 0,
      segmentsOut: openTokens,
      segmentsIn: openTokens / 2,
      dataSegmentsOut: openTokens,
    },
  };
}

/** The fields of a trial that every outcome has: its place in the run, and its settings. */
function identityOf(record: TrialRecord) {
  const { kind, trial, block, burnIn, order, arm, loadPoint, workloadSeed, setup, startedAt } =
    record;
  return { kind, trial, block, burnIn, order, arm, loadPoint, workloadSeed, setup, startedAt };
}

/** The fields of a trial that it also has when it ends with another outcome. */
export function finishedOf(completed: CompletedTrial) {
  const { clock, wallNs, overheadNs, windowNs, gates, warnings } = completed;
  return { ...identityOf(completed), clock, wallNs, overheadNs, windowNs, gates, warnings };
}

/** A trial in the place of that one, whose server ended. */
export function failedLike(record: TrialRecord, message: string): FailedTrial {
  return { ...identityOf(record), outcome: 'failed', failure: { code: 'CHILD_DIED', message } };
}
