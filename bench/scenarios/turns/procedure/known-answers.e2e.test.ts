// Known effects are put in, and the same measurement and the same analysis must find each as it was
// put in: round trips by the relay, and a delay by the server of one transport.

import assert from 'node:assert/strict';
import { expect, it } from 'vitest';
import { analyse } from '../../../analysis/analyse.ts';
import { fixtureHeader } from '../../../analysis/analysis-fixture.ts';
import type { Estimate } from '../../../analysis/statistics/estimate.ts';
import type { Injection } from '../../../contract/injection.ts';
import type { Plan, TurnsTrial } from '../../../contract/run-file.ts';
import type { TurnConditions } from '../../../contract/turn-conditions.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { planTrials } from '../../../plan/trials.ts';
import { planOf, quietOptions } from '../../../trial/measure-fixture.ts';
import { measureTrial } from '../../../trial/procedure.ts';
import type { TurnFactor, TurnsFindings } from '../findings.ts';
import { turnsReading } from '../reading.ts';
import { turnsProcedure } from './procedure.ts';
import { recordTurns } from './record.ts';

const BLOCKS = 3;
const TIMEOUT_MS = 240_000;

interface Known {
  /** Medians of many turns are steady on a busy machine, too. */
  readonly turns: number;
  readonly isMeasured: (conditions: TurnConditions) => boolean;
  /** Into the arm of WebSocket. */
  readonly injection?: Injection;
}

async function find({ turns, isMeasured, injection }: Known): Promise<TurnsFindings['turns']> {
  const whole = await planOf('turns', { preset: 'smoke', seed: '7', blocks: String(BLOCKS) });
  const plan: Plan = {
    ...whole,
    turns: { ...whole.turns!, turns },
    arms: whole.arms.map((arm, index) =>
      index === 1 && injection !== undefined ? { ...arm, injection } : arm,
    ),
    loadPoints: whole.loadPoints.filter(({ turns: at }) => at !== undefined && isMeasured(at)),
  };
  const trials: TurnsTrial[] = [];
  for (const planned of planTrials(plan)) {
    const measured = await measureTrial(turnsProcedure, planned, quietOptions(plan));
    const trial = recordTurns(planned, measured);
    const missed = trial.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok);
    expect(missed).toEqual([]);
    trials.push(trial);
  }
  const header = fixtureHeader(plan, {});
  return analyse({ folder: '', header, trials, warnings: [] }, turnsReading).turns;
}

/** A third of what was put in, where the machine is busy; and the interval reaches it. */
function expectFound(found: Estimate | undefined, known: number, unit: number): void {
  expect(Math.abs((found?.value ?? Number.NaN) - known)).toBeLessThan(unit / 3);
  expect(found?.low).toBeLessThan(known + unit / 10);
  expect(found?.high).toBeGreaterThan(known - unit / 10);
}

/** Whether the whole interval is further from nothing than this. */
function isShownBeyond(found: Estimate | undefined, size: number): boolean {
  const { low, high } = found ?? {};
  assert(low !== undefined && high !== undefined, 'an effect has an interval');
  return low > size || high < -size;
}

it(
  'a new connection costs a POST one round trip more, and a WebSocket two; the transport none',
  async () => {
    const { roundTrips } = await find({
      turns: 7,
      isMeasured: ({ context }) => context === 'increment',
    });
    const known: readonly (readonly [TurnFactor, 0 | 1, number])[] = [
      ['connection', 0, 1],
      ['connection', 1, 2],
      ['transport', 0, -1],
      ['transport', 1, 0],
    ];
    for (const [factor, level, trips] of known) {
      const own = roundTrips.find((one) => one.factor === factor && one.given.level === level);
      expectFound(own?.saved, trips, 1);
    }
    expect(roundTrips.some(({ factor }) => factor === 'context')).toBe(false);
  },
  TIMEOUT_MS,
);

it(
  '10 ms that one server waits before each reply are the transport’s, and no other factor’s',
  async () => {
    const delayNs = 10 * NS_PER_MS;
    const { networks } = await find({
      turns: 20,
      isMeasured: ({ roundTripNs, context }) => roundTripNs === 0 && context === 'increment',
      injection: { kind: 'turn-delay', delayNs },
    });
    expect(networks).toHaveLength(1);
    const effectOf = (...factors: readonly TurnFactor[]): Estimate | undefined =>
      networks[0]?.effects.find((effect) => effect.factors.join() === factors.join())?.difference;
    expectFound(effectOf('transport'), delayNs, delayNs);
    for (const other of [effectOf('connection'), effectOf('connection', 'transport')])
      expect(isShownBeyond(other, delayNs / 3)).toBe(false);
  },
  TIMEOUT_MS,
);
