// Test support: made-up runs of scenario `proxies`. Their numbers come from no measurement.

import type { Arm } from '../../contract/arms/arms.ts';
import type { CellStream, ProxyCellsPlan, ProxyCellsRecord } from '../../contract/proxy-cells.ts';
import type { CompletedTrial, ProxyCellsTrial, SavedRun } from '../../contract/run-file.ts';
import { KIB, MIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { finishedOf } from '../../analysis/trial-fixture.ts';

const cellsPlan: ProxyCellsPlan = {
  pacedTokens: 100,
  pacedTokensPerSecond: 50,
  longTokensPerSecond: 5,
  stopAfterNs: NS_PER_S,
  stalled: { tokens: 2048, tokenBytes: 16 * KIB, tokensPerSecond: 1400 },
  idleScale: 10,
  restart: { outageNs: 4.5 * NS_PER_S, watchNs: 7 * NS_PER_S },
};

/** The trial asks at 1 s, and watched streams are over at 18 s. */
const ASKED_NS = NS_PER_S;
const END_NS = 18 * NS_PER_S;

const stream = (
  id: string,
  kind: CellStream['kind'],
  change: Partial<CellStream> = {},
): CellStream => ({
  id,
  kind,
  askedNs: ASKED_NS,
  acceptedNs: ASKED_NS + NS_PER_MS,
  firstTokenNs: ASKED_NS + 2 * NS_PER_MS,
  tokens: 100,
  reads: 100,
  mostTokensPerRead: 1,
  ended: 'whole',
  endedNs: ASKED_NS + 2 * NS_PER_S,
  ...change,
});

/** Nothing stands in the way: tokens come at once, stops arrive, nothing is cut. */
export const freeRecord: ProxyCellsRecord = {
  node: 'v24.0.0',
  streams: [
    stream('p0', 'warm-up', { askedNs: 0 }),
    stream('p1', 'paced'),
    stream('p2', 'paced'),
    stream('p3', 'stop-active', { ended: 'stopped', endedNs: 2 * NS_PER_S, tokens: 5, reads: 5 }),
    stream('p4', 'stop-quiet', { ended: 'stopped', endedNs: 2 * NS_PER_S, tokens: 1, reads: 1 }),
    stream('p5', 'quiet', { ended: 'watched', endedNs: END_NS, tokens: 1, reads: 1 }),
    stream('p6', 'long', { ended: 'watched', endedNs: END_NS, tokens: 85, reads: 85 }),
    stream('p7', 'restart', {
      askedNs: END_NS + NS_PER_S,
      acceptedNs: END_NS + 4.6 * NS_PER_S,
      endedNs: END_NS + 5 * NS_PER_S,
    }),
    stream('p8', 'stalled', { ended: 'watched', endedNs: END_NS, tokens: 4, bytesRead: 64 * KIB }),
  ],
  exchange: {
    status: 200,
    fields: [
      ['content-type', 'text/event-stream'],
      ['x-accel-buffering', 'no'],
    ],
    chunkBytes: [30, 40, 40],
    bodyBytes: 110,
    bodySha256: 'a',
  },
  libraries: [
    {
      client: 'library',
      acceptedNs: END_NS - NS_PER_S,
      told: [
        { atNs: END_NS + NS_PER_MS, cause: 'closed-1012', message: 'the server restarts' },
        { atNs: END_NS + NS_PER_S, cause: 'ECONNREFUSED', message: 'connection refused' },
      ],
      backNs: END_NS + 5 * NS_PER_S,
    },
  ],
  taken: [{ id: 'p8', bytes: 4 * MIB, isBlocked: true }],
  deliveryNs: Array.from({ length: 200 }, (_, index) => (1 + index / 100) * NS_PER_MS),
  tokenFaults: 0,
  gone: [
    { id: 'p3', atNs: 2 * NS_PER_S + NS_PER_MS },
    { id: 'p4', atNs: 2 * NS_PER_S + 2 * NS_PER_MS },
  ],
  restart: { fromNs: END_NS, toNs: END_NS + 4.5 * NS_PER_S },
};

/** The same, but each of these streams otherwise. */
export function changed(
  record: ProxyCellsRecord,
  changes: { readonly [Kind in CellStream['kind']]?: Partial<CellStream> },
): ProxyCellsRecord {
  return {
    ...record,
    streams: record.streams.map((one) => ({ ...one, ...changes[one.kind] })),
  };
}

/** Tokens wait 200 ms, a stop of a quiet stream does not arrive, and quiet streams are cut. */
export const corkedRecord: ProxyCellsRecord = {
  ...changed(freeRecord, {
    paced: { firstTokenNs: ASKED_NS + 202 * NS_PER_MS, reads: 50, mostTokensPerRead: 11 },
    quiet: {
      ended: 'failed',
      endedNs: ASKED_NS + 5 * NS_PER_S,
      cause: 'closed-early',
      message: 'the connection ended before `done`',
    },
  }),
  deliveryNs: freeRecord.deliveryNs.map((ns) => ns + 100 * NS_PER_MS),
  exchange: {
    status: 200,
    fields: [
      ['content-type', 'text/event-stream'],
      ['via', '1.1 x'],
    ],
    chunkBytes: [70, 40],
    bodyBytes: 110,
    bodySha256: 'a',
  },
  libraries: [
    {
      client: 'eventsource',
      acceptedNs: END_NS - NS_PER_S,
      told: [
        { atNs: END_NS + NS_PER_MS, cause: 'closed-early', message: 'the response ended' },
        { atNs: END_NS + NS_PER_S, cause: 'http-503', message: 'Service Unavailable' },
      ],
      gaveUpNs: END_NS + NS_PER_S,
    },
  ],
  taken: [{ id: 'p8', bytes: 33 * MIB, isBlocked: false }],
  gone: freeRecord.gone.filter(({ id }) => id === 'p3'),
};

/** Every stream is refused. */
export const refusedRecord: ProxyCellsRecord = {
  ...freeRecord,
  streams: freeRecord.streams.map(
    ({ acceptedNs: _accepted, firstTokenNs: _first, ...rest }): CellStream => ({
      ...rest,
      tokens: 0,
      reads: 0,
      mostTokensPerRead: 0,
      ended: 'failed',
      endedNs: rest.askedNs + NS_PER_MS,
      cause: 'http-404',
      message: 'the server answered 404 Not Found',
    }),
  ),
  deliveryNs: [],
  exchange: { cause: 'http-404', message: 'the server answered 404 Not Found' },
  libraries: [],
  taken: [],
  gone: [],
};

function asCells(trial: CompletedTrial, record: ProxyCellsRecord): ProxyCellsTrial {
  const finished = finishedOf(trial);
  return {
    ...finished,
    outcome: 'proxy-cells',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    proxyCells: record,
    gates: finished.gates.filter(({ kind }) => kind === 'environment'),
    warnings: [],
  };
}

interface CellsOptions {
  readonly blocks?: number;
  readonly recordOf?: (arm: Arm, block: number) => ProxyCellsRecord;
  /** Whether a forward proxy takes part, too. */
  readonly hasForward?: boolean;
}

const forwardArms: readonly Arm[] = [
  ...(['sse', 'ws'] as const).map((transport): Arm => ({
    transport,
    tls: true,
    client: 'probe',
    path: 'direct',
  })),
  ...(['squid', 'squid-fixed'] as const).flatMap((path) =>
    (['sse', 'ws'] as const).flatMap((transport): Arm[] => [
      { transport, client: 'probe', path },
      { transport, tls: true, client: 'probe', path },
    ]),
  ),
];

export function cellsRun({
  recordOf = usualRecord,
  blocks = 1,
  hasForward = false,
}: CellsOptions = {}): SavedRun {
  return fixtureRun({
    blocks,
    burnInBlocks: 0,
    edit: (trial) => asCells(trial, recordOf(trial.arm, trial.block)),
    command: 'streamduel run proxies --seed 1',
    plan: {
      scenario: 'proxies',
      preset: 'quick',
      arms: [
        ...(['direct', 'haproxy', 'haproxy-fixed', 'nginx', 'nginx-fixed'] as const).flatMap(
          (path) =>
            (['sse', 'ws'] as const).map((transport): Arm => ({
              transport,
              client: 'probe',
              path,
            })),
        ),
        ...(hasForward ? forwardArms : []),
      ],
      loadPoints: [{ connections: 2 }],
      windowNs: 24 * NS_PER_S,
      proxyCells: cellsPlan,
    },
  });
}

function usualRecord({ transport, tls, path }: Arm): ProxyCellsRecord {
  // Its own configuration refuses CONNECT to the port of the server.
  if (path === 'squid' && (tls === true || transport === 'ws')) return refusedRecord;
  if (path === 'haproxy' && transport === 'sse') return corkedRecord;
  return path === 'nginx' && transport === 'ws' ? refusedRecord : freeRecord;
}
