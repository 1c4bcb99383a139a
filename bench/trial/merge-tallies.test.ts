import { expect, it } from 'vitest';
import type { StampColumns } from '../contract/stamps.ts';
import type { ClientTally, ProcessUse, ServerTally } from '../contract/tally.ts';
import {
  addMemory,
  addOpenCounts,
  mergeClientTallies,
  mergeServerTallies,
  mergeStamps,
} from './merge-tallies.ts';

const use: ProcessUse = {
  wallNs: 1e9,
  cpuUserNs: 4e8,
  cpuSystemNs: 1e8,
  eventLoopUtilisation: 0.4,
  eventLoopUtilisationMax: 0.5,
  gcMinorNs: 1e6,
  gcMajorNs: 2e6,
  gcOtherNs: 0,
  runDelayNs: 5e6,
  tickLatenessP50Ns: 1e5,
  tickLatenessP99Ns: 1e6,
  heapUsedBytes: 1000,
  externalBytes: 500,
};

const busy: ProcessUse = {
  ...use,
  cpuUserNs: 6e8,
  eventLoopUtilisation: 0.7,
  gcMajorNs: 1e6,
  tickLatenessP99Ns: 3e6,
};

const client: ClientTally = {
  node: 'v24',
  use,
  streamsPlanned: 10,
  streamsStarted: 10,
  streamsVerified: 9,
  tokensPlanned: 100,
  tokensReceived: 95,
  lost: 5,
  duplicated: 0,
  reordered: 0,
  corrupt: 0,
  hashMismatches: 0,
  errors: [{ cause: 'ECONNRESET', count: 1, example: 'stream 3: reset' }],
  tokenReads: 90,
  bytesRead: 5000,
  headBytes: 1000,
  bytesSent: 800,
  modelBytes: 4000,
  modelTokenBytes: 3500,
  payloadBytes: 2000,
  modelIdBytes: 120,
  startsUnissued: 0,
  windowTokens: 80,
  planSha256: 'ab',
};

const server: ServerTally = {
  node: 'v24',
  use,
  windowTokens: 80,
  windowBytes: 4000,
  tokensWritten: 100,
  streamsOpened: 10,
  streamsFinished: 9,
  streamsCut: { 'client-gone': 1 },
  bytesWritten: 5000,
  headBytes: 1000,
  sameTickTokens: 2,
  earlyTokens: 0,
  backpressured: 1,
  planSha256: 'ab',
};

it('one process speaks for itself', () => {
  expect(mergeClientTallies([client])).toBe(client);
  expect(mergeServerTallies([server])).toBe(server);
});

it('counts and CPU time add up; of how busy and how late, the worst stands for all', () => {
  const merged = mergeClientTallies([
    client,
    { ...client, use: busy, errors: [], tokensReceived: 100, lost: 0 },
  ]);
  expect(merged).toMatchObject({
    streamsPlanned: 20,
    streamsVerified: 18,
    tokensPlanned: 200,
    tokensReceived: 195,
    lost: 5,
    modelBytes: 8000,
    modelIdBytes: 240,
  });
  expect(merged.tokenReads).toBe(180);
  expect(merged.use).toEqual({
    ...use,
    cpuUserNs: 1e9,
    cpuSystemNs: 2e8,
    eventLoopUtilisation: 0.7,
    tickLatenessP99Ns: 3e6,
    heapUsedBytes: 2000,
    externalBytes: 1000,
  });
});

it('kept connections add up, and are not spoken of where none were kept', () => {
  const kept = { opened: 5, reused: 20, lost: 1 };
  expect(
    mergeClientTallies([
      { ...client, kept },
      { ...client, kept },
    ]).kept,
  ).toEqual({ opened: 10, reused: 40, lost: 2 });
  expect(mergeClientTallies([client, client])).not.toHaveProperty('kept');
});

it('errors of one cause add up, those of another stay apart', () => {
  const other = { cause: 'closed-early', count: 4, example: 'stream 8: closed' };
  const again = { cause: 'ECONNRESET', count: 2, example: 'stream 9: reset' };
  expect(mergeClientTallies([client, { ...client, errors: [again, other] }]).errors).toEqual([
    { cause: 'ECONNRESET', count: 3, example: 'stream 3: reset' },
    other,
  ]);
});

it('what one of them cannot tell is unknown of all', () => {
  const { tokenReads: _unseen, ...blind } = client;
  expect(mergeClientTallies([client, blind])).not.toHaveProperty('tokenReads');
  const { runDelayNs: _unread, ...unread } = use;
  expect(mergeServerTallies([server, { ...server, use: unread }]).use).not.toHaveProperty(
    'runDelayNs',
  );
  expect(addMemory([{ rssBytes: 5, pssBytes: 4 }, { rssBytes: 6 }])).toEqual({ rssBytes: 11 });
  expect(addMemory([{ rssBytes: 5 }, undefined])).toBeUndefined();
});

it('servers add up what they cut and opened', () => {
  const merged = mergeServerTallies([
    server,
    { ...server, streamsCut: { 'client-gone': 2, shutdown: 1 } },
  ]);
  expect(merged).toMatchObject({
    streamsOpened: 20,
    bytesWritten: 10_000,
    streamsCut: { 'client-gone': 3, shutdown: 1 },
    planSha256: 'ab',
  });
  const open = { streams: 2, tokens: 3, bytes: 400, preludeBytes: 50 };
  expect(addOpenCounts([open, open, open])).toEqual({
    streams: 6,
    tokens: 9,
    bytes: 1200,
    preludeBytes: 150,
  });
});

it('processes that planned different streams cannot pass for ones that planned the same', () => {
  expect(mergeServerTallies([server, { ...server, planSha256: 'cd' }]).planSha256).toBe(
    'ab and cd',
  );
});

const reads = (columns: StampColumns) => () => Promise.resolve(columns);

it('each stamp is that of the process which took it; what nobody took stays missing', async () => {
  const none = Number.NaN;
  const first = { startNs: Float64Array.of(1, none, none, none) };
  const second = { startNs: Float64Array.of(none, none, 3, 0) };
  expect(await mergeStamps([reads(first), reads(second)])).toEqual({
    startNs: Float64Array.of(1, none, 3, 0),
  });
});

const one = () => Promise.resolve({ startNs: Float64Array.of(1, 2) });

it('a stamp that two processes took, or for which one has no room, is a defect', async () => {
  await expect(mergeStamps([one, one])).rejects.toThrow(
    'one process alone takes each stamp startNs',
  );
  await expect(mergeStamps([one, reads({ startNs: Float64Array.of(Number.NaN) })])).rejects.toThrow(
    'as many stamps startNs as each other',
  );
  await expect(mergeStamps([one, reads({})])).rejects.toThrow(
    'as many stamps startNs as each other',
  );
});
