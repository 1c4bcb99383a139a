import { expect, it } from 'vitest';
import type { JoinInput } from '../../analysis/join.ts';
import { quantileOf } from '../../contract/distribution.ts';
import { planAllOffsetsNs, planPopulation } from '../../contract/population.ts';
import { rememberRecorded } from '../../contract/recorded-streams.ts';
import { hashTokens, type TokenFile } from '../../contract/tokens.ts';
import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../../contract/units.ts';
import type { Workload } from '../../contract/workload.ts';
import { replayGates } from './replay-gates.ts';
import { measureReplay } from './replay.ts';

const TOKENS = 40;
/** Of every four tokens, the second comes with the first. */
const isTogether = (token: number): boolean => token % 4 === 1;
const offsetsNs = Array.from(
  { length: TOKENS },
  (_, token) => (token - (isTogether(token) ? 1 : 0)) * 10 * NS_PER_MS,
);
const segments = ['a', 'b'].map((id) => ({
  id,
  title: id,
  language: 'und',
  script: 'Unknown',
  provenance: 'test',
  textSha256: '',
  tokens: Array.from({ length: TOKENS }, (_, token) => `${id}${token}`),
  offsetsNs,
}));
const tokenFile: TokenFile = {
  schema: 1,
  encoding: 'as recorded',
  tokensSha256: hashTokens(segments),
  segments,
};
rememberRecorded(tokenFile);
const workload: Workload = {
  name: 'test',
  gaps: { kind: 'recorded', streams: 2, texts: 'recorded' },
  tokensPerStream: TOKENS,
  tokensPerSecond: 100,
  firstTokenMedianMs: 0,
  firstTokenSigma: 0,
  segments: [],
  tokenFile: 'nowhere',
  tokensSha256: tokenFile.tokensSha256,
};

interface Stamped {
  /** Lateness of a token's write, by its place in its stream. */
  readonly latenessNs?: (token: number) => number;
  /** Tokens that leave in the turn of the one before them. */
  readonly leavesTogether?: (token: number) => boolean;
}

function inputOf({ latenessNs = () => 0, leavesTogether = isTogether }: Stamped = {}): JoinInput {
  const population = planPopulation({
    workload,
    connections: 4,
    seed: 3,
    rampNs: 0.2 * NS_PER_S,
    horizonNs: 3 * NS_PER_S,
  });
  const offsets = planAllOffsetsNs(
    {
      workload,
      connections: 4,
      workloadSeed: 3,
      rampNs: 0,
      warmupNs: 0,
      windowNs: 0,
      tailNs: 0,
    },
    population,
  );
  const column = () => new Float64Array(population.totalTokens);
  const [writtenNs, readyNs, receivedNs] = [column(), column(), column()];
  for (let stream = 0; stream < population.streams; stream++) {
    const base = population.base[stream] as number;
    for (const [token, offset] of (offsets[stream] as Float64Array).entries()) {
      const dueNs = (population.startNs[stream] as number) + offset;
      writtenNs[base + token] = dueNs + latenessNs(token);
      readyNs[base + token] =
        token > 0 && leavesTogether(token) ? (readyNs[base + token - 1] as number) : dueNs + token;
      receivedNs[base + token] = dueNs + NS_PER_MS + token;
    }
  }
  return {
    population,
    offsetsNs: offsets,
    windowStartNs: 0.5 * NS_PER_S,
    windowEndNs: 2.5 * NS_PER_S,
    server: { handlerNs: new Float64Array(population.streams), writtenNs, readyNs },
    client: { receivedNs },
  };
}

const gatesOf = (stamped: Stamped): readonly boolean[] => {
  const measured = measureReplay(inputOf(stamped), workload);
  if (measured === undefined) throw new Error('the workload is a recording');
  const gapErrorP99Ns = quantileOf(measured.distributions.replayGapErrorNs, 0.99);
  return replayGates({ ...measured.replay, gapErrorP99Ns }).map(({ ok }) => ok);
};

/** Every tenth token is late: its gap is longer by that, and the next one shorter. */
const late = (byNs: number) => (token: number) => (token % 10 === 5 ? byNs : 0);

it('a replay without error has none, and both recorded streams are replayed to the end', () => {
  const { replay, distributions } = measureReplay(inputOf(), workload) ?? {};
  expect(quantileOf(distributions?.replayGapErrorNs, 1)).toBe(0);
  expect(replay).toMatchObject({ covered: 2, split: 0, joined: 0, readTogether: 0 });
  expect(replay?.followers).toBeGreaterThan(500);
  expect((replay?.together ?? 0) / (replay?.followers ?? 1)).toBeCloseTo(0.25, 1);
  expect(gatesOf({})).toEqual([true, true]);
});

it('a known error of the gaps is found, and beyond 1 ms its gate is missed', () => {
  const found = measureReplay(inputOf({ latenessNs: late(700 * NS_PER_US) }), workload);
  expect(quantileOf(found?.distributions.replayGapErrorNs, 0.99)).toBeCloseTo(700 * NS_PER_US, -3);
  expect(quantileOf(found?.distributions.replayGapErrorNs, 0.5)).toBe(0);
  expect(gatesOf({ latenessNs: late(700 * NS_PER_US) })).toEqual([true, true]);
  expect(gatesOf({ latenessNs: late(1500 * NS_PER_US) })).toEqual([false, true]);
});

it('tokens that leave together or apart against the recording are found, and their gate is missed', () => {
  const split = measureReplay(inputOf({ leavesTogether: () => false }), workload)?.replay;
  expect(split).toMatchObject({ split: split?.together, joined: 0 });
  expect(gatesOf({ leavesTogether: () => false })).toEqual([true, false]);
  const joined = measureReplay(inputOf({ leavesTogether: (token) => token % 4 < 2 }), workload);
  expect(joined?.replay.split).toBe(0);
  expect(joined?.replay.joined).toBeGreaterThan(100);
  expect(gatesOf({ leavesTogether: (token) => token % 4 < 2 })).toEqual([true, false]);
});

it('another workload is no replay', () => {
  expect(measureReplay(inputOf(), { ...workload, gaps: { kind: 'fixed' } })).toBeUndefined();
});
