// Known effects on stops are put in: a server that goes on for some tokens after each stop, and a
// round trip. Each must be found as it was put in, and nothing where it was not.

import { expect, it } from 'vitest';
import type { Arm } from '../../../contract/arms/arms.ts';
import type { StopWay } from '../../../contract/arms/stop-ways.ts';
import type { StopsTrial } from '../../../contract/run-file.ts';
import type { StopCell } from '../../../contract/stops.ts';
import { NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { firstTrial, planOf, quietOptions } from '../../../trial/measure-fixture.ts';
import { measureTrial } from '../../../trial/procedure.ts';
import { stops } from './procedure.ts';
import { recordStops } from './record.ts';

interface Known extends Pick<Arm, 'injection'> {
  readonly roundTripNs?: number;
}

async function measure(
  transport: string,
  { injection, roundTripNs }: Known = {},
): Promise<StopsTrial> {
  const plan = await planOf('cancel', {
    preset: 'smoke',
    transports: transport,
    duration: '4s',
    seed: '7',
  });
  const planned = firstTrial(plan);
  const own = {
    ...planned,
    arm: { ...planned.arm, ...(injection !== undefined && { injection }) },
    loadPoint: { connections: 8, ...(roundTripNs !== undefined && { roundTripNs }) },
  };
  const measured = await measureTrial(stops, own, quietOptions(plan));
  const trial = recordStops(own, measured, plan);
  expect(trial.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
  return trial;
}

function active({ stops: { cells } }: StopsTrial): readonly StopCell[] {
  return cells.filter(({ state }) => state === 'active');
}

/**
 * Of the stop that was disturbed least: on a busy machine the others wait for a process that has no
 * CPU, and tokens are generated meanwhile.
 */
const leastByWay = (trial: StopsTrial): readonly (readonly [StopWay, number])[] =>
  active(trial).map(({ way, vainTokens }) => [way, Math.min(...vainTokens)]);

const LATE_TOKENS = 9;
const GAP_NS = NS_PER_S / 50;

it.concurrent.each(['sse', 'sse-post', 'ndjson', 'sse-h2:6', 'ws'])(
  '%s: a server that stops so many tokens late is found with so many more in vain, in every way, and the other is not',
  async (transport) => {
    const plain = await measure(transport);
    const late = await measure(transport, {
      injection: { kind: 'late-stop', tokens: LATE_TOKENS },
    });
    // A stop and its arrival are within one gap between tokens.
    for (const [way, tokens] of leastByWay(plain))
      expect({ way, isOne: tokens <= 1 }).toEqual({ way, isOne: true });
    for (const [way, tokens] of leastByWay(late))
      expect({ way, found: tokens === LATE_TOKENS + 1 ? LATE_TOKENS : tokens }).toEqual({
        way,
        found: LATE_TOKENS,
      });
    // The generation goes on for the gaps between those tokens, and a part of one.
    for (const { latencyNs } of active(late))
      expect(Math.min(...latencyNs)).toBeGreaterThan((LATE_TOKENS / 2) * GAP_NS);
  },
);

it.concurrent('a round trip is found in each way as often as its protocol has it', async () => {
  const roundTripNs = 60 * NS_PER_MS;
  const [sse, ws] = [await measure('sse', { roundTripNs }), await measure('ws', { roundTripNs })];
  const trips = [...active(sse), ...active(ws)].map(({ way, latencyNs }) => [
    way,
    Math.round((2 * Math.min(...latencyNs)) / roundTripNs) / 2,
  ]);
  expect(trips).toEqual([
    ['disconnect', 0.5],
    ['kept-request', 0.5],
    ['new-request', 1.5],
    ['close', 1.5],
    ['message', 0.5],
    ['disconnect', 0.5],
  ]);
  // What is under way and what is generated meanwhile: a whole round trip of tokens.
  for (const { vainTokens } of [...active(sse), ...active(ws)])
    expect(Math.max(...vainTokens)).toBeGreaterThanOrEqual(2);
});
