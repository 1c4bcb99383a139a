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

it('a control that fails makes the timed endpoints of that pair HARNESS-LIMITED', () => {
  const kinds = analyseRun(
    pacedRun(() => ({ periodNs: 1.4 * NS_PER_MS })),
  ).loadPoints[0]!.comparisons.map(({ metric, verdict }) => `${metric} ${verdict.kind}`);
  expect(kinds).toContain('delivery.p50 harness-limited');
  expect(analyseRun(pacedRun(() => ({}))).loadPoints[0]!.harnessLimited).toEqual([]);
});
