// Each cell is measured over the harness's own relay, which does one known thing to streams: the cell
// must find it as it was put in, and the others must not.

import assert from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import type { Arm } from '../../../contract/arms/arms.ts';
import { clientStacks, type ClientStack } from '../../../contract/arms/stacks.ts';
import { transports } from '../../../contract/arms/transports.ts';
import type { RelayFault } from '../../../contract/faults.ts';
import { timedToNs } from '../../../contract/proxy-cells.ts';
import type { ProxyCellsTrial } from '../../../contract/run-file.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { firstTrial, planOf, quietOptions } from '../../../trial/measure-fixture.ts';
import { measureTrial } from '../../../trial/procedure.ts';
import { StartTurns } from '../../../trial/start-turn.ts';
import {
  cutOf,
  deliveryNs,
  exchangeOf,
  firstTokenNs,
  isHeld,
  librariesOf,
  restartOf,
  stopReach,
  streamsOf,
  swallowed,
} from '../cell-values.ts';
import { proxyCells } from './procedure.ts';
import { recordCells } from './record.ts';

interface Known extends Partial<Pick<Arm, 'injection'>> {
  readonly fault?: { readonly action: RelayFault; readonly atNs: number };
}

async function measure(
  transport: 'sse' | 'ws',
  { fault, injection }: Known,
): Promise<ProxyCellsTrial> {
  const plan = await planOf('proxies', { preset: 'smoke', transports: transport, seed: '7' });
  const planned = firstTrial(plan);
  const arm: Arm = {
    ...planned.arm,
    path: 'relay',
    ...(injection !== undefined && { injection }),
  };
  const own = { ...planned, arm };
  const faulted: typeof proxyCells = {
    ...proxyCells,
    opening: (...known) => ({ ...proxyCells.opening?.(...known), pathFault: fault }),
  };
  const measured = await measureTrial(faulted, own, quietOptions(plan));
  return recordCells(own, measured, plan);
}

/** Delays of a busy machine; all that is put in is far more. */
const SLACK_NS = 300 * NS_PER_MS;
const T0_STREAMS_NS = 1 * NS_PER_S;
const WATCHED_TO_NS = 6 * NS_PER_S;
/** Padding alone. */
const OFFERED_BYTES = 32 * MIB;

describe.concurrent.each(['sse', 'ws'] as const)('%s', (transport) => {
  it('a relay that does nothing: all streams whole, stops arrive, nothing is cut', async () => {
    const { proxyCells: cells, gates } = await measure(transport, {});
    expect(gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
    expect(streamsOf(cells, 'paced').map(({ ended, tokens }) => [ended, tokens])).toEqual(
      Array.from({ length: 4 }, () => ['whole', 100]),
    );
    expect(firstTokenNs(cells)).toBeLessThan(SLACK_NS);
    for (const kind of ['stop-active', 'stop-quiet'] as const)
      expect(stopReach(cells, kind)?.afterNs).toBeLessThan(SLACK_NS);
    for (const kind of ['quiet', 'long'] as const)
      expect(cutOf(cells, kind)?.afterNs).toBeUndefined();
    expect(isHeld(cells, NS_PER_S)).toBe(false);
    // The relay connects a client only to close it: nothing behind it listens.
    const { asked, accepted, refusals, backAfterNs } = restartOf(cells);
    expect(asked).toBeGreaterThanOrEqual(8);
    expect(accepted).toBe(0);
    expect(refusals).toHaveLength(asked);
    expect(backAfterNs).toBeLessThan(NS_PER_S);
    // Three sockets' buffers are all that stands between the server and a client that does not read.
    const taken = swallowed(cells);
    expect(taken?.isHeldBack).toBe(true);
    expect(taken?.bytes).toBeLessThan(OFFERED_BYTES / 2);
    expect(exchangeOf(cells)?.status).toBe(transports[transport].opensByUpgrade ? 101 : 200);
    // No answer comes from it meanwhile, so every library tries on.
    const libraries = librariesOf(cells);
    expect(libraries.length).toBeGreaterThan(0);
    for (const { client, gaveUp, backAfterNs: after, told } of libraries) {
      expect({ client, gaveUp, isBack: after !== undefined }).toEqual({
        client,
        gaveUp: false,
        isBack: true,
      });
      expect(told).not.toContainEqual(expect.stringMatching(/^http-/));
    }
  });

  it('a path that takes bytes for its client is found by how many', async () => {
    const { proxyCells: cells } = await measure(transport, {
      fault: { action: { kind: 'swallow', bytes: OFFERED_BYTES / 2 }, atNs: 0 },
    });
    const taken = swallowed(cells);
    expect(taken?.isHeldBack).toBe(true);
    expect(taken?.bytes).toBeGreaterThan(OFFERED_BYTES / 2);
    expect(taken?.bytes).toBeLessThan(OFFERED_BYTES);
  });

  it('a path that takes all that there is never holds the server back', async () => {
    const { proxyCells: cells } = await measure(transport, {
      fault: { action: { kind: 'swallow', bytes: 2 * OFFERED_BYTES }, atNs: 0 },
    });
    const taken = swallowed(cells);
    expect(taken?.isHeldBack).toBe(false);
    expect(taken?.bytes).toBeGreaterThan(OFFERED_BYTES);
  });

  it('a path that answers while the server restarts ends those that take an answer as final', async () => {
    const { proxyCells: cells } = await measure(transport, {
      fault: {
        action: { kind: 'unavailable', forNs: 3 * NS_PER_S, statusCode: 503 },
        atNs: WATCHED_TO_NS,
      },
    });
    for (const { client, gaveUp, backAfterNs, told } of librariesOf(cells)) {
      const isFinal = clientStacks[client as ClientStack].reconnectsItself;
      expect({ client, gaveUp, isBack: backAfterNs !== undefined }).toEqual({
        client,
        gaveUp: isFinal,
        isBack: !isFinal,
      });
      expect(told).toContain('http-503');
    }
  });

  it('a delay is found in the first token and in each delivery', async () => {
    const delayNs = 400 * NS_PER_MS;
    const { proxyCells: cells } = await measure(transport, {
      injection: { kind: 'delay', delayNs },
    });
    for (const found of [firstTokenNs(cells), deliveryNs(cells, 0.5), deliveryNs(cells, 0.99)]) {
      expect(found).toBeGreaterThanOrEqual(delayNs);
      // A WebSocket waits for two answers: the 101, and the first message.
      expect(found).toBeLessThan(2 * delayNs + SLACK_NS);
    }
  });

  it('a first byte that is held is found as a stream that is held whole', async () => {
    const forNs = 2.5 * NS_PER_S;
    const { proxyCells: cells } = await measure(transport, {
      fault: { action: { kind: 'hold-first-byte', forNs }, atNs: T0_STREAMS_NS / 2 },
    });
    expect(firstTokenNs(cells)).toBeGreaterThanOrEqual(forNs);
    expect(isHeld(cells, NS_PER_S)).toBe(true);
  });

  it('a cut of idle connections is found on the quiet stream, and on it alone', async () => {
    const idleNs = 1.5 * NS_PER_S;
    const { proxyCells: cells } = await measure(transport, {
      fault: { action: { kind: 'idle-cut', idleNs }, atNs: 0 },
    });
    const cut = cutOf(cells, 'quiet');
    expect(cut?.afterNs).toBeGreaterThanOrEqual(idleNs);
    expect(cut?.afterNs).toBeLessThan(idleNs + SLACK_NS);
    expect(cutOf(cells, 'long')?.afterNs).toBeUndefined();
  });

  it('a path that passes no close on is found as stops that do not arrive', async () => {
    const { proxyCells: cells } = await measure(transport, {
      fault: {
        action: { kind: 'blackhole', direction: 'both', forNs: 20 * NS_PER_S },
        // Before the stops, and when all streams have begun.
        atNs: T0_STREAMS_NS + 1 * NS_PER_S,
      },
    });
    for (const kind of ['stop-active', 'stop-quiet'] as const) {
      expect(stopReach(cells, kind)?.afterNs).toBeUndefined();
      expect(stopReach(cells, kind)?.waitedNs).toBeGreaterThan(1 * NS_PER_S);
    }
  });

  it('a path that answers for the server is found as streams that are not accepted', async () => {
    const { proxyCells: cells } = await measure(transport, {
      fault: {
        action: { kind: 'unavailable', forNs: 20 * NS_PER_S, statusCode: 503 },
        atNs: T0_STREAMS_NS / 2,
      },
    });
    for (const { ended, cause, acceptedNs } of streamsOf(cells, 'paced'))
      expect({ ended, cause, acceptedNs }).toEqual({ ended: 'failed', cause: 'http-503' });
  });
});

it('of two trials side by side, one starts when nothing is timed in the other any more', async () => {
  const plan = await planOf('proxies', { preset: 'smoke', transports: 'sse', seed: '7' });
  const { take: takeStartTurn } = new StartTurns();
  const options = { ...quietOptions(plan), takeStartTurn };
  const both = await Promise.all(
    [0, 1].map(() => measureTrial(proxyCells, firstTrial(plan), options)),
  );
  const [first = 0, second = 0] = both
    .map(({ startedAt }) => Date.parse(startedAt))
    .toSorted((a, b) => a - b);
  assert(plan.proxyCells !== undefined, 'a plan of this scenario says which streams are requested');
  expect((second - first) * NS_PER_MS).toBeGreaterThan(
    timedToNs(plan.proxyCells, { warmupNs: plan.warmupNs, connections: 4 }),
  );
});
