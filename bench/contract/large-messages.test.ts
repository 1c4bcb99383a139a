import { describe, expect, it } from 'vitest';
import { largeSpanNs, largeTokensOf, planLargeMessages } from './large-messages.ts';
import { planAllOffsetsNs, populationOf } from './population.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';
import { hashStreamText, streamText, type Workload } from './workload.ts';

const workload: Workload = {
  name: 'test',
  tokensPerStream: 100,
  tokensPerSecond: 50,
  gaps: { kind: 'fixed' },
  firstTokenMedianMs: 0,
  firstTokenSigma: 0,
  segments: [],
  tokenFile: '',
  tokensSha256: '',
};
const END_NS = 5 * NS_PER_S;
const phase = { connections: 6, openFromNs: 0, openToNs: 100, streamFromNs: 0, streamToNs: END_NS };
const trial = {
  workload,
  connections: 6,
  workloadSeed: 3,
  rampNs: 100,
  warmupNs: NS_PER_S,
  windowNs: 3 * NS_PER_S,
  tailNs: 0,
  timetable: {
    isBroadcast: false,
    phases: [
      phase,
      {
        connections: 0,
        openFromNs: END_NS,
        openToNs: END_NS,
        streamFromNs: END_NS,
        streamToNs: END_NS,
      },
    ],
  },
  large: {
    bytes: 1000,
    everyNs: 250 * NS_PER_MS,
    fromNs: 0.5 * NS_PER_S,
    toNs: 4 * NS_PER_S,
    spanNs: 84 * NS_PER_MS,
  },
};
const population = populationOf(trial);
const messages = planLargeMessages(trial, population);

describe('large messages', () => {
  it('come once in each of their times, in its first quarter or with the next token after it', () => {
    expect(messages).toHaveLength(14);
    for (const [turn, { dueNs }] of messages.entries()) {
      const afterNs = dueNs - trial.large.fromNs - turn * trial.large.everyNs;
      expect(afterNs).toBeGreaterThanOrEqual(0);
      expect(afterNs).toBeLessThanOrEqual(trial.large.everyNs / 4 + 20 * NS_PER_MS);
    }
  });

  it('are tokens of the plan, of drawn streams, and the same for the same seed', () => {
    const offsets = planAllOffsetsNs(trial, population);
    for (const { stream, index, dueNs } of messages)
      expect(population.startNs[stream]! + offsets[stream]![index]!).toBe(dueNs);
    expect(new Set(messages.map(({ stream }) => stream)).size).toBeGreaterThan(3);
    expect(planLargeMessages(trial, population)).toEqual(messages);
    const others = planLargeMessages({ ...trial, workloadSeed: 4 }, population);
    expect(others.map(({ stream }) => stream)).not.toEqual(messages.map(({ stream }) => stream));
  });

  it('have a text of their length in their places, which is part of the hash of the stream', () => {
    const large = largeTokensOf(trial, population);
    const [stream, others] = [...large][0]!;
    for (const text of others.values()) {
      expect(text).toHaveLength(1000);
      expect(JSON.stringify(text)).toHaveLength(1002);
    }
    expect([...others.keys()]).toEqual(
      messages.filter((message) => message.stream === stream).map(({ index }) => index),
    );
    const source = { tokens: ['a', 'b'], jsonTexts: ['"a"', '"b"'] };
    const places = new Map([[1, 'LARGE']]);
    expect(streamText(source, 0, 4, places)).toBe('aLARGEab');
    expect(hashStreamText(source, 0, 4, places)).not.toBe(hashStreamText(source, 0, 4));
  });

  it('are none in a trial without them', () => {
    const { large: _none, ...without } = trial;
    expect(planLargeMessages(without, population)).toEqual([]);
    expect(largeTokensOf(without, population).size).toBe(0);
  });
});

it('a large message takes its bytes over the link, and 10 ms where there is no limit', () => {
  expect(largeSpanNs({ largeBytes: 1e6, linkBytesPerSecond: 1e7 })).toBe(0.1 * NS_PER_S);
  expect(largeSpanNs({ largeBytes: 1e6 })).toBe(10 * NS_PER_MS);
});
