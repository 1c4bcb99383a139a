import { describe, expect, it } from 'vitest';
import { NS_PER_MS } from '../../contract/units.ts';
import { joinOffsets, offsetWithin, readRealtimeOffset } from './realtime-offset.ts';

describe('the offset of the wall clock', () => {
  it('is known to far less than 1 ms, and is the one that Node itself counts from', async () => {
    const { offsetNs, bracketNs } = await readRealtimeOffset();
    expect(bracketNs).toBeGreaterThan(0);
    expect(bracketNs).toBeLessThan(NS_PER_MS);
    const originNs = process.hrtime.bigint() - BigInt(Math.round(performance.now() * NS_PER_MS));
    const byNodeNs = BigInt(Math.round(performance.timeOrigin * NS_PER_MS)) - originNs;
    expect(Math.abs(Number(offsetNs - byNodeNs))).toBeLessThan(NS_PER_MS);
  });

  it('is the same when it is read again, within both brackets', async () => {
    const first = await readRealtimeOffset();
    const second = await readRealtimeOffset();
    expect(Math.abs(Number(second.offsetNs - first.offsetNs))).toBeLessThanOrEqual(
      (first.bracketNs + second.bracketNs) / 2 + 1,
    );
  });

  it('lies in the middle of what the readings allow', () => {
    expect(offsetWithin(1_000_000_100n, 1_000_000_180n)).toEqual({
      offsetNs: 1_000_000_140n,
      bracketNs: 80,
    });
  });

  it('cannot be told when the clock was set while it was read', () => {
    expect(() => offsetWithin(2000n, 1000n)).toThrow('the wall clock was set by 1000 ns or more');
  });

  it('of a whole capture counts its change as error', () => {
    expect(
      joinOffsets({ offsetNs: 1000n, bracketNs: 80 }, { offsetNs: 1300n, bracketNs: 120 }),
    ).toEqual({
      offsetNs: 1150n,
      bracketNs: 120,
      driftNs: 300,
      errorBoundNs: 210,
    });
  });
});
