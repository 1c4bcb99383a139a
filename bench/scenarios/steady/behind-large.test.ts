import { expect, test } from 'vitest';
import { quantileOf } from '../../contract/distribution.ts';
import { planLargeMessages } from '../../contract/large-messages.ts';
import { planAllOffsetsNs, populationOf } from '../../contract/population.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { partByLarge } from './behind-large.ts';
import { planLarge, planLongStreams } from './timetables.ts';

const moments = { warmupNs: NS_PER_S, windowNs: 3 * NS_PER_S };
const STREAMS = 6;
const SPAN_NS = 100 * NS_PER_MS;
const conditions = {
  ...moments,
  workload: {
    name: 'test',
    tokensPerStream: 1,
    tokensPerSecond: 50,
    gaps: { kind: 'fixed' as const },
    firstTokenMedianMs: 0,
    firstTokenSigma: 0,
    segments: [],
    tokenFile: '',
    tokensSha256: '',
  },
  connections: STREAMS,
  workloadSeed: 11,
  rampNs: NS_PER_S / 2,
  tailNs: 0,
  timetable: planLongStreams(moments, STREAMS),
  large: planLarge(moments, {
    connections: STREAMS,
    largeBytes: 1e6,
    linkBytesPerSecond: 1e7,
  }),
};
const population = populationOf(conditions);
const offsetsNs = planAllOffsetsNs(conditions, population);
const messages = planLargeMessages(conditions, population);

const USUAL_NS = NS_PER_MS;
const HOLD_NS = 50 * NS_PER_MS;

/** Streams 0–2 and 3–5 share connections; tokens behind a large message are held until it is over. */
function stampsWith(hold: (stream: number, other: number) => boolean) {
  const receivedNs = new Float64Array(population.totalTokens);
  for (let stream = 0; stream < STREAMS; stream++)
    for (const [index, offset] of offsetsNs[stream]!.entries()) {
      const due = population.startNs[stream]! + offset;
      const isHeld = messages.some(
        (message) =>
          hold(stream, message.stream) && due >= message.dueNs && due < message.dueNs + SPAN_NS,
      );
      receivedNs[population.base[stream]! + index] = due + (isHeld ? HOLD_NS : USUAL_NS);
    }
  return {
    population,
    offsetsNs,
    windowStartNs: moments.warmupNs,
    windowEndNs: moments.warmupNs + moments.windowNs,
    client: { receivedNs },
  };
}

const sharesConnection = (stream: number, other: number): boolean =>
  Math.floor(stream / 3) === Math.floor(other / 3);
const elsewhere = (stream: number, other: number): boolean => !sharesConnection(stream, other);
const own = (stream: number, other: number): boolean => stream === other;
const nowhere = (): boolean => false;
const range = (distribution: Parameters<typeof quantileOf>[0]) =>
  [0, 1].map((q) => quantileOf(distribution, q as 0 | 1));

test('a hold that was made behind each large message is found there, whole, and nowhere else', () => {
  const parts = partByLarge(stampsWith(sharesConnection), {
    ...conditions,
    streamsPerConnection: 3,
  });
  expect(range(parts.behindLargeNs)).toEqual([HOLD_NS, HOLD_NS]);
  expect(range(parts.awayFromLargeNs)).toEqual([USUAL_NS, USUAL_NS]);
  // Three large messages in the window, each with five tokens of both neighbours behind it.
  expect(parts.largeMessageNs!.count).toBe(3);
  expect(parts.behindLargeNs!.count).toBe(3 * 5 * 2);
});

test('streams on other connections are no neighbours, though the moment is the same', () => {
  const parts = partByLarge(stampsWith(elsewhere), { ...conditions, streamsPerConnection: 3 });
  expect(range(parts.behindLargeNs)).toEqual([USUAL_NS, USUAL_NS]);
});

test('where no stream shares a connection, all others are looked at in the same moments', () => {
  const parts = partByLarge(stampsWith(nowhere), conditions);
  expect(parts.behindLargeNs!.count).toBe(3 * 5 * 5);
  expect(range(parts.behindLargeNs)).toEqual([USUAL_NS, USUAL_NS]);
});

test('the tokens of the stream that sends the large message are no neighbours of it', () => {
  const { behindLargeNs, largeMessageNs } = partByLarge(stampsWith(own), conditions);
  expect(range(behindLargeNs)).toEqual([USUAL_NS, USUAL_NS]);
  expect(range(largeMessageNs)).toEqual([HOLD_NS, HOLD_NS]);
});
