// Known effects are injected into one arm: the trial must find each with its size, in its direction,
// and must not find it in the other direction or in the arm without it.

import { describe, expect, it } from 'vitest';
import type { Arm } from '../../../contract/arms/arms.ts';
import { quantileOf } from '../../../contract/distribution.ts';
import type { InjectionOf } from '../../../contract/injection.ts';
import type { LoadPoint } from '../../../contract/load-point.ts';
import type { DuplexTrialRecord } from '../../../contract/run-file.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { firstTrial, planOf, quietOptions } from '../../../trial/measure-fixture.ts';
import { measureTrial } from '../../../trial/procedure.ts';
import { duplex } from './procedure.ts';
import { recordDuplex } from './record.ts';

const HOLD_NS = 10 * NS_PER_MS;
/**
 * Every second frame. A tenth of all frames is as quick as those that are not held; six tenths take
 * in the quickest of the held ones, however late a busy machine makes the last third.
 */
const EVERY = 2;
const [QUICK, HELD] = [0.1, 0.6] as const;
/** Timers are up to 1 ms late, and turns of the event loop on a busy machine another. */
const SLACK_NS = 4 * NS_PER_MS;

interface Conditions {
  readonly injection?: InjectionOf<'hold-frame'>;
  readonly point?: Partial<LoadPoint>;
}

async function measure(
  transports: string,
  { injection, point }: Conditions = {},
): Promise<DuplexTrialRecord> {
  const plan = await planOf('voice', { preset: 'smoke', transports, seed: '7' });
  const planned = firstTrial(plan);
  const arm: Arm = { ...planned.arm, ...(injection !== undefined && { injection }) };
  const own = { ...planned, arm, loadPoint: { connections: 4, ...point } };
  return recordDuplex(own, await measureTrial(duplex, own, quietOptions(plan)));
}

/** By how much held frames are later than others. */
function spreadNs({ distributions }: DuplexTrialRecord, direction: 'up' | 'down'): number {
  const distribution = distributions[direction === 'up' ? 'frameUpNs' : 'frameDownNs'];
  const at = (q: typeof QUICK | typeof HELD): number => quantileOf(distribution, q) ?? Number.NaN;
  return at(HELD) - at(QUICK);
}

const misses = ({ gates }: DuplexTrialRecord): readonly string[] =>
  gates.flatMap(({ kind, ok, title }) => (kind === 'correctness' && !ok ? [title] : []));

const arms = ['ws-binary', 'ws', 'sse+posts', 'sse+upload'];

describe.each(arms)('%s', (transports) => {
  it.each(['up', 'down'] as const)(
    'shows frames that are held on the way %s',
    async (direction) => {
      const trial = await measure(transports, {
        injection: { kind: 'hold-frame', direction, every: EVERY, holdNs: HOLD_NS },
      });
      const other = direction === 'up' ? 'down' : 'up';
      expect(misses(trial)).toEqual([]);
      const { up, down, bytes, held } = trial.duplex;
      expect([up.delivered, down.delivered]).toEqual([up.planned, down.planned]);
      expect(held).toBeGreaterThan(0);
      expect(spreadNs(trial, direction)).toBeGreaterThan(HOLD_NS - SLACK_NS);
      expect(spreadNs(trial, direction)).toBeLessThan(HOLD_NS + SLACK_NS);
      expect(spreadNs(trial, other)).toBeLessThan(SLACK_NS);
      for (const lane of [bytes.up, bytes.down])
        expect(lane.socket).toBe(lane.heads + lane.answers + lane.model);
    },
  );
});

it('an arm without the injection shows nothing of it, and all of its answers are stopped', async () => {
  const trial = await measure('ws-binary');
  const { sessions, bargeIns } = trial.duplex;
  expect([sessions, bargeIns.stopped]).toEqual([4, bargeIns.of]);
  for (const direction of ['up', 'down'] as const)
    expect(spreadNs(trial, direction)).toBeLessThan(SLACK_NS);
});

describe('over a relay with a round trip of 80 ms', () => {
  const point = { roundTripNs: 80 * NS_PER_MS };

  it.each(['ws-binary', 'sse+upload'])('%s is late by half of it each way', async (transports) => {
    const trial = await measure(transports, { point });
    expect(misses(trial)).toEqual([]);
    for (const name of ['frameUpNs', 'frameDownNs'] as const) {
      const p50 = quantileOf(trial.distributions[name], 0.5) ?? 0;
      expect(p50).toBeGreaterThan(39 * NS_PER_MS);
      expect(p50).toBeLessThan(40 * NS_PER_MS + 2 * SLACK_NS);
    }
    // The answer goes on until the server hears of the interruption, and that is heard half a round
    // trip later: a whole one, less the time since the last frame.
    const bargeIn = quantileOf(trial.distributions.bargeInNs, 0.5) ?? 0;
    expect(bargeIn).toBeGreaterThan(80 * NS_PER_MS - trial.duplex.frameNs - SLACK_NS);
    expect(bargeIn).toBeLessThan(80 * NS_PER_MS + 2 * SLACK_NS);
  });

  it('a POST a frame carries one frame in a round trip, and no answer is stopped', async () => {
    const trial = await measure('sse+posts', { point });
    expect(misses(trial)).toEqual([]);
    const { up, sessions, bargeIns } = trial.duplex;
    const perSecond = up.delivered / sessions / (trial.windowNs / NS_PER_S);
    expect(perSecond).toBeLessThan(1000 / 80);
    expect(up.inTime / up.planned).toBeLessThan(0.1);
    expect(bargeIns.stopped).toBeLessThan(bargeIns.of);
  });
});

it('frames behind a large message wait for as long as the link needs for it', async () => {
  const trial = await measure('ws-binary', {
    point: { largeBytes: MIB, linkBytesPerSecond: 12.5e6 },
  });
  expect(misses(trial)).toEqual([]);
  const { behindLargeMaxNs = 0, largeNs = 0 } = trial.duplex;
  const linkNs = (MIB / 12.5e6) * NS_PER_S;
  expect(largeNs).toBeGreaterThan(0.8 * linkNs);
  expect(behindLargeMaxNs).toBeGreaterThan(0.6 * linkNs);
  expect(behindLargeMaxNs).toBeLessThan(largeNs + SLACK_NS);
});
