// Each cell is measured over the harness's own relay, which does one known thing to streams: the cell
// must find it as it was put in, and the others must not.

import { describe, expect, it } from 'vitest';
import type { Arm } from '../../../contract/arms/arms.ts';
import type { RelayFault } from '../../../contract/faults.ts';
import type { ProxyCellsTrial } from '../../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { firstTrial, planOf, quietOptions } from '../../../trial/measure-fixture.ts';
import { measureTrial } from '../../../trial/procedure.ts';
import {
  cutOf,
  deliveryNs,
  firstTokenNs,
  isHeld,
  restartOf,
  stopReach,
  streamsOf,
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
