// Known effects on inputs are put in: a server that takes each up some time after its receipt, and a
// round trip. Each must be found as it was put in, and nothing where it was not.

import { expect, it } from 'vitest';
import type { Arm } from '../../../contract/arms/arms.ts';
import { quantileOf } from '../../../contract/distribution.ts';
import type { SteersTrial } from '../../../contract/run-file.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { firstTrial, planOf, quietOptions } from '../../../trial/measure-fixture.ts';
import { measureTrial } from '../../../trial/procedure.ts';
import { steers } from './procedure.ts';
import { recordSteers } from './record.ts';

interface Known extends Pick<Arm, 'injection'> {
  readonly roundTripNs?: number;
}

async function measure(
  transport: string,
  { injection, roundTripNs }: Known = {},
): Promise<SteersTrial> {
  const plan = await planOf('steer', { preset: 'smoke', transports: transport, seed: '7' });
  const planned = firstTrial(plan);
  const own = {
    ...planned,
    arm: { ...planned.arm, ...(injection !== undefined && { injection }) },
    loadPoint: { connections: 6, ...(roundTripNs !== undefined && { roundTripNs }) },
  };
  const measured = await measureTrial(steers, own, quietOptions(plan));
  const trial = recordSteers(own, measured, plan);
  expect(trial.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
  for (const { sent, received, seen } of trial.steers.cells) {
    expect(sent).toBeGreaterThan(10);
    expect({ received, seen }).toEqual({ received: sent, seen: sent });
  }
  return trial;
}

interface Least {
  readonly place: string;
  readonly upMs: number;
  readonly backMs: number;
}

/** The inputs that were disturbed least count: on a busy machine the others wait for a CPU. */
function leastOf({ steers: { cells } }: SteersTrial): readonly Least[] {
  return cells.map(({ way, state, upNs, backNs }) => ({
    place: `${way} ${state}`,
    upMs: (quantileOf(upNs, 0) ?? Number.NaN) / NS_PER_MS,
    backMs: (quantileOf(backNs, 0) ?? Number.NaN) / NS_PER_MS,
  }));
}

const LATE_MS = 35;

it.concurrent.each(['sse', 'sse-post', 'ndjson', 'ws'])(
  '%s: a server that takes inputs up so much later is found with it on the way back, in every way, and the other is not',
  async (transport) => {
    const plain = leastOf(await measure(transport));
    const late = leastOf(
      await measure(transport, {
        injection: { kind: 'late-steer', delayNs: LATE_MS * NS_PER_MS },
      }),
    );
    for (const [index, { place, upMs, backMs }] of late.entries()) {
      // Receipt does not change; timers of Node have whole milliseconds, and never fire early by more.
      expect({ place, isEarly: upMs < LATE_MS / 2 }).toEqual({ place, isEarly: true });
      expect({ place, isLate: backMs >= LATE_MS - 1 }).toEqual({ place, isLate: true });
      expect({ place, isLate: backMs < LATE_MS + 10 }).toEqual({ place, isLate: true });
      expect({ place, backMs: (plain[index]?.backMs ?? LATE_MS) < LATE_MS / 2 }).toEqual({
        place,
        backMs: true,
      });
    }
  },
);

it.concurrent('a round trip is found in each way as often as its protocol has it, one way and back', async () => {
  const roundTripMs = 60;
  const known = { roundTripNs: roundTripMs * NS_PER_MS };
  const trips = [...leastOf(await measure('sse', known)), ...leastOf(await measure('ws', known))];
  const halves = (ms: number): number => Math.round((2 * ms) / roundTripMs) / 2;
  expect(trips.map(({ place, upMs, backMs }) => [place, halves(upMs), halves(backMs)])).toEqual([
    ['kept-request active', 0.5, 1],
    ['new-request active', 1.5, 2],
    ['kept-request quiet', 0.5, 1],
    ['new-request quiet', 1.5, 2],
    ['message active', 0.5, 1],
    ['message quiet', 0.5, 1],
  ]);
});
