import { describe, expect, it } from 'vitest';
import {
  dueNs,
  framesToNs,
  hashSessions,
  interruptionOf,
  isInterrupting,
  largeSpanOf,
  planSessions,
  type DuplexTrial,
} from './duplex.ts';
import { MIB, NS_PER_MS, NS_PER_S } from './units.ts';

const trial: DuplexTrial = {
  duplex: {
    frameNs: 20 * NS_PER_MS,
    frameBytes: 640,
    deadlineNs: 60 * NS_PER_MS,
    leadNs: 300 * NS_PER_MS,
    interruptEveryFrames: 50,
    interruptFrames: 10,
    answerNs: 700 * NS_PER_MS,
  },
  workloadSeed: 7,
  connections: 4,
  rampNs: 400 * NS_PER_MS,
  warmupNs: NS_PER_S,
  windowNs: 3 * NS_PER_S,
  tailNs: 250 * NS_PER_MS,
};

describe('the plan of sessions', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planSessions(trial)).toEqual(planSessions(trial));
    expect(hashSessions(trial)).not.toBe(hashSessions({ ...trial, workloadSeed: 8 }));
  });

  it('has frames in both directions before the window and to the end of the trial', () => {
    for (const session of planSessions(trial)) {
      for (const direction of ['up', 'down'] as const) {
        expect(dueNs(session, direction, 0)).toBeGreaterThan(session.openNs);
        expect(dueNs(session, direction, 0)).toBeLessThan(trial.warmupNs);
        const lastNs = dueNs(session, direction, session.frames - 1);
        expect(lastNs).toBeLessThan(framesToNs(trial));
        expect(lastNs).toBeGreaterThan(trial.warmupNs + trial.windowNs);
      }
    }
  });

  it('interrupts once in so many frames, for as many as it says', () => {
    const [session] = planSessions(trial);
    const [first = 0, second = 0] = session!.interruptions;
    expect(second - first).toBe(50);
    const spoken = [first - 1, first, first + 9, first + 10].map((frame) =>
      isInterrupting(session!, frame, trial.duplex),
    );
    expect(spoken).toEqual([false, true, true, false]);
  });

  it('stops an answer from its interruption to its own end, and not beyond', () => {
    const [session] = planSessions(trial);
    const atNs = dueNs(session!, 'up', session!.interruptions[0]!);
    const stopped = Array.from({ length: session!.frames }, (_, frame) => frame).filter(
      (frame) => interruptionOf(session!, frame, trial.duplex) === 0,
    );
    expect(stopped).toHaveLength(35);
    for (const frame of stopped) {
      const downNs = dueNs(session!, 'down', frame);
      expect(downNs).toBeGreaterThanOrEqual(atNs);
      expect(downNs).toBeLessThan(atNs + trial.duplex.answerNs);
    }
  });

  it('puts the large message into the middle of the first session, and into no other', () => {
    const sessions = planSessions({ ...trial, duplex: { ...trial.duplex, largeBytes: MIB } });
    const [first, ...others] = sessions.map(({ largeBefore }) => largeBefore);
    expect(others).toEqual([undefined, undefined, undefined]);
    const atNs = dueNs(sessions[0]!, 'down', first!);
    expect(Math.abs(atNs - trial.warmupNs - trial.windowNs / 2)).toBeLessThanOrEqual(
      trial.duplex.frameNs,
    );
  });
});

it('a large message is under way for as long as its bytes take over the link', () => {
  expect(largeSpanOf({ largeBytes: 12_500_000, linkBytesPerSecond: 12.5e6 })).toBe(NS_PER_S);
});
