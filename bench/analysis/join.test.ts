import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileOf } from '../contract/distribution.ts';
import { planPopulation } from '../contract/population.ts';
import { emptyStamps } from '../contract/stamps.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { joinStamps, type JoinInput } from './join.ts';
import { steadyNames } from './trial-fixture.ts';

const inWindow = (ns: number): boolean => ns >= NS_PER_S && ns < 2 * NS_PER_S;

const CONNECT_NS = 40_000;
const HANDLER_NS = 100_000;
const ACCEPT_NS = 250_000;
const LATENESS_NS = 300_000;
const TRANSPORT_NS = 70_000;
/** Time from the turn of the pacer to the write. */
const WRITE_WAIT_NS = 30_000;
const END_NS = 20_000;
const START_LAG_NS = 5000;
const GAP_NS = 50 * NS_PER_MS;

/**
 * Streams that each begin at a given time, with tokens every 50 ms from 100 ms on; every delay is a
 * known constant.
 */
function constantDelays(
  startsNs: readonly number[],
  tokensPerStream: number,
  windowStartNs: number,
  windowEndNs: number,
) {
  const streams = startsNs.length;
  const totalTokens = streams * tokensPerStream;
  const offsets = Float64Array.from(
    { length: tokensPerStream },
    (_, token) => 2 * GAP_NS + token * GAP_NS,
  );
  const server = {
    handlerNs: emptyStamps(streams),
    readyNs: emptyStamps(totalTokens),
    writtenNs: emptyStamps(totalTokens),
  };
  const client = {
    startNs: emptyStamps(streams),
    connectNs: emptyStamps(streams),
    acceptNs: emptyStamps(streams),
    endNs: emptyStamps(streams),
    receivedNs: emptyStamps(totalTokens),
  };
  for (const [stream, plannedNs] of startsNs.entries()) {
    const startNs = plannedNs + START_LAG_NS;
    client.startNs[stream] = startNs;
    client.connectNs[stream] = startNs + CONNECT_NS;
    server.handlerNs[stream] = startNs + HANDLER_NS;
    client.acceptNs[stream] = startNs + ACCEPT_NS;
    for (let token = 0; token < tokensPerStream; token++) {
      const writtenNs = startNs + HANDLER_NS + offsets[token]! + LATENESS_NS;
      server.readyNs[stream * tokensPerStream + token] = writtenNs - WRITE_WAIT_NS;
      server.writtenNs[stream * tokensPerStream + token] = writtenNs;
      client.receivedNs[stream * tokensPerStream + token] = writtenNs + TRANSPORT_NS;
    }
    client.endNs[stream] = client.receivedNs[(stream + 1) * tokensPerStream - 1]! + END_NS;
  }
  return {
    population: {
      streams,
      startNs: Float64Array.from(startsNs),
      tokens: new Int32Array(streams).fill(tokensPerStream),
      seeds: new Uint32Array(streams),
      slots: new Int32Array(streams),
      base: Int32Array.from(startsNs, (_, stream) => stream * tokensPerStream),
      totalTokens,
    },
    offsetsNs: startsNs.map(() => offsets),
    serverProcesses: 1,
    windowStartNs,
    windowEndNs,
    server,
    client,
  } satisfies JoinInput;
}

/** 40 streams that start 25 ms apart, 100 tokens each, all within a window of 6.3 s. */
const everything = () =>
  constantDelays(
    Array.from({ length: 40 }, (_, stream) => stream * 25 * NS_PER_MS),
    100,
    0,
    6.3 * NS_PER_S,
  );

describe('constant delays', () => {
  test('every distribution holds exactly the constant that was injected', () => {
    const joined = joinStamps(everything());
    const constants = Object.fromEntries(
      steadyNames
        .filter((name) => name !== 'turnPeriodNs')
        .map((name) => {
          const { values } = joined.distributions[name]!;
          expect(values[0]).toBe(values.at(-1));
          return [name, values[0]];
        }),
    );
    expect(constants).toEqual({
      startLagNs: START_LAG_NS,
      connectNs: CONNECT_NS,
      openNs: ACCEPT_NS,
      openFromPlanNs: START_LAG_NS + ACCEPT_NS,
      ttftNs: START_LAG_NS + HANDLER_NS + 2 * GAP_NS + LATENESS_NS + TRANSPORT_NS,
      ttftFromConnectNs: HANDLER_NS + 2 * GAP_NS + LATENESS_NS + TRANSPORT_NS,
      ttftOverheadNs: HANDLER_NS + LATENESS_NS + TRANSPORT_NS,
      deliveryTransportNs: TRANSPORT_NS,
      deliveryScheduledNs: LATENESS_NS + TRANSPORT_NS,
      latenessNs: LATENESS_NS,
      interChunkNs: GAP_NS,
      interTokenNs: GAP_NS,
      tpotNs: GAP_NS,
      jitterNs: 0,
      endToEndNs: START_LAG_NS + HANDLER_NS + 101 * GAP_NS + LATENESS_NS + TRANSPORT_NS + END_NS,
      endToEndOverheadNs: HANDLER_NS + LATENESS_NS + TRANSPORT_NS + END_NS,
      dueToReadyNs: LATENESS_NS - WRITE_WAIT_NS,
      readyToReceivedNs: WRITE_WAIT_NS + TRANSPORT_NS,
    });
  });

  test('turns of the pacer are told by its stamps, and not at all where servers have turns of their own', () => {
    // Streams start 25 ms apart with a token every 50 ms: one turn each 25 ms.
    expect(quantileOf(joinStamps(everything()).distributions.turnPeriodNs, 0.5)).toBe(
      25 * NS_PER_MS,
    );
    expect(
      joinStamps({ ...everything(), serverProcesses: 2 }).distributions.turnPeriodNs,
    ).toBeUndefined();
  });

  test('stamps of before there was one for the turn are joined without it', () => {
    const { server, ...input } = everything();
    const { distributions, missingStamps } = joinStamps({
      ...input,
      server: { handlerNs: server.handlerNs, writtenNs: server.writtenNs },
    });
    expect(distributions.readyToReceivedNs).toBeUndefined();
    expect(missingStamps).toBe(0);
  });

  test('nothing is missing, negative or drifting', () => {
    const joined = joinStamps(everything());
    expect(joined).toMatchObject({
      missingStamps: 0,
      mostNegativeNs: 0,
      latenessMedianNs: LATENESS_NS,
    });
    const firstThirdP50Ns = LATENESS_NS + TRANSPORT_NS;
    expect(joined.steadiness).toEqual({
      driftRatio: 1,
      isDrifting: false,
      firstThirdP50Ns,
      lastThirdP50Ns: firstThirdP50Ns,
    });
  });
});

describe('membership', () => {
  test('streams and tokens are members by their planned time, the end of the window excluded', () => {
    // Two tokens each, due 100 and 150 ms after a planned start at 0, 50, 100 and 150 ms; the
    // window is [100, 150) ms.
    const input = constantDelays(
      [0, 50, 100, 150].map((ms) => ms * NS_PER_MS),
      2,
      100 * NS_PER_MS,
      150 * NS_PER_MS,
    );
    const joined = joinStamps(input);
    expect(joined.windowStarts).toBe(1);
    expect(joined.windowTokens).toBe(1);
    expect(joined.distributions.openNs?.count).toBe(1);
    expect(joined.distributions.endToEndNs).toBeUndefined();
    // All four are planned to be open for 150 ms: three of them for all of the window, the last not
    // yet.
    expect(joined.meanConcurrent).toBe(3);
  });

  test('a server that is late by more than the window has the same members', () => {
    const input = everything();
    input.windowStartNs = NS_PER_S;
    input.windowEndNs = 2 * NS_PER_S;
    const onTime = joinStamps(input);
    for (const column of [input.server.writtenNs, input.client.receivedNs])
      column.forEach((ns, index) => (column[index] = ns + 5 * NS_PER_S));
    const late = joinStamps(input);
    expect(late.windowTokens).toBe(onTime.windowTokens);
    expect(late.distributions.deliveryScheduledNs?.count).toBe(onTime.windowTokens);
    expect(quantileOf(late.distributions.deliveryScheduledNs, 0)).toBe(
      LATENESS_NS + TRANSPORT_NS + 5 * NS_PER_S,
    );
  });

  test('the members of any population are those whose planned time lies in the window', () => {
    const workload = {
      name: 'any',
      tokensPerStream: 20,
      tokensPerSecond: 50,
      gaps: { kind: 'fixed' as const },
      firstTokenMedianMs: 30,
      firstTokenSigma: 0.5,
      segments: [],
      tokenFile: '',
      tokensSha256: '',
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 20 }),
        (seed, connections) => {
          const population = planPopulation({
            workload,
            connections,
            seed,
            rampNs: NS_PER_S,
            horizonNs: 3 * NS_PER_S,
          });
          const offsetsNs = Array.from(population.tokens, (tokens, stream) =>
            Float64Array.from({ length: tokens }, (_, token) => (token + stream) * 1e7),
          );
          const streamColumn = () => new Float64Array(population.streams);
          const tokenColumn = () => new Float64Array(population.totalTokens);
          const joined = joinStamps({
            population,
            offsetsNs,
            windowStartNs: NS_PER_S,
            windowEndNs: 2 * NS_PER_S,
            server: { handlerNs: streamColumn(), writtenNs: tokenColumn() },
            client: {
              startNs: streamColumn(),
              connectNs: streamColumn(),
              acceptNs: streamColumn(),
              endNs: streamColumn(),
              receivedNs: tokenColumn(),
            },
          });
          const due = offsetsNs.flatMap((offsets, stream) =>
            [...offsets].map((offset) => population.startNs[stream]! + offset),
          );
          expect(joined.windowTokens).toBe(due.filter(inWindow).length);
          expect(joined.windowStarts).toBe([...population.startNs].filter(inWindow).length);
        },
      ),
      { seed: 17, numRuns: 30 },
    );
  });
});

describe('known faults', () => {
  test('a server that stalls for 300 ms each second shows in the scheduled p99, not in the transport p99', () => {
    const input = everything();
    input.server.writtenNs.forEach((written, index) => {
      // Every token of the first 300 ms of a second is written at the end of the stall.
      const intoSecond = written % NS_PER_S;
      const heldNs = intoSecond < 300 * NS_PER_MS ? 300 * NS_PER_MS - intoSecond : 0;
      input.server.writtenNs[index] = written + heldNs;
      input.client.receivedNs[index] = written + heldNs + TRANSPORT_NS;
    });
    const { distributions } = joinStamps(input);
    expect(quantileOf(distributions.deliveryTransportNs, 0.99)).toBe(TRANSPORT_NS);
    expect(quantileOf(distributions.deliveryScheduledNs, 0.99)).toBeGreaterThan(270 * NS_PER_MS);
    expect(quantileOf(distributions.deliveryScheduledNs, 1)).toBeLessThanOrEqual(301 * NS_PER_MS);
  });

  test('stamps that were never taken are counted once each and their samples left out', () => {
    const input = everything();
    input.client.receivedNs[250] = Number.NaN;
    input.server.writtenNs[251] = Number.NaN;
    input.client.endNs[3] = Number.NaN;
    const joined = joinStamps(input);
    expect(joined.missingStamps).toBe(3);
    expect(joined.distributions.deliveryTransportNs?.count).toBe(4000 - 2);
    expect(joined.distributions.deliveryScheduledNs?.count).toBe(4000 - 1);
    // The token that was not received begins no gap and ends none.
    expect(joined.distributions.interTokenNs?.count).toBe(40 * 99 - 2);
    expect(joined.distributions.endToEndNs?.count).toBe(39);
  });

  test('a stream that never reached the server lacks its handler stamp, all tokens and its end', () => {
    const input = everything();
    input.server.handlerNs[0] = Number.NaN;
    input.client.acceptNs[0] = Number.NaN;
    input.client.endNs[0] = Number.NaN;
    input.server.writtenNs.fill(Number.NaN, 0, 100);
    input.client.receivedNs.fill(Number.NaN, 0, 100);
    expect(joinStamps(input).missingStamps).toBe(203);
  });

  test('tokens that share a read end one gap between reads, though each has its own gap', () => {
    const input = everything();
    // The first of every two tokens waits for the second.
    for (let index = 0; index < 4000; index += 2)
      input.client.receivedNs[index] = input.client.receivedNs[index + 1]!;
    const { distributions } = joinStamps(input);
    expect(distributions.interChunkNs?.count).toBe(40 * 49);
    expect(quantileOf(distributions.interChunkNs, 0)).toBe(2 * GAP_NS);
    expect(distributions.interTokenNs?.count).toBe(40 * 99);
    expect(quantileOf(distributions.interTokenNs, 0)).toBe(0);
    expect(quantileOf(distributions.jitterNs, 1)).toBe(GAP_NS);
  });

  test('the most negative one-way delay is kept', () => {
    const input = everything();
    input.client.receivedNs[10] = input.server.writtenNs[10]! - 9000;
    expect(joinStamps(input).mostNegativeNs).toBe(-9000);
  });

  test('a server that slows down in the last third of the window drifts', () => {
    const input = everything();
    input.windowEndNs = 3 * NS_PER_S;
    for (const column of [input.server.writtenNs, input.client.receivedNs]) {
      column.forEach(
        (ns, index) => (column[index] = ns > 2 * NS_PER_S ? ns + LATENESS_NS + TRANSPORT_NS : ns),
      );
    }
    const firstThirdP50Ns = LATENESS_NS + TRANSPORT_NS;
    expect(joinStamps(input).steadiness).toEqual({
      driftRatio: 2,
      isDrifting: true,
      firstThirdP50Ns,
      lastThirdP50Ns: 2 * firstThirdP50Ns,
    });
  });

  test('a few tokens say nothing about drift', () => {
    expect(joinStamps(constantDelays([0], 60, 0, 4 * NS_PER_S)).steadiness).toEqual({
      isDrifting: false,
    });
  });

  test('a stream of one token has no time per output token', () => {
    expect(joinStamps(constantDelays([0], 1, 0, NS_PER_S)).distributions.tpotNs).toBeUndefined();
  });
});

test('samples are in order of planned time, so that a slow stretch of time counts for its batches only', () => {
  const input = everything();
  // In order of streams, slow and fast tokens would alternate in runs of a few; in order of time
  // they are two runs.
  input.client.receivedNs.forEach(
    (ns, index) => (input.client.receivedNs[index] = ns > 3 * NS_PER_S ? ns + NS_PER_MS : ns),
  );
  const { count, effectiveCount } = joinStamps(input).distributions.deliveryTransportNs!;
  // The effective count is about the number of batches of 100 ms.
  const batches = (input.windowEndNs - input.windowStartNs) / (100 * NS_PER_MS) + 1;
  expect(effectiveCount).toBeLessThan(batches);
  expect(count).toBeGreaterThan(batches);
});
