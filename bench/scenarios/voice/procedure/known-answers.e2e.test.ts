// Known effects are injected into one arm: the trial must find each with its size, in its direction,
// and must not find it in the other direction or in the arm without it.

import { describe, expect, it } from 'vitest';
import type { Arm } from '../../../contract/arms/arms.ts';
import { summariseDistribution } from '../../../analysis/statistics/summarise-distribution.ts';
import { quantileOf } from '../../../contract/distribution.ts';
import { dueNs, planSessions } from '../../../contract/duplex.ts';
import type { InjectionOf } from '../../../contract/injection.ts';
import type { LoadPoint } from '../../../contract/load-point.ts';
import type { DuplexTrialRecord } from '../../../contract/run-file.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { firstTrial, planOf, quietOptions } from '../../../trial/measure-fixture.ts';
import { measureTrial } from '../../../trial/procedure.ts';
import type { MeasuredDuplex } from './measure.ts';
import { duplex } from './procedure.ts';
import { recordDuplex } from './record.ts';

const HOLD_NS = 10 * NS_PER_MS;
const EVERY = 2;
/** Timers are up to 1 ms late, and turns of the event loop on a busy machine another. */
const SLACK_NS = 4 * NS_PER_MS;

interface Conditions {
  readonly injection?: InjectionOf<'hold-frame'>;
  readonly point?: Partial<LoadPoint>;
}

interface Found {
  readonly trial: DuplexTrialRecord;
  readonly measured: MeasuredDuplex;
}

async function measure(transports: string, { injection, point }: Conditions = {}): Promise<Found> {
  const plan = await planOf('voice', { preset: 'smoke', transports, seed: '7' });
  const planned = firstTrial(plan);
  const arm: Arm = { ...planned.arm, ...(injection !== undefined && { injection }) };
  const own = { ...planned, arm, loadPoint: { connections: 4, ...point } };
  const measured = await measureTrial(duplex, own, quietOptions(plan));
  return { trial: recordDuplex(own, measured, plan), measured };
}

/**
 * By how much frames that could be held are later than the others. The quickest tenth of each is
 * compared, which a busy machine does not make late.
 */
function heldLaterNs({ measured }: Found, direction: 'up' | 'down'): number {
  const { specification, server, client } = measured;
  const trial = { ...specification, duplex: specification.duplex! };
  const frames = new Map(
    planSessions(trial).flatMap((session) =>
      Array.from({ length: session.frames }, (_, frame) => [
        dueNs(session, direction, frame),
        frame,
      ]),
    ) as [number, number][],
  );
  const received = direction === 'up' ? server.duplex!.up : client.down;
  const tenthOf = (remainder: 0 | 1): number => {
    const delays = received.delayNs.filter(
      (_, index) => frames.get(received.dueNs[index]!)! % EVERY === remainder,
    );
    return quantileOf(summariseDistribution(Float64Array.from(delays)), 0.1) ?? Number.NaN;
  };
  return tenthOf(0) - tenthOf(1);
}

const misses = ({ trial: { gates } }: Found): readonly string[] =>
  gates.flatMap(({ kind, ok, title }) => (kind === 'correctness' && !ok ? [title] : []));

const arms = ['ws-binary', 'ws', 'sse+posts', 'sse+upload'];

describe.each(arms)('%s', (transports) => {
  it.each(['up', 'down'] as const)(
    'shows frames that are held on the way %s',
    async (direction) => {
      const found = await measure(transports, {
        injection: { kind: 'hold-frame', direction, every: EVERY, holdNs: HOLD_NS },
      });
      const other = direction === 'up' ? 'down' : 'up';
      expect(misses(found)).toEqual([]);
      const { up, down, bytes, held } = found.trial.duplex;
      expect([up.delivered, down.delivered]).toEqual([up.planned, down.planned]);
      expect(held).toBeGreaterThan(0);
      expect(heldLaterNs(found, direction)).toBeGreaterThan(HOLD_NS - SLACK_NS);
      expect(heldLaterNs(found, direction)).toBeLessThan(HOLD_NS + SLACK_NS);
      expect(Math.abs(heldLaterNs(found, other))).toBeLessThan(SLACK_NS);
      for (const lane of [bytes.up, bytes.down])
        expect(lane.socket).toBe(lane.heads + lane.answers + lane.model);
    },
  );
});

it('an arm without the injection shows nothing of it, and all of its answers are stopped', async () => {
  const found = await measure('ws-binary');
  const { sessions, bargeIns } = found.trial.duplex;
  expect([sessions, bargeIns.stopped]).toEqual([4, bargeIns.of]);
  for (const direction of ['up', 'down'] as const)
    expect(Math.abs(heldLaterNs(found, direction))).toBeLessThan(SLACK_NS);
});

describe('over a relay with a round trip of 80 ms', () => {
  const point = { roundTripNs: 80 * NS_PER_MS };

  it.each(['ws-binary', 'sse+upload'])('%s is late by half of it each way', async (transports) => {
    const found = await measure(transports, { point });
    expect(misses(found)).toEqual([]);
    for (const name of ['frameUpNs', 'frameDownNs'] as const) {
      const p50 = quantileOf(found.trial.distributions[name], 0.5) ?? 0;
      expect(p50).toBeGreaterThan(39 * NS_PER_MS);
      expect(p50).toBeLessThan(40 * NS_PER_MS + 2 * SLACK_NS);
    }
    // The answer goes on until the server hears of the interruption, and that is heard half a round
    // trip later: a whole one, less the time since the last frame.
    const bargeIn = quantileOf(found.trial.distributions.bargeInNs, 0.5) ?? 0;
    expect(bargeIn).toBeGreaterThan(80 * NS_PER_MS - found.trial.duplex.frameNs - SLACK_NS);
    expect(bargeIn).toBeLessThan(80 * NS_PER_MS + 2 * SLACK_NS);
  });

  it('a POST a frame carries one frame in a round trip, and no answer is stopped', async () => {
    const found = await measure('sse+posts', { point });
    expect(misses(found)).toEqual([]);
    const { up, sessions, bargeIns } = found.trial.duplex;
    const perSecond = up.delivered / sessions / (found.trial.windowNs / NS_PER_S);
    expect(perSecond).toBeLessThan(1000 / 80);
    expect(up.inTime / up.planned).toBeLessThan(0.1);
    expect(bargeIns.stopped).toBeLessThan(bargeIns.of);
  });
});

it('frames behind a large message wait for as long as the link needs for it', async () => {
  const found = await measure('ws-binary', {
    point: { largeBytes: MIB, linkBytesPerSecond: 12.5e6 },
  });
  expect(misses(found)).toEqual([]);
  const { behindLargeMaxNs = 0, largeNs = 0 } = found.trial.duplex;
  const linkNs = (MIB / 12.5e6) * NS_PER_S;
  expect(largeNs).toBeGreaterThan(0.8 * linkNs);
  expect(behindLargeMaxNs).toBeGreaterThan(0.6 * linkNs);
  expect(behindLargeMaxNs).toBeLessThan(largeNs + 20 * NS_PER_MS);
});
