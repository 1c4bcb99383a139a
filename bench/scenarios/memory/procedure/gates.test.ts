import { expect, it } from 'vitest';
import { fixtureLadder, fixtureLadderPlan, fixtureLadderRun, truth } from '../ladder-fixture.ts';
import { ladderSteps, ladderTimetable } from '../../../contract/ladder.ts';
import type { Gate, LadderTrial } from '../../../contract/run-file.ts';
import { checkLadderGates } from './gates.ts';
import type { MeasuredLadder } from './measure.ts';
import type { ReadRung } from './readings.ts';

const run = fixtureLadderRun({ ladderOf: () => fixtureLadder(truth), blocks: 1 });
const trial = run.trials[0] as LadderTrial;
const { workload } = run.header.plan;

/**
 * Tokens before each reading: 5 tokens/s for 1 s on each rung, of its streams and all below it. The
 * last token of a stream ends it.
 */
const tokensBefore: Readonly<Record<string, number>> = {
  '0 up': 0,
  '500 up': 2500,
  '1000 up': 7500,
  '1500 up': 15_000,
  '2000 up': 25_000,
  '1000 down': 26_000,
  '0 down': 27_000,
};

type Changes = Partial<Omit<ReadRung, 'rung' | 'step'>> & { readonly sockets?: number };

/** @param changes Changes to the rung of this many connections on the way up. */
function asPlanned(connections?: number, { sockets = 0, ...changes }: Changes = {}): ReadRung[] {
  const { rungs } = fixtureLadder(truth);
  return ladderSteps(fixtureLadderPlan).map((step, index) => {
    const rung = rungs[index]!;
    const isChanged = step.way === 'up' && step.connections === connections;
    const kernel = { sockets: rung.kernel.sockets! + (isChanged ? sockets : 0) };
    const read = {
      rung: Object.assign(rung, { kernel }),
      step,
      readToNs: step.streamToNs + 600e6,
      openStreams: step.connections,
      tokensWritten: tokensBefore[`${step.connections} ${step.way}`]!,
    };
    return isChanged ? Object.assign(read, changes) : read;
  });
}

const specification = {
  workload: { ...workload, tokensPerSecond: 5 },
  connections: 2000,
  workloadSeed: 7,
  timetable: ladderTimetable(fixtureLadderPlan),
} as MeasuredLadder['specification'];

function gatesOf(rungs: readonly ReadRung[], changes: Partial<MeasuredLadder> = {}): Gate[] {
  return checkLadderGates({
    specification,
    server: trial.server,
    client: trial.client,
    clock: trial.clock,
    tracers: [],
    keepsBytes: true,
    host: { swappedInPages: 0, outOfMemoryKills: 0 },
    rungs,
    ...changes,
  } as unknown as MeasuredLadder);
}

function missed(
  rungs: readonly ReadRung[],
  changes?: Partial<MeasuredLadder>,
): [string, string | undefined][] {
  return gatesOf(rungs, changes).flatMap(({ ok, id, note }) =>
    ok ? [] : [[id, note] as [string, string | undefined]],
  );
}

it('a ladder that went as planned passes every gate', () => {
  expect(missed(asPlanned())).toEqual([]);
  expect(gatesOf(asPlanned()).map(({ id }) => id)).toEqual([
    'N4',
    'N5',
    'N6',
    'N7',
    'L1',
    'L2',
    'L3',
    'C1',
    'C2',
    'C5',
    'C6',
    'C11',
    'C7',
    'C8',
  ]);
});

it('a reading that went on after its rung’s silence is found, with the rung', () => {
  const { quietToNs } = ladderSteps(fixtureLadderPlan)[3]!;
  expect(missed(asPlanned(1500, { readToNs: quietToNs + 42e6 }))).toEqual([
    ['L1', '42 ms at 1500 connections on the way up'],
  ]);
});

it('streams that are not open when memory is read are found', () => {
  expect(missed(asPlanned(2000, { openStreams: 1990 }))).toEqual([
    ['L2', '10 at 2000 connections on the way up'],
  ]);
});

it('a server that still had tokens to send is found', () => {
  expect(missed(asPlanned(2000, { tokensWritten: 24_999 }))).toEqual([
    ['L3', '1 at 2000 connections on the way up'],
  ]);
});

it('sockets of other programs are found where they are more than a twentieth of the ladder’s', () => {
  expect(missed(asPlanned(1000, { sockets: 200 }))).toEqual([]);
  expect(missed(asPlanned(1000, { sockets: 201 })).map(([id]) => id)).toEqual(['N7']);
});

it.each([
  [100, []],
  [50, ['N7']],
])(
  'sockets of 100 streams a connection, which stay open on the way down, are those of %i a connection or miss',
  (streamsPerConnection, ids) => {
    const rungs = asPlanned();
    const read = rungs.map((one, index) => {
      const streams = rungs.slice(0, index + 1).map(({ rung }) => rung.connections);
      const sockets = 30 + 2 * Math.ceil(Math.max(...streams) / 100);
      return Object.assign({}, one, { rung: Object.assign({}, one.rung, { kernel: { sockets } }) });
    });
    const missing = missed(read, { specification: { ...specification, streamsPerConnection } });
    expect(missing.map(([id]) => id)).toEqual(ids);
  },
);

it('where nobody counts sockets, the gate is not measured', () => {
  const unknown = asPlanned().map((one) =>
    Object.assign(one, { rung: Object.assign(one.rung, { kernel: {} }) }),
  );
  expect(gatesOf(unknown).find(({ id }) => id === 'N7')).toMatchObject({
    ok: true,
    note: 'not readable on this machine',
  });
});

it('damage and swapping are found as in any trial', () => {
  expect(missed(asPlanned(), { client: { ...trial.client, lost: 1 } }).map(([id]) => id)).toEqual([
    'C1',
  ]);
  const host = { swappedInPages: 3, outOfMemoryKills: 0 } as MeasuredLadder['host'];
  expect(missed(asPlanned(), { host }).map(([id]) => id)).toEqual(['N5']);
});
