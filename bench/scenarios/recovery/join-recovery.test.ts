import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileOf } from '../../contract/distribution.ts';
import type { FaultName } from '../../contract/faults.ts';
import type { Population } from '../../contract/population.ts';
import { emptyStamps, type StampColumns } from '../../contract/stamps.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { joinRecovery, type JoinedRecovery, type RecoveryJoinInput } from './join-recovery.ts';

const TOKENS = 60;
const GAP_MS = 100;
/** Time from due to received without a fault. */
const DELIVERY_MS = 2;
const FAULT_MS = 1550;
const STREAMS = 4;

const ms = (count: number): number => count * NS_PER_MS;

/** Receipts in ms since T0, token by token; undefined for one that never arrived. */
type Receipts = (dueMs: number, token: number) => number | undefined;

interface Stream {
  readonly receipts?: Receipts;
  readonly lostMs?: number;
  readonly attemptMs?: number;
  readonly openMs?: number;
  readonly newMs?: number;
  readonly pausedMs?: number;
}

const onTime: Receipts = (dueMs) => dueMs + DELIVERY_MS;

/** Tokens due from the fault to `untilMs` arrive at `untilMs`; all others are on time. */
const heldUntil =
  (untilMs: number): Receipts =>
  (dueMs) =>
    dueMs + DELIVERY_MS > FAULT_MS && dueMs < untilMs ? untilMs : dueMs + DELIVERY_MS;

const late = (untilMs: number): Stream => ({ receipts: heldUntil(untilMs) });

/** The token due at 1100 ms comes at 1202, 200 ms after the one before. */
const stalled = (untilMs: number): Stream => ({
  receipts: (dueMs, token) => (dueMs === 1100 ? 1202 : heldUntil(untilMs)(dueMs, token)),
});

const lateAtFour: Receipts = (dueMs) => (dueMs > 4000 && dueMs < 5000 ? 5000 : dueMs + DELIVERY_MS);

const disturbedByOthers: Receipts = (dueMs) =>
  dueMs + (dueMs > 2000 && dueMs < 3000 ? 7 : DELIVERY_MS);

interface Options extends Partial<Pick<RecoveryJoinInput, 'quiet'>> {
  readonly fault?: FaultName;
  readonly healMs?: number;
  readonly attemptsMs?: readonly number[];
  readonly acceptedMs?: readonly number[];
}

/** Streams that start at T0, with a token due every 100 ms from 100 ms on. */
function join(
  streams: readonly Stream[],
  { fault = 'reset', healMs, quiet, attemptsMs = [], acceptedMs = [] }: Options = {},
): JoinedRecovery {
  const population: Population = {
    streams: streams.length,
    startNs: new Float64Array(streams.length),
    tokens: new Int32Array(streams.length).fill(TOKENS),
    seeds: new Uint32Array(streams.length),
    slots: new Int32Array(streams.length),
    base: Int32Array.from(streams, (_, stream) => stream * TOKENS),
    totalTokens: streams.length * TOKENS,
  };
  const offsetsNs = streams.map(() =>
    Float64Array.from({ length: TOKENS }, (_, token) => ms((token + 1) * GAP_MS)),
  );
  return joinRecovery({
    population,
    offsetsNs,
    fault,
    faultNs: ms(FAULT_MS),
    ...(healMs !== undefined && { healNs: ms(healMs) }),
    ...(quiet && { quiet }),
    warmupEndNs: ms(800),
    endNs: ms(6100),
    client: {
      ...columnsOf(streams, quiet !== undefined),
      attemptsNs: timesOf(attemptsMs),
      acceptedNs: timesOf(acceptedMs),
    },
  });
}

function columnsOf(streams: readonly Stream[], isQuiet: boolean): StampColumns {
  const receivedNs = emptyStamps(streams.length * TOKENS);
  for (const [stream, { receipts = onTime }] of streams.entries()) {
    for (let token = 0; token < TOKENS; token++) {
      const plannedMs = (token + 1) * GAP_MS;
      const dueMs = isQuiet && plannedMs >= FAULT_MS ? plannedMs + QUIET_MS : plannedMs;
      const atMs = receipts(dueMs, token);
      if (atMs !== undefined) receivedNs[stream * TOKENS + token] = ms(atMs);
    }
  }
  const column = (of: (stream: Stream) => number | undefined): Float64Array =>
    Float64Array.from(streams, (stream) => ms(of(stream) ?? Number.NaN));
  return {
    receivedNs,
    pausedNs: column(({ pausedMs }) => pausedMs),
    lostNs: column(({ lostMs }) => lostMs),
    attemptNs: column(({ attemptMs }) => attemptMs),
    openNs: column(({ openMs }) => openMs),
    newNs: column(({ newMs }) => newMs),
  };
}

const QUIET_MS = 2000;

function timesOf(times: readonly number[]): Float64Array {
  return Float64Array.from(times, ms);
}

const medianMs = (
  { distributions }: JoinedRecovery,
  name: keyof JoinedRecovery['distributions'],
): number | undefined => {
  const median = quantileOf(distributions[name], 0.5);
  return median === undefined ? undefined : median / NS_PER_MS;
};

/** A loss noticed 1 ms after the fault; open at 1800 ms, all missed tokens received at 1803 ms. */
const cut: Stream = {
  lostMs: 1551,
  attemptMs: 1790,
  openMs: 1800,
  newMs: 1803,
  receipts: heldUntil(1803),
};

describe('a loss that is noticed', () => {
  const joined = join(
    Array.from({ length: STREAMS }, () => cut),
    { attemptsMs: [1790, 1790, 1790, 1795], acceptedMs: [1800, 1800, 1801, 1990] },
  );

  test('every moment of the clock counts from the fault', () => {
    expect(medianMs(joined, 'faultToDetectNs')).toBe(1);
    expect(medianMs(joined, 'faultToAttemptNs')).toBe(240);
    expect(medianMs(joined, 'faultToOpenNs')).toBe(250);
    expect(medianMs(joined, 'attemptToOpenNs')).toBe(10);
    expect(medianMs(joined, 'faultToResumedNs')).toBe(253);
    expect(joined).toMatchObject({ clients: 4, noticed: 4, resumed: 4, neverBack: 0 });
  });

  test('the visible gap is from the last token before to the first unseen one after', () => {
    // The last token before was due at 1500 ms and received at 1502.
    expect(medianMs(joined, 'visibleGapNs')).toBe(1803 - 1502);
  });

  test('a client has caught up with the first punctual token, not with the first that was replayed', () => {
    // Tokens due at 1600, 1700 and 1800 ms came at 1803: not even the last one took less than 3 ms,
    // 1.5 times the usual 2 ms.
    expect(medianMs(joined, 'faultToCaughtUpNs')).toBe(1902 - FAULT_MS);
  });

  test('tokens that came due between the last receipt and the new connection are due away', () => {
    // In each stream, those due at 1600 and 1700 ms count; the one due at 1800 finds the connection
    // open.
    expect(joined.tokensDueAway).toBe(4 * 2);
  });

  test('a connection was lost with its last token, however late that was noticed', () => {
    const late: Stream = {
      lostMs: 4052,
      attemptMs: 4200,
      openMs: 4250,
      newMs: 4251,
      receipts: heldUntil(4251),
    };
    // Tokens due at 1600 to 4200 ms.
    expect(join([late], { fault: 'blackhole', healMs: 4000 }).tokensDueAway).toBe(27);
  });

  test('the curve counts attempts, acceptances and resumed streams in bins of 100 ms from the fault', () => {
    expect(joined.curve.binNs).toBe(ms(100));
    expect(joined.curve.attempts.slice(0, 5)).toEqual([0, 0, 4, 0, 0]);
    expect(joined.curve.accepted.slice(0, 5)).toEqual([0, 0, 3, 0, 1]);
    expect(joined.curve.resumed.slice(0, 5)).toEqual([0, 0, 4, 0, 0]);
    expect(joined.curve.attempts.length).toBe(46);
  });

  test('delivery before the fault leaves out the warm-up and what the fault delayed', () => {
    // Tokens due at 800 to 1500 ms.
    expect(joined.distributions.beforeFaultDeliveryNs?.count).toBe(4 * 8);
    expect(medianMs(joined, 'beforeFaultDeliveryNs')).toBe(DELIVERY_MS);
  });

  test('nobody is a neighbour where all connections break, and nothing heals where the fault is a moment', () => {
    expect(joined.distributions.neighbourDeliveryNs).toBeUndefined();
    expect(joined.distributions.healToResumedNs).toBeUndefined();
  });
});

describe('a loss that nobody notices', () => {
  const joined = join([{ receipts: heldUntil(6550 - 1000) }, {}], {
    fault: 'blackhole',
    healMs: 5550,
  });

  test('a client that stood still resumed with the end of its gap', () => {
    expect(joined).toMatchObject({ noticed: 0, resumed: 1, neverBack: 0, tokensDueAway: 0 });
    expect(medianMs(joined, 'faultToResumedNs')).toBe(4000);
    expect(medianMs(joined, 'visibleGapNs')).toBe(5550 - 1502);
  });

  test('time from the end of the cause counts for who came back after it', () => {
    expect(medianMs(joined, 'healToResumedNs')).toBe(0);
    expect(join([cut], { healMs: 1700 }).distributions.healToResumedNs?.values[0]).toBe(ms(103));
    expect(join([cut], { healMs: 1900 }).distributions.healToResumedNs).toBeUndefined();
  });

  test('who reads again after a pause and then finds the connection lost had the pause as its longest gap', () => {
    // No token until 5550 ms, then the accumulated ones, then the loss and 150 ms of resuming.
    const paused: Stream = {
      receipts: heldUntil(5550),
      lostMs: 5560,
      attemptMs: 5600,
      openMs: 5690,
      newMs: 5702,
      pausedMs: FAULT_MS,
    };
    const read = join(
      [
        {
          ...paused,
          receipts: (dueMs, token) => (dueMs === 5600 ? 5702 : heldUntil(5550)(dueMs, token)),
        },
      ],
      {
        fault: 'slow-reader',
        healMs: 5550,
      },
    );
    expect(medianMs(read, 'visibleGapNs')).toBe(5550 - 1502);
    expect(medianMs(read, 'faultToResumedNs')).toBe(5702 - FAULT_MS);
  });

  test('a gap no longer than usual is no interruption', () => {
    // An interruption takes 250 ms at least, and more than twice the longest gap before.
    expect(join([late(1752)]).resumed).toBe(0);
    expect(join([late(1753)]).resumed).toBe(1);
    expect(join([stalled(1902)]).resumed).toBe(0);
    expect(join([stalled(1903)]).resumed).toBe(1);
  });

  test('a gap that begins after the fault was over is none of its doing', () => {
    expect(join([{ receipts: lateAtFour }]).resumed).toBe(0);
    expect(join([{ receipts: lateAtFour }], { healMs: 4500 }).resumed).toBe(1);
  });

  test('silence that was planned is no interruption', () => {
    const quiet = { fromNs: ms(FAULT_MS), forNs: ms(QUIET_MS) };
    const joinedQuietly = join([{}], { fault: 'idle-heartbeat', quiet });
    expect(joinedQuietly).toMatchObject({ noticed: 0, resumed: 0, neverBack: 0 });
    expect(joinedQuietly.distributions.visibleGapNs).toBeUndefined();
  });

  test('of a gap around a planned silence only the rest is visible', () => {
    // The silence ends at 3550 ms, so the token after it is due at 3600; it comes at 3700.
    const after: Stream = {
      lostMs: 3000,
      attemptMs: 3200,
      openMs: 3201,
      newMs: 3700,
      receipts: (dueMs) => (dueMs === 3600 ? 3700 : dueMs + 2),
    };
    const joinedQuietly = join([after], {
      fault: 'idle-cut',
      quiet: { fromNs: ms(FAULT_MS), forNs: ms(QUIET_MS) },
    });
    expect(medianMs(joinedQuietly, 'visibleGapNs')).toBe(3700 - 1502 - QUIET_MS);
    expect(joinedQuietly.tokensDueAway).toBe(0);
  });
});

describe('a client that never comes back', () => {
  const gone: Stream = {
    lostMs: 1551,
    attemptMs: 1790,
    receipts: (dueMs) => (dueMs < FAULT_MS ? dueMs + 2 : undefined),
  };

  test('has no time to its resumed stream, and every later token was due without a connection', () => {
    const joined = join([gone, cut]);
    expect(joined).toMatchObject({ clients: 2, noticed: 2, resumed: 1, neverBack: 1 });
    // 15 tokens came until the fault.
    expect(joined.tokensDueAway).toBe(TOKENS - 15 + 2);
    expect(joined.distributions.faultToResumedNs?.count).toBe(1);
  });

  test('is counted though it noticed nothing', () => {
    const { lostMs: _lostMs, attemptMs: _attemptMs, ...silent } = gone;
    expect(join([silent])).toMatchObject({ noticed: 0, resumed: 0, neverBack: 1 });
  });

  test('is not one that had received everything', () => {
    expect(join([{ lostMs: 6090, attemptMs: 6095 }])).toMatchObject({
      noticed: 1,
      resumed: 0,
      neverBack: 0,
    });
  });
});

test('neighbours of slow readers are those that read on, while the others did not', () => {
  const slow: Stream = { pausedMs: FAULT_MS, receipts: heldUntil(3000) };
  const joined = join([slow, { receipts: disturbedByOthers }], {
    fault: 'slow-reader',
    healMs: 3000,
  });
  // Tokens due at 1600 to 2900 ms: 5 tokens of 2 ms and 9 of 7 ms.
  expect(joined.distributions.neighbourDeliveryNs?.count).toBe(14);
  expect(quantileOf(joined.distributions.neighbourDeliveryNs, 0.3)).toBe(ms(2));
  expect(medianMs(joined, 'neighbourDeliveryNs')).toBe(7);
  expect(joined).toMatchObject({ resumed: 1, noticed: 0 });
});

test('a token out of order neither ends a gap nor begins one', () => {
  expect(join([{ receipts: (dueMs) => (dueMs === 1700 ? 1600 : dueMs + 2) }]).resumed).toBe(0);
});

const streams = fc.record({
  /**
   * The first token from which those due after the fault never arrive; undefined when all arrive.
   */
  lostFrom: fc.option(fc.integer({ min: 0, max: TOKENS }), { nil: undefined }),
  heldUntilMs: fc.integer({ min: FAULT_MS, max: 5000 }),
  isNoticed: fc.boolean(),
});

test('whatever happens, nobody is both back and never back, and the curve holds all who are', () => {
  fc.assert(
    fc.property(fc.array(streams, { minLength: 1, maxLength: 8 }), (drawn) => {
      const joined = join(
        drawn.map(({ lostFrom, heldUntilMs, isNoticed }): Stream => {
          const receipts: Receipts = (dueMs, token) =>
            lostFrom !== undefined && token >= lostFrom && dueMs > FAULT_MS
              ? undefined
              : heldUntil(heldUntilMs)(dueMs, token);
          return isNoticed
            ? {
                receipts,
                lostMs: FAULT_MS + 1,
                attemptMs: heldUntilMs,
                openMs: heldUntilMs,
                newMs: heldUntilMs,
              }
            : { receipts };
        }),
        { healMs: 5000 },
      );
      expect(joined.resumed + joined.neverBack).toBeLessThanOrEqual(joined.clients);
      expect(joined.distributions.faultToResumedNs?.count ?? 0).toBe(joined.resumed);
      expect(joined.curve.resumed.reduce((sum, count) => sum + count, 0)).toBe(joined.resumed);
      expect(joined.distributions.faultToDetectNs?.count ?? 0).toBe(joined.noticed);
    }),
  );
});
