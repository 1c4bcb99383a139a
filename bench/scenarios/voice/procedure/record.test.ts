import { describe, expect, it } from 'vitest';
import { fixtureRun } from '../../../analysis/analysis-fixture.ts';
import {
  dueNs,
  duplexRecordSchema,
  planSessions,
  type DuplexClientTally,
  type DuplexServerTally,
  type LaneBytes,
  type ReceivedFrames,
} from '../../../contract/duplex.ts';
import { noFaults } from '../../../contract/frame-check.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import type { MeasuredDuplex } from './measure.ts';
import { recordDuplex } from './record.ts';

const run = fixtureRun({ blocks: 1 });
const [steady] = run.trials;
if (steady?.outcome !== 'completed') throw new TypeError('the fixture has completed trials');
const { server, client: steadyClient, clock } = steady;

const planned: PlannedTrial = {
  trial: 3,
  block: 1,
  burnIn: false,
  order: 0,
  workloadSeed: 9,
  arm: { transport: 'sse', uplink: 'posts', client: 'probe', path: 'direct' },
  loadPoint: { connections: 2 },
  setup: {
    environmentPaddingBytes: 0,
    serverFirst: true,
    hashSeed: 1,
    randomSeed: 1,
    workingDirectoryBytes: 0,
  },
};

const specification: MeasuredDuplex['specification'] = {
  transport: 'sse',
  uplink: 'posts',
  client: 'probe',
  connections: 2,
  payload: 'audio',
  workloadSeed: 9,
  rehearsalTokens: 0,
  rampNs: 0,
  workload: run.header.plan.workload,
  warmupNs: 400 * NS_PER_MS,
  windowNs: 1000 * NS_PER_MS,
  tailNs: 100 * NS_PER_MS,
  drainNs: 1,
  backpressureBytes: 1,
  host: '127.0.0.1',
  port: 0,
};

const duplex = {
  frameNs: 20 * NS_PER_MS,
  frameBytes: 640,
  deadlineNs: 60 * NS_PER_MS,
  leadNs: 300 * NS_PER_MS,
  interruptEveryFrames: 50,
  interruptFrames: 10,
  answerNs: 700 * NS_PER_MS,
};

const sessions = planSessions({ ...specification, duplex });

/** All frames of the window, each received with this delay. */
function allReceived(direction: 'up' | 'down', delayNs: number): ReceivedFrames {
  const due = sessions
    .flatMap((session) =>
      Array.from({ length: session.frames }, (_, frame) => dueNs(session, direction, frame)),
    )
    .filter((atNs) => atNs >= 400 * NS_PER_MS && atNs < 1400 * NS_PER_MS);
  return {
    frames: due.length,
    faults: noFaults,
    dueNs: due,
    delayNs: due.map(() => delayNs),
  };
}

const lane: LaneBytes = {
  socket: 1100,
  heads: 100,
  answers: 0,
  model: 1000,
  large: 0,
  frames: 10,
};
const [up, down] = [allReceived('up', 2 * NS_PER_MS), allReceived('down', NS_PER_MS)];

const taken: DuplexServerTally = {
  up,
  framesDown: down.frames,
  writtenLateNs: [NS_PER_MS],
  ended: { whole: 2 },
  held: 0,
};

const tally: DuplexClientTally = {
  node: 'v24',
  use: steadyClient.use,
  sessions: 2,
  whole: 2,
  errors: [],
  down,
  framesUp: up.frames,
  unsentUp: 0,
  unsentUpInWindow: 0,
  readyLateNs: [NS_PER_MS],
  bargeIns: [{ atNs: 0, afterNs: 5 }, { atNs: 0 }],
  bytes: { up: lane, down: lane },
  behindLargeNs: [],
  planSha256: 'a',
};

interface Change {
  readonly client?: Partial<DuplexClientTally>;
  readonly taken?: Partial<DuplexServerTally>;
  /** Trials that ran side by side. */
  readonly lanes?: number;
}

function record({ client, taken: change, lanes = 1 }: Change = {}) {
  return recordDuplex(
    planned,
    {
      specification: { ...specification, duplex },
      server: { ...server, planSha256: 'a', duplex: { ...taken, ...change } },
      client: { ...tally, ...client },
      relay: undefined,
      clock,
      host: {
        stealMean: 0,
        stealMax: 0,
        busyNs: undefined,
        ownNs: 0,
        wallNs: 1000 * NS_PER_MS,
        cpus: 2,
        throttledNs: undefined,
        swappedInPages: undefined,
        outOfMemoryKills: undefined,
      },
      tracers: [],
      keepsBytes: true,
      serverPort: 1,
      wallNs: 1,
      overheadNs: 1,
      startedAt: '2026-01-02T03:04:05.000Z',
    },
    { lanes },
  );
}

const gate = (id: string, change?: Change) => record(change).gates.find((one) => one.id === id);

describe('the record of sessions in both directions', () => {
  it('counts what was planned, delivered and in time, in each direction', () => {
    const { duplex: found, distributions } = record();
    expect(duplexRecordSchema.parse(found)).toEqual(found);
    // Two sessions of 50 frames a second.
    expect(found.up).toEqual({ planned: 100, delivered: 100, inTime: 100 });
    expect(found.down).toEqual({ planned: 100, delivered: 100, inTime: 100 });
    expect(found.bargeIns).toEqual({ of: 2, stopped: 1 });
    expect(distributions.frameUpNs?.mean).toBe(2 * NS_PER_MS);
    expect(distributions.frameDownNs?.mean).toBe(NS_PER_MS);
  });

  it('counts a frame that came after the deadline as delivered, and not in time', () => {
    const late = allReceived('up', 60 * NS_PER_MS + 1);
    expect(record({ taken: { up: late } }).duplex.up).toEqual({
      planned: 100,
      delivered: 100,
      inTime: 0,
    });
  });

  it('passes all gates where nothing was wrong', () => {
    expect(record().gates.filter(({ ok }) => !ok)).toEqual([]);
  });

  it.each<[string, Change]>([
    ['a frame up that was sent and not received', { client: { framesUp: up.frames + 1 } }],
    ['a frame down that was sent and not received', { taken: { framesDown: down.frames + 1 } }],
    ['a frame up twice', { taken: { up: { ...up, faults: { ...noFaults, repeated: 1 } } } }],
    [
      'a frame down altered',
      { client: { down: { ...down, faults: { ...noFaults, corrupt: 1 } } } },
    ],
  ])('is INVALID with %s', (_what, change) => {
    expect(gate('C1', change)).toMatchObject({ ok: false, value: 1, kind: 'correctness' });
  });

  it('is INVALID with a byte that no model has, in either direction', () => {
    const more = { ...lane, socket: lane.socket + 1 };
    for (const bytes of [
      { up: more, down: lane },
      { up: lane, down: more },
    ])
      expect(gate('C2', { client: { bytes } })).toMatchObject({ ok: false, value: 1 });
  });

  it('is INVALID with a session that failed, and says why', () => {
    const errors = [{ cause: 'http-408', count: 1, example: 'the upload did not end' }];
    expect(gate('C5', { client: { whole: 1, errors } })).toMatchObject({
      ok: false,
      value: 1,
      note: 'http-408 ×1: the upload did not end',
    });
    expect(gate('C9', { taken: { ended: { whole: 1, 'cut-upload': 1 } } })?.ok).toBe(false);
  });

  it('is INVALID where both sides planned different sessions', () => {
    expect(gate('C8', { client: { planSha256: 'b' } })?.ok).toBe(false);
  });

  it('is HARNESS-LIMITED where either sender was late by more than half a frame', () => {
    const lateNs = [11 * NS_PER_MS];
    expect(gate('H3', { client: { readyLateNs: lateNs } })).toMatchObject({ ok: false });
    expect(gate('H4', { taken: { writtenLateNs: lateNs } })).toMatchObject({ ok: false });
  });

  it('takes frames that were never sent for a result, not for a loss', () => {
    const half = {
      ...up,
      frames: 50,
      dueNs: up.dueNs.slice(0, 50),
      delayNs: up.delayNs.slice(0, 50),
    };
    const unsent = record({
      taken: { up: half },
      client: { framesUp: 50, unsentUp: 50, unsentUpInWindow: 50 },
    });
    expect(unsent.gates.filter(({ ok }) => !ok)).toEqual([]);
    expect(unsent.duplex.up).toEqual({ planned: 100, delivered: 50, inTime: 50 });
  });
});

const gateOf = (lanes: number, id: string) =>
  record({ lanes }).gates.find((gate) => gate.id === id);

it('beside other trials waits for a CPU and their programs are not judged, and what is missed may be measured alone', () => {
  expect(gateOf(1, 'H5')?.note).toBe('not readable on this machine');
  expect(gateOf(1, 'H4')?.remedy).toBeUndefined();
  expect(gateOf(2, 'H5')).toMatchObject({ ok: true, note: 'not judged: trials ran side by side' });
  expect(gateOf(2, 'H5')?.value).toBeUndefined();
  expect(gateOf(2, 'H4')?.remedy).toBe('alone');
  expect(gateOf(1, 'N2')).toBeDefined();
  expect(gateOf(2, 'N2')).toBeUndefined();
});
