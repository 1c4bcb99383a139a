import { describe, expect, it } from 'vitest';
import type { LadderRecord, Rung } from '../../contract/ladder.ts';
import type { LadderTrial } from '../../contract/run-file.ts';
import { fixtureLadder, fixtureLadderRun, truth } from './ladder-fixture.ts';
import { ladderMetrics } from './metrics.ts';

const [any] = fixtureLadderRun({ ladderOf: () => fixtureLadder(truth), blocks: 1 }).trials;

function value(id: string, ladder: LadderRecord): number | undefined {
  const metric = ladderMetrics.find((one) => one.id === id);
  return metric?.value({ ...(any as LadderTrial), ladder });
}

function changed(change: (rung: Rung) => Rung): LadderRecord {
  return { rungs: fixtureLadder(truth).rungs.map(change) };
}

describe('a ladder of known costs', () => {
  it.each([
    // 10,000 bytes of the server and half of 7000 of the kernel.
    ['memory.retained', 13_500],
    ['memory.uss.slope', 10_000],
    ['memory.heap', 6000],
    ['memory.external', 200],
    ['memory.kernel', 3500],
    ['memory.streaming', 11_500],
    // Each connection that ends leaves 2000 bytes behind.
    ['memory.down', 11_500],
    ['memory.hysteresis', 2000],
    ['memory.left', 2000],
    ['memory.flatness', 1],
    ['memory.client', 5000],
    ['cpu.token.slope', 15_000],
    ['cpu.idle', 0.01],
  ])('gives %s back', (id, expected) => {
    expect(value(id, fixtureLadder(truth))).toBeCloseTo(expected, 6);
  });

  it('is of every metric that there is', () => {
    expect(ladderMetrics.length).toBe(13);
  });
});

describe('memory per connection', () => {
  it('adds what is charged to the servers’ sockets whole, since it is of one end', () => {
    expect(value('memory.retained', fixtureLadder({ ...truth, socketBytes: 300 }))).toBeCloseTo(
      13_800,
      6,
    );
  });

  it('without slabs, which only root may read, is private memory and what the sockets hold', () => {
    const bare = changed(({ kernel: { slabBytes: _slabs, ...kernel }, ...rung }) => ({
      ...rung,
      kernel,
    }));
    expect(value('memory.retained', bare)).toBeCloseTo(10_000, 6);
    expect(value('memory.kernel', bare)).toBeCloseTo(0, 6);
  });

  it('where the kernel says nothing, is private memory alone, and the kernel’s part is unknown', () => {
    const bare = changed((rung) => ({ ...rung, kernel: {} }));
    expect(value('memory.retained', bare)).toBeCloseTo(10_000, 6);
    expect(value('memory.kernel', bare)).toBeUndefined();
  });

  it('does not hang on rung 0, which has the room that the rehearsal left', () => {
    const [first, ...others] = fixtureLadder(truth).rungs;
    const lower = {
      ...first!,
      retained: { ...first!.retained!, ussBytes: first!.retained!.ussBytes! - 5e6 },
    };
    expect(value('memory.retained', { rungs: [lower, ...others] })).toBeCloseTo(13_500, 6);
  });

  it('is unknown where one rung could not be read', () => {
    const torn = changed(({ retained, ...rung }) =>
      rung.connections === 1500 || retained === undefined ? rung : { ...rung, retained },
    );
    expect(value('memory.retained', torn)).toBeUndefined();
    expect(value('memory.streaming', torn)).toBeCloseTo(11_500, 6);
  });

  it('is unknown with two rungs, which every line fits', () => {
    const { rungs } = fixtureLadder(truth);
    expect(
      value('memory.retained', {
        rungs: rungs.filter(({ connections }) => connections !== 500 && connections !== 1500),
      }),
    ).toBeUndefined();
  });

  it('grows from rung to rung where it is not flat', () => {
    // y = 13,500 x + x²: 15,000 a connection from 500 to 1000, 17,000 from 1500 to 2000.
    expect(value('memory.flatness', fixtureLadder(truth, { bend: 1000 }))).toBeCloseTo(
      17_000 / 15_000,
      6,
    );
  });
});

describe('CPU per token', () => {
  it('leaves out rungs that left the server too little time to rest', () => {
    const busy = changed((rung) =>
      rung.use === undefined ? rung : { ...rung, use: { ...rung.use, utilisation: 0.7 } },
    );
    expect(value('cpu.token.slope', busy)).toBeCloseTo(15_000, 6);
    const tooBusy = changed((rung) =>
      rung.use === undefined || rung.connections < 2000
        ? rung
        : { ...rung, use: { ...rung.use, utilisation: 0.71 } },
    );
    expect(value('cpu.token.slope', tooBusy)).toBeUndefined();
  });

  it('is of the tokens that were written, not of those that were planned', () => {
    const half = changed((rung) =>
      rung.use === undefined
        ? rung
        : { ...rung, use: { ...rung.use, wallNs: 2 * rung.use.wallNs } },
    );
    expect(value('cpu.token.slope', half)).toBeCloseTo(15_000, 6);
  });
});
