import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pacer, type Paced } from './pacer.ts';

interface TestStream extends Paced {
  readonly dueNsOf: readonly number[];
  sent: number;
}

/**
 * Virtual time: a timer fires when the test says so, as late as it says; callbacks after the poll
 * run right after it.
 */
class VirtualTime {
  nowNs = 0;
  #afterPoll: (() => void)[] = [];
  #timers: { atNs: number; callback: () => void; isCancelled: boolean }[] = [];

  readonly setTimer = (callback: () => void, delayMs: number): { cancel: () => void } => {
    const timer = { atNs: this.nowNs + delayMs * 1e6, callback, isCancelled: false };
    this.#timers.push(timer);
    return {
      cancel: () => {
        timer.isCancelled = true;
      },
    };
  };

  readonly afterPoll = (callback: () => void): { cancel: () => void } => {
    this.#afterPoll.push(callback);
    return { cancel: () => (this.#afterPoll = this.#afterPoll.filter((one) => one !== callback)) };
  };

  /**
   * Runs the callbacks that await the poll, else the next timer, late by `lateNs`; false when
   * nothing is left.
   */
  step(lateNs: number): boolean {
    if (this.#runAfterPoll()) return true;
    this.#timers = this.#timers
      .filter((timer) => !timer.isCancelled)
      .sort((a, b) => a.atNs - b.atNs);
    const timer = this.#timers.shift();
    if (timer === undefined) return false;
    this.nowNs = Math.max(this.nowNs, timer.atNs) + lateNs;
    timer.callback();
    this.#runAfterPoll();
    return true;
  }

  #runAfterPoll(): boolean {
    const waiting = this.#afterPoll.splice(0);
    for (const callback of waiting) callback();
    return waiting.length > 0;
  }
}

interface Emission {
  readonly stream: number;
  readonly token: number;
  readonly atNs: number;
  readonly dueNs: number;
}

function run(
  plans: readonly (readonly number[])[],
  lateness: (step: number) => number,
  timer: 'exact' | 'whole milliseconds' = 'whole milliseconds',
): { emitted: Emission[]; steps: number; turnsNs: readonly number[] } {
  const time = new VirtualTime();
  const turnsNs = new Set<number>();
  const emitted: Emission[] = [];
  const streams: TestStream[] = plans.map((dueNsOf) => ({
    dueNsOf,
    sent: 0,
    dueNs: 0,
    nextInSlot: undefined,
    isScheduled: false,
  }));
  const pacer = new Pacer<TestStream>({
    now: () => time.nowNs,
    ...(timer === 'exact' ? { setExactTimer: time.setTimer } : { setTimer: time.setTimer }),
    afterPoll: time.afterPoll,
    emit: (stream) => {
      turnsNs.add(pacer.turnNs);
      emitted.push({
        stream: streams.indexOf(stream),
        token: stream.sent,
        atNs: time.nowNs,
        dueNs: stream.dueNsOf[stream.sent] as number,
      });
      stream.sent++;
      return stream.dueNsOf[stream.sent];
    },
  });
  for (const stream of streams) pacer.schedule(stream, stream.dueNsOf[0] as number);
  let steps = 0;
  for (; steps < 1_000_000 && time.step(lateness(steps)); steps++);
  expect(pacer.scheduled).toBe(0);
  return { emitted, steps, turnsNs: [...turnsNs] };
}

const plan = fc
  .array(
    fc.oneof(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 1, max: 400_000_000 })),
    { minLength: 1, maxLength: 30 },
  )
  .map((gaps) => {
    let dueNs = 0;
    return gaps.map((gap) => (dueNs += gap));
  });

it('every token is emitted once, in order, and never early, whatever the plan, the timer and its lateness', () => {
  fc.assert(
    fc.property(
      fc.array(plan, { minLength: 1, maxLength: 40 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 300_000_000 })),
      fc.constantFrom('exact', 'whole milliseconds'),
      (plans, lateness, timer) => {
        const late = lateness[Symbol.iterator]();
        const { emitted } = run(
          plans,
          (step) => (step % 3 === 0 ? (late.next().value as number) : 100_000),
          timer,
        );
        expect(emitted).toHaveLength(plans.reduce((sum, dueNs) => sum + dueNs.length, 0));
        for (const { atNs, dueNs } of emitted) expect(atNs).toBeGreaterThanOrEqual(dueNs);
        for (let stream = 0; stream < plans.length; stream++) {
          expect(emitted.filter((one) => one.stream === stream).map((one) => one.token)).toEqual(
            plans[stream]!.map((_, token) => token),
          );
        }
      },
    ),
    { seed: 4, numRuns: 150 },
  );
});

it('with punctual timers no token is later than the 1 ms tick and the timer’s own rounding', () => {
  const plans = Array.from({ length: 50 }, (_, stream) =>
    Array.from({ length: 40 }, (_, token) => 1e6 + stream * 137_000 + token * 20_000_000),
  );
  const { emitted } = run(plans, () => 0);
  expect(Math.max(...emitted.map(({ atNs, dueNs }) => atNs - dueNs))).toBeLessThanOrEqual(2e6);
});

const streamDue = (dueNs: number): TestStream => ({
  dueNsOf: [dueNs],
  sent: 0,
  dueNs: 0,
  nextInSlot: undefined,
  isScheduled: false,
});

describe('with an exact timer', () => {
  const plans = Array.from({ length: 50 }, (_, stream) => {
    let dueNs = 1e6 + stream * 137_000;
    return Array.from({ length: 60 }, (_token, token) => {
      // Two or three tokens come together, and gaps are no whole milliseconds.
      dueNs +=
        (stream + token) % 4 === 0 ? 0 : 8_123_456 + ((stream * 7 + token * 5) % 23) * 917_000;
      return dueNs;
    });
  });
  /** How late a timer is on a quiet machine, as far as this proof goes. */
  const LATE_NS = 400_000;
  const lateness = (step: number): number => ((step * 7919) % 101) * (LATE_NS / 100);

  it('no gap differs by more than the timer’s lateness and the shortest turn', () => {
    const { emitted } = run(plans, lateness, 'exact');
    const errors = [...Map.groupBy(emitted, ({ stream }) => stream).values()].flatMap((tokens) =>
      tokens.slice(1).map(({ atNs, dueNs }, index) => {
        const before = tokens[index]!;
        return Math.abs(atNs - before.atNs - (dueNs - before.dueNs));
      }),
    );
    expect(errors).toHaveLength(50 * 59);
    expect(Math.max(...errors)).toBeLessThanOrEqual(LATE_NS + 250_000);
  });

  it('what is due together leaves together, and nothing else of a stream', () => {
    const { emitted } = run(plans, lateness, 'exact');
    const together = (of: 'atNs' | 'dueNs'): readonly boolean[] =>
      [...Map.groupBy(emitted, ({ stream }) => stream).values()].flatMap((tokens) =>
        tokens.slice(1).map((token, index) => token[of] === tokens[index]![of]),
      );
    expect(together('atNs')).toEqual(together('dueNs'));
    expect(together('dueNs').filter(Boolean).length).toBeGreaterThan(500);
  });

  it('a clock that begins anew, as it does with a trial, holds up no token', () => {
    const time = new VirtualTime();
    let epochNs = 0;
    const now = (): number => time.nowNs - epochNs;
    const lateNs: number[] = [];
    const pacer = new Pacer<TestStream>({
      now,
      setExactTimer: time.setTimer,
      afterPoll: time.afterPoll,
      emit: (stream) => {
        lateNs.push(now() - stream.dueNs);
        return undefined;
      },
    });
    const sendOne = (): void => {
      const dueNs = now() + 3.3e6;
      pacer.schedule(streamDue(dueNs), dueNs);
      while (pacer.scheduled > 0 && time.step(0));
    };
    time.nowNs = 1_200e6;
    sendOne();
    epochNs = time.nowNs;
    sendOne();
    expect(lateNs.map(Math.round)).toEqual([0, 0]);
  });

  it('turns are a quarter of a millisecond apart, however many tokens are due', () => {
    const dense = Array.from({ length: 40 }, (_, stream) =>
      Array.from({ length: 500 }, (_token, token) => 1e6 + stream * 10_007 + token * 400_000),
    );
    const { turnsNs } = run(dense, () => 0, 'exact');
    const apart = turnsNs.slice(1).map((ns, index) => ns - turnsNs[index]!);
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(250_000);
    expect(turnsNs.length).toBeLessThanOrEqual(4 * 201 + 1);
  });
});

it('a gap longer than the wheel is kept', () => {
  const { emitted } = run([[5e6, 25_000e6, 25_001e6]], () => 0);
  expect(emitted.map(({ atNs }) => Math.floor(atNs / 1e6))).toEqual(
    [5, 25_000, 25_001].map((ms) => expect.closeTo(ms, -1) as unknown as number),
  );
});

it('a stall delays later tokens but loses none', () => {
  const plans = [Array.from({ length: 100 }, (_, token) => (token + 1) * 10e6)];
  const { emitted } = run(plans, (step) => (step === 10 ? 300e6 : 0));
  expect(emitted).toHaveLength(100);
  expect(Math.max(...emitted.map(({ atNs, dueNs }) => atNs - dueNs))).toBeGreaterThan(250e6);
});

it('nothing scheduled means no timer: an idle server sleeps', () => {
  const { steps } = run([[1e6]], () => 0);
  expect(steps).toBeLessThanOrEqual(3);
});

it('a stream that is scheduled twice is emitted as one', () => {
  const time = new VirtualTime();
  const sent: number[] = [];
  const stream: TestStream = {
    dueNsOf: [],
    sent: 0,
    dueNs: 0,
    nextInSlot: undefined,
    isScheduled: false,
  };
  const pacer = new Pacer<TestStream>({
    now: () => time.nowNs,
    setTimer: time.setTimer,
    afterPoll: time.afterPoll,
    emit: () => {
      sent.push(time.nowNs);
      return undefined;
    },
  });
  pacer.schedule(stream, 3e6);
  pacer.schedule(stream, 1e6);
  for (let step = 0; step < 10 && time.step(0); step++);
  expect(sent).toHaveLength(1);
});

/**
 * Start times of turns while 4000 tokens/s are sent and each takes so long to write, within the
 * turn or right after it.
 */
function turnStarts(
  write: { readonly withinNs: number; readonly afterNs: number },
  armed?: 'after',
): number[] {
  const time = new VirtualTime();
  const turns: number[] = [];
  const streams = Array.from({ length: 80 }, (_, stream) => ({
    firstNs: 1e6 + stream * 250_000,
    sent: 0,
    dueNs: 0,
    nextInSlot: undefined,
    isScheduled: false,
  }));
  let written = 0;
  const pacer = new Pacer<(typeof streams)[number]>({
    now: () => time.nowNs,
    setTimer: time.setTimer,
    afterPoll: time.afterPoll,
    ...(armed !== undefined && { armed }),
    emit: (stream) => {
      if (turns.at(-1) !== pacer.turnNs) turns.push(pacer.turnNs);
      time.nowNs += write.withinNs;
      written++;
      stream.sent++;
      return stream.sent === 100 ? undefined : stream.firstNs + stream.sent * 20e6;
    },
  });
  for (const stream of streams) pacer.schedule(stream, stream.firstNs);
  while (time.step(0)) {
    time.nowNs += written * write.afterNs;
    written = 0;
  }
  expect(pacer.scheduled).toBe(0);
  return turns;
}

it('turns are as far apart where tokens are written within them as where they are written after them', () => {
  const after = turnStarts({ withinNs: 0, afterNs: 100_000 });
  const within = turnStarts({ withinNs: 100_000, afterNs: 0 });
  const free = turnStarts({ withinNs: 0, afterNs: 0 });
  expect(within).toEqual(after);
  // Four tokens are due per millisecond and take 0.4 ms of it, so the wheel keeps its pace.
  expect(within).toEqual(free);
});

it('at overload one turn follows another, whichever way tokens are written, and each lets the loop poll', () => {
  const within = turnStarts({ withinNs: 400_000, afterNs: 0 });
  const after = turnStarts({ withinNs: 0, afterNs: 400_000 });
  expect(within).toEqual(after);
});

it('a timer armed after its turn, as a selftest asks for, makes turns longer where tokens are written within them', () => {
  const within = turnStarts({ withinNs: 100_000, afterNs: 0 }, 'after');
  const after = turnStarts({ withinNs: 0, afterNs: 100_000 }, 'after');
  expect(within.length).toBeLessThan(0.8 * after.length);
});
