import { expect, it } from 'vitest';
import { quantileGrid, type Distribution } from '../contract/distribution.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_US } from '../contract/units.ts';
import { fixtureRun } from './analysis-fixture.ts';
import { judgeControls } from './arm-controls.ts';
import { selectMeasured } from './measured-trials.ts';
import { analyseRun } from '../scenarios/readings.ts';

function constant(ns: number, count: number): Distribution {
  return { count, effectiveCount: count, mean: ns, values: quantileGrid.map(() => ns) };
}

interface Paced {
  readonly periodNs?: number;
  readonly readyNs?: number;
  readonly turns?: number;
  readonly starts?: number;
  readonly utilisation?: number;
}

/**
 * A run whose trials of WebSocket have these values in their blocks, where those of SSE have 1.1
 * ms, 600 µs, 9000 turns and 400 starts.
 */
function pacedRun(ws: (block: number) => Paced, blocks = 9) {
  const edit = (trial: CompletedTrial): CompletedTrial => {
    const own = trial.arm.transport === 'ws' ? ws(trial.block) : {};
    const {
      periodNs = 1.1 * NS_PER_MS,
      readyNs = 600 * NS_PER_US,
      turns = 9000,
      starts = 400,
      utilisation = 0.3,
    } = own;
    return {
      ...trial,
      distributions: {
        ...trial.distributions,
        turnPeriodNs: constant(periodNs, turns - 1),
        dueToReadyNs: constant(readyNs, 40_000),
      },
      client: { ...trial.client, streamsStarted: starts },
      server: { ...trial.server, use: { ...trial.server.use, eventLoopUtilisation: utilisation } },
    };
  };
  return fixtureRun({ blocks, burnInBlocks: 0, edit });
}

function judge(ws: (block: number) => Paced, blocks?: number) {
  const [point] = selectMeasured(pacedRun(ws, blocks));
  return judgeControls(point!.arms[0]!, point!.arms[1]!);
}

const states = (ws: (block: number) => Paced, blocks?: number): string[] | undefined =>
  judge(ws, blocks)?.map(({ id, state }) => `${id} ${state}`);

const met = ['H9period ok', 'H9ready ok', 'H9tokens ok', 'H9starts ok'];

it('arms that the harness treated alike, within 2 % and 20 µs, meet every control', () => {
  expect(states(() => ({}))).toEqual(met);
  expect(
    states(() => ({ periodNs: 1.12 * NS_PER_MS, readyNs: 619 * NS_PER_US, turns: 9100 })),
  ).toEqual(met);
});

it.each<[string, Paced]>([
  ['H9period', { periodNs: 1.18 * NS_PER_MS }],
  ['H9ready', { readyNs: 621 * NS_PER_US }],
  ['H9tokens', { turns: 8400 }],
  ['H9starts', { starts: 399 }],
])('%s fails alone where every block differs by more: %j', (id, ws) => {
  const gates = judge(() => ws);
  expect(gates?.filter(({ state }) => state !== 'ok').map((gate) => gate.id)).toEqual([id]);
  expect(gates?.find((gate) => gate.id === id)).toMatchObject({
    state: 'failed',
    arm: 'ws',
    missed: 9,
    trials: 9,
    kind: 'harness',
  });
});

it('the sign of a difference is kept: an arm that turns faster than the baseline is as wrong as one that turns more slowly', () => {
  expect(judge(() => ({ periodNs: 0.99 * NS_PER_MS }))?.[0]).toMatchObject({
    state: 'failed',
    median: expect.closeTo(-0.1, 6) as number,
  });
});

it('one block with a stall decides nothing', () => {
  expect(
    states((block) =>
      block === 3 ? { periodNs: 3 * NS_PER_MS, readyNs: 90 * NS_PER_MS, turns: 3000 } : {},
    ),
  ).toEqual(met);
});

it('blocks that scatter to both sides prove nothing against the harness, and the gate says so', () => {
  const gates = judge((block) => ({
    readyNs: (600 + (block % 3 === 0 ? -70 : 30 + block)) * NS_PER_US,
  }));
  expect(gates?.find(({ id }) => id === 'H9ready')).toMatchObject({ state: 'warned' });
});

it('fewer than six blocks only warn', () => {
  expect(states(() => ({ periodNs: 2 * NS_PER_MS }), 5)?.[0]).toBe('H9period warned');
  expect(states(() => ({ periodNs: 2 * NS_PER_MS }), 6)?.[0]).toBe('H9period failed');
});

it('where a server is busy nearly all of the time its turns wait for its own work, so nothing is judged', () => {
  expect(judge(() => ({ periodNs: 2 * NS_PER_MS, utilisation: 0.9 }))).toBeUndefined();
});

/** The verdicts of a run whose WebSocket arm differs in this, by metric. */
function verdictsWith(ws: Paced): Map<string, { readonly kind: string; readonly reason?: string }> {
  const [point] = analyseRun(pacedRun(() => ws)).loadPoints;
  return new Map(
    point!.comparisons.map(({ metric, verdict: { kind, reason } }) => [
      metric,
      { kind, ...(reason !== undefined && { reason }) },
    ]),
  );
}

/** The metrics, of these four, that get no verdict because of the harness. */
function voidedWith(ws: Paced): readonly string[] {
  const verdicts = verdictsWith(ws);
  return ['open.p50', 'delivery.p50', 'cpu.server.token', 'bytes.token'].filter(
    (metric) => verdicts.get(metric)?.kind === 'harness-limited',
  );
}

it.each<[string, Paced, readonly string[]]>([
  ['H9period', { periodNs: 1.4 * NS_PER_MS }, ['delivery.p50', 'cpu.server.token']],
  ['H9tokens', { turns: 8400 }, ['delivery.p50', 'cpu.server.token']],
  ['H9ready', { readyNs: 640 * NS_PER_US }, ['delivery.p50']],
  ['H9starts', { starts: 399 }, ['open.p50', 'delivery.p50', 'cpu.server.token']],
])('%s voids what depends on it between these two arms, and nothing else', (id, ws, expected) => {
  expect(voidedWith(ws)).toEqual(expected);
  expect(verdictsWith(ws).get('delivery.p50')?.reason).toContain(id);
  const [point] = analyseRun(pacedRun(() => ws)).loadPoints;
  expect(point!.harnessLimited).toEqual([]);
  expect(point!.missedControls).toMatchObject([{ gate: id, otherArm: 'ws' }]);
});

it('under H9ready alone, server CPU gets the verdict that it gets without it, and bytes are counted', () => {
  const [missed, met] = [verdictsWith({ readyNs: 640 * NS_PER_US }), verdictsWith({})];
  expect(missed.get('cpu.server.token')).toEqual(met.get('cpu.server.token'));
  expect(missed.get('bytes.token')?.kind).toBe('exact');
  expect(missed.get('delivery.p50')).toEqual({
    kind: 'harness-limited',
    reason: expect.stringMatching(
      /^H9ready from due .*, median of 9 blocks, limit 20 µs$/,
    ) as string,
  });
});

it('arms that are alike void nothing', () => {
  expect(voidedWith({})).toEqual([]);
  expect(analyseRun(pacedRun(() => ({}))).loadPoints[0]!).not.toHaveProperty('missedControls');
});
