import { expect, it } from 'vitest';
import { fixtureRun } from '../../../analysis/analysis-fixture.ts';
import { completionsRecordSchema, type CompletionsTally } from '../../../contract/completions.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import type { MeasuredClosedLoop } from './measure.ts';
import { recordClosedLoop } from './record.ts';

const [steady] = fixtureRun({ blocks: 1 }).trials;
if (steady?.outcome !== 'completed') throw new TypeError('the fixture has completed trials');
const { server, client: steadyClient, clock } = steady;

const planned: PlannedTrial = {
  trial: 3,
  block: 1,
  burnIn: false,
  order: 0,
  workloadSeed: 9,
  arm: { transport: 'sse', client: 'probe', path: 'direct' },
  loadPoint: { connections: 2 },
  setup: {
    environmentPaddingBytes: 0,
    serverFirst: true,
    hashSeed: 1,
    randomSeed: 1,
    workingDirectoryBytes: 0,
  },
};

const tally: CompletionsTally = {
  node: 'v24',
  use: steadyClient.use,
  streamsAsked: 6,
  streamsWhole: 5,
  streamsAbandoned: 0,
  errors: [{ cause: 'ECONNRESET', count: 1, example: 'stream 4: read ECONNRESET' }],
  tokenFaults: 0,
  bytesBesideModel: 0,
};

/**
 * A window from 100 to 200 ms, and streams that ended before, at its start, in it, at its end and
 * after.
 */
function measured(change: Partial<MeasuredClosedLoop> = {}): MeasuredClosedLoop {
  const endMs = [99, 100, 150, 200, 250];
  return {
    specification: {
      transport: 'sse',
      client: 'probe',
      connections: 2,
      payload: 'lean',
      workloadSeed: 9,
      rehearsalTokens: 0,
      rampNs: 0,
      workload: fixtureRun({ blocks: 1 }).header.plan.workload,
      warmupNs: 100 * NS_PER_MS,
      windowNs: 100 * NS_PER_MS,
      tailNs: 0,
      drainNs: 1,
      backpressureBytes: 1,
      host: '127.0.0.1',
      port: 0,
      completions: { tokensPerStream: 10, tokensPerSecond: 1000 },
    },
    server: { ...server, streamsFinished: 5 },
    client: tally,
    clientStamps: {
      requestNs: Float64Array.from(endMs, (ms) => (ms - 20) * NS_PER_MS),
      endNs: Float64Array.from(endMs, (ms) => ms * NS_PER_MS),
      bytesRead: Float64Array.of(1, 10, 20, 40, 80),
    },
    clock,
    host: {
      stealMean: 0,
      stealMax: 0,
      busyNs: undefined,
      ownNs: 0,
      wallNs: 100 * NS_PER_MS,
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
    ...change,
  };
}

const gate = (id: string, change?: Partial<MeasuredClosedLoop>) =>
  recordClosedLoop(planned, measured(change)).gates.find((one) => one.id === id);

it('a stream belongs to the window in which it ended, wherever it began', () => {
  const { completions, distributions } = recordClosedLoop(planned, measured());
  expect(completions).toMatchObject({ streams: 2, tokens: 20, bytesRead: 30 });
  expect(distributions.completionNs).toMatchObject({ count: 2, mean: 20 * NS_PER_MS });
  expect(completionsRecordSchema.parse(completions)).toEqual(completions);
});

it('a window in which no stream ended has no completion time, not one of 0', () => {
  const none = {
    requestNs: new Float64Array(),
    endNs: new Float64Array(),
    bytesRead: new Float64Array(),
  };
  const { completions, distributions } = recordClosedLoop(
    planned,
    measured({ clientStamps: none }),
  );
  expect(completions.streams).toBe(0);
  expect(distributions).toEqual({});
});

it('failed streams miss their gate and say how they failed', () => {
  expect(gate('C5')).toMatchObject({
    ok: false,
    value: 1 / 6,
    note: 'ECONNRESET ×1: stream 4: read ECONNRESET',
  });
  expect(gate('C5', { client: { ...tally, errors: [] } })?.ok).toBe(true);
});

it('what a load generator does not look at is not judged', () => {
  const { tokenFaults: _faults, bytesBesideModel: _bytes, ...unseen } = tally;
  for (const id of ['C1', 'C2']) {
    expect(gate(id, { client: unseen })).toMatchObject({
      ok: true,
      note: 'not judged: this client does not look at single tokens',
    });
    expect(gate(id)).toMatchObject({ ok: true, value: 0 });
  }
  expect(gate('C1', { client: { ...tally, tokenFaults: 1 } })?.ok).toBe(false);
});

it('a stream that counts as whole was finished by the server', () => {
  expect(gate('C9')?.ok).toBe(true);
  expect(gate('C9', { server: { ...server, streamsFinished: 4 } })).toMatchObject({
    ok: false,
    value: 1,
  });
});
