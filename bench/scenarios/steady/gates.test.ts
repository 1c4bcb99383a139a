import { expect, it } from 'vitest';
import type { TrialSpecification } from '../../contract/messages.ts';
import type { ClientTally, ProcessUse, ServerTally } from '../../contract/tally.ts';
import type { HostReadings } from '../../trial/host-watch.ts';
import { checkSteadyGates, type StampFindings } from './gates.ts';
import type { MeasuredSteady } from './measure.ts';

const use: ProcessUse = {
  wallNs: 10e9,
  cpuUserNs: 1e9,
  cpuSystemNs: 0.5e9,
  eventLoopUtilisation: 0.2,
  eventLoopUtilisationMax: 0.3,
  gcMinorNs: 10e6,
  gcMajorNs: 0,
  gcOtherNs: 0,
  runDelayNs: 0.1e9,
  tickLatenessP50Ns: 0.1e6,
  tickLatenessP99Ns: 1e6,
  heapUsedBytes: 1,
  externalBytes: 1,
};

const server: ServerTally = {
  node: 'v24',
  use,
  windowTokens: 1000,
  windowBytes: 1,
  tokensWritten: 1000,
  streamsOpened: 10,
  streamsFinished: 10,
  streamsCut: {},
  bytesWritten: 50_000,
  headBytes: 2000,
  sameTickTokens: 0,
  earlyTokens: 0,
  backpressured: 0,
  planSha256: 'ab',
};

const client: ClientTally = {
  node: 'v24',
  use,
  streamsPlanned: 10,
  streamsStarted: 10,
  streamsVerified: 10,
  tokensPlanned: 1000,
  tokensReceived: 1000,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  corrupt: 0,
  hashMismatches: 0,
  errors: [],
  tokenReads: 1000,
  bytesRead: 50_000,
  headBytes: 2000,
  bytesSent: 1000,
  modelBytes: 48_000,
  modelTokenBytes: 40_000,
  payloadBytes: 20_000,
  startsUnissued: 0,
  windowTokens: 1000,
  planSha256: 'ab',
};

const host: HostReadings = {
  stealMean: 0.001,
  stealMax: 0.01,
  busyNs: 3.2e9,
  ownNs: 0.1e9,
  wallNs: 10e9,
  cpus: 2,
  throttledNs: 0,
  swappedInPages: 0,
  outOfMemoryKills: 0,
};

const bound = { exchanges: 2000, violations: 0, lowNs: -8000, highNs: 7000 };
const findings: StampFindings = {
  missingStamps: 0,
  mostNegativeNs: 0,
  startLagP99Ns: 2e6,
  arrivals: { statistic: 0.5, limit: 3.9, note: undefined },
  load: { asked: 10, tookPart: 10 },
};

interface Changes {
  readonly server?: Partial<ServerTally>;
  readonly client?: Partial<ClientTally>;
  readonly clientUse?: Partial<ProcessUse>;
  readonly serverUse?: Partial<ProcessUse>;
  readonly host?: Partial<HostReadings>;
  readonly findings?: Partial<StampFindings>;
  readonly clock?: Partial<MeasuredSteady['clock']>;
  readonly tracers?: readonly string[];
  readonly keepsBytes?: boolean;
  /** Number of receivers that stop reading, as planned. */
  readonly stopped?: number;
  readonly connecting?: TrialSpecification['connecting'];
}

function missed(changes: Changes): string[] {
  const measured = {
    server: { ...server, ...changes.server, use: { ...use, ...changes.serverUse } },
    client: { ...client, ...changes.client, use: { ...use, ...changes.clientUse } },
    host: { ...host, ...changes.host },
    clock: { before: bound, after: bound, sameTimeNamespace: true, ...changes.clock },
    tracers: changes.tracers ?? [],
    keepsBytes: changes.keepsBytes ?? true,
    upstreams: [],
    specification: {
      connections: 10,
      ...(changes.stopped !== undefined && { stall: { connections: changes.stopped, atNs: 0 } }),
      ...(changes.connecting !== undefined && { connecting: changes.connecting }),
    },
  } as unknown as MeasuredSteady;
  const gates = checkSteadyGates(measured, { ...findings, ...changes.findings });
  return gates.filter((gate) => !gate.ok).map((gate) => gate.id);
}

it('a quiet and correct trial passes every gate', () => {
  expect(missed({})).toEqual([]);
});

it.each<[string, Changes]>([
  ['N1', { host: { stealMean: 0.021 } }],
  ['N1max', { host: { stealMax: 0.11 } }],
  // Own CPU is 0.1 + 1.5 + 1.5 s; 5 % of 2 CPUs over 10 s is 1 s more.
  ['N2', { host: { busyNs: 4.2e9 } }],
  ['N3', { host: { throttledNs: 1 } }],
  ['N4', { clock: { before: { ...bound, highNs: 60_000 }, after: { ...bound, highNs: 51_000 } } }],
  ['N5', { host: { swappedInPages: 1 } }],
  ['N5', { host: { outOfMemoryKills: 1 } }],
  ['N6', { tracers: ['strace'] }],
  ['H1', { client: { streamsStarted: 9 } }],
  ['H2', { clientUse: { eventLoopUtilisation: 0.61 } }],
  ['H2max', { clientUse: { eventLoopUtilisationMax: 0.71 } }],
  ['H3', { findings: { startLagP99Ns: 5.1e6 } }],
  ['H4', { clientUse: { tickLatenessP99Ns: 5.1e6 } }],
  ['H5', { clientUse: { runDelayNs: 0.51e9 } }],
  ['H6', { findings: { arrivals: { statistic: 4, limit: 3.9, note: undefined } } }],
  ['H7', { clientUse: { gcMinorNs: 0.21e9 } }],
  ['H8', { serverUse: { eventLoopUtilisation: 0.81 } }],
  ['H15', { findings: { load: { asked: 100, tookPart: 94 } } }],
  ['H16', { client: { tlsSessions: { resumed: 98, whole: 2 } } }],
  ['H10', { findings: { processSpread: { ratio: 2.01 } } }],
  ['C1', { client: { lost: 1 } }],
  ['C1', { client: { duplicated: 1 } }],
  ['C1', { client: { reordered: 1 } }],
  ['C1', { client: { corrupt: 1 } }],
  ['C1', { client: { hashMismatches: 1 } }],
  ['C2', { client: { modelBytes: 48_001 } }],
  ['C2', { client: { bytesRead: 49_999 } }],
  ['C3', { findings: { mostNegativeNs: -8001 } }],
  ['C4', { findings: { missingStamps: 1 } }],
  ['C5', { client: { errors: [{ cause: 'ECONNRESET', count: 1, example: 'stream 3: reset' }] } }],
  ['C6', { server: { earlyTokens: 1 } }],
  ['C7', { clock: { sameTimeNamespace: false } }],
  ['C11', { client: { tokensReceived: 0 } }],
  ['C8', { client: { planSha256: 'cd' } }],
])('%s fires alone on %j', (id, changes) => {
  expect(missed(changes)).toEqual([id]);
});

it('where a proxy frames the bytes anew, only those that the server wrote are held against the model', () => {
  expect(missed({ keepsBytes: false, client: { bytesRead: 60_000 } })).toEqual([]);
  expect(missed({ keepsBytes: false, client: { modelBytes: 48_001 } })).toEqual(['C2']);
});

it('bytes are only held against the model when every stream ended whole', () => {
  expect(missed({ client: { streamsVerified: 9, modelBytes: 40_000, bytesRead: 45_000 } })).toEqual(
    [],
  );
});

it('what one storm makes late, and the streams that fail in it, are results and no misses; lost tokens are', () => {
  const connecting = { kind: 'storm', atNs: 0, timeoutNs: 1 } as const;
  const late = { clientUse: { tickLatenessP99Ns: 90e6 }, findings: { startLagP99Ns: 90e6 } };
  const errors = [{ cause: 'ECONNREFUSED', count: 10, example: 'stream 3: refused' }];
  expect(missed({ ...late, connecting, client: { errors, streamsVerified: 0 } })).toEqual([]);
  expect(missed({ connecting, client: { lost: 1 } })).toEqual(['C1']);
  expect(missed(late)).toEqual(['H3', 'H4']);
});

it('a trial of kept connections whose streams open others is limited by the harness', () => {
  const connecting = { kind: 'kept' } as const;
  // 10 slots: the first stream of each opens the connection that the others of its slot reuse.
  const kept = (opened: number): Changes => ({
    connecting,
    client: { kept: { opened, reused: 1000 - opened, lost: 0 } },
  });
  expect(missed(kept(10))).toEqual([]);
  expect(missed(kept(20))).toEqual([]);
  expect(missed(kept(21))).toEqual(['H13']);
});

it('bytes are held against the model when every stream ended whole but those that were to stop reading', () => {
  expect(missed({ stopped: 1, client: { streamsVerified: 9 } })).toEqual([]);
  expect(missed({ stopped: 1, client: { streamsVerified: 9, bytesRead: 49_999 } })).toEqual(['C2']);
  expect(missed({ stopped: 1, client: { streamsVerified: 8, bytesRead: 49_999 } })).toEqual([]);
});

it('bytes of a transport without a model are still held against what was written', () => {
  expect(missed({ client: { modelBytes: undefined } })).toEqual([]);
  expect(missed({ client: { modelBytes: undefined, bytesRead: 49_999 } })).toEqual(['C2']);
  expect(missed({ client: { modelBytes: undefined, bytesRead: undefined } })).toEqual([]);
});

it('what the machine cannot tell is no miss, and says so', () => {
  const measured = {
    server,
    client,
    host: {
      ...host,
      stealMean: undefined,
      stealMax: undefined,
      busyNs: undefined,
      throttledNs: undefined,
      swappedInPages: undefined,
    },
    clock: { before: bound, after: bound, sameTimeNamespace: true },
    tracers: [],
    keepsBytes: true,
    upstreams: [],
    specification: {},
  } as unknown as MeasuredSteady;
  const gates = checkSteadyGates(measured, findings);
  const unknown = gates.filter((gate) => gate.value === undefined);
  expect(unknown.map((gate) => gate.id)).toEqual(['N1', 'N1max', 'N2', 'N3', 'N5', 'H10']);
  expect(unknown.every((gate) => gate.ok)).toBe(true);
  expect(unknown.map((gate) => gate.note)).toEqual([
    ...Array.from({ length: 5 }, () => 'not readable on this machine'),
    'one load process: there is nothing to compare it with',
  ]);
});

it('load processes that cannot be compared miss nothing, and the gate says why', () => {
  const clock = { before: bound, after: bound, sameTimeNamespace: true };
  const measured = {
    server,
    client,
    host,
    clock,
    tracers: [],
    keepsBytes: true,
    upstreams: [],
    specification: {},
  } as unknown as MeasuredSteady;
  const spreadOf = (ratio: number | undefined) =>
    checkSteadyGates(measured, { ...findings, processSpread: { ratio } }).find(
      ({ id }) => id === 'H10',
    );
  expect(spreadOf(undefined)).toMatchObject({
    ok: true,
    note: 'not judged: fewer than 1000 tokens of a load process in the window',
  });
  expect(spreadOf(2)).toMatchObject({ ok: true, value: 2 });
});
