import { describe, expect, it } from 'vitest';
import { NS_PER_MS } from '../../contract/units.ts';
import { fixtureArms, turnsAnalysis } from './fixture.ts';
import type { NetworkEffects, TurnFactor } from './findings.ts';

const effectOf = ({ effects }: NetworkEffects, ...factors: TurnFactor[]) =>
  effects.find((effect) => effect.factors.join() === factors.join())!;

const verdictOf = (network: NetworkEffects, factor: TurnFactor, level: 0 | 1) =>
  network.simple.find((one) => one.factor === factor && one.given.level === level)!.verdict;

const msOf = (network: NetworkEffects, ...factors: TurnFactor[]): number =>
  effectOf(network, ...factors).difference!.value / NS_PER_MS;

describe('the model of round trips is found again', () => {
  const { turns } = turnsAnalysis({ preset: 'standard', blocks: 6 });

  it('a kept connection saves one round trip by POST and two over WebSocket, state saves none', () => {
    const found = turns.roundTrips.map(({ factor, given, saved }) => [
      factor,
      given.level,
      Math.round(saved!.value * 100) / 100 + 0,
    ]);
    const once = [
      ['connection', 0, 1],
      ['connection', 1, 2],
      ['context', 1, 0],
      ['transport', 0, -1],
      ['transport', 1, 0],
    ];
    // Without a limit on the uplink, and with one.
    expect(found).toEqual([...once, ...once]);
  });

  it('state saves what the uplink takes for the history, and nothing where there is no limit', () => {
    const saved = turns.networks.map((network) => Math.round(msOf(network, 'context') * 10) / 10);
    // The middle of turns 2 to 8 resends four times 2348 bytes at 1.25 MB/s.
    const limited = -(4 * 2348) / 1.25e3;
    expect(saved.slice(0, 3).every((ms) => Math.abs(ms) < 0.3)).toBe(true);
    for (const ms of saved.slice(3)) expect(ms).toBeCloseTo(limited, 0);
    expect(turns.networks).toHaveLength(6);
  });
});

it('10 ms more in one transport are an effect of the transport, and of nothing else', () => {
  const { turns: plain } = turnsAnalysis();
  const { turns: slower } = turnsAnalysis({ slowerNs: 10 * NS_PER_MS });
  for (const [index, network] of slower.networks.entries()) {
    const before = plain.networks[index]!;
    const grown = (...factors: TurnFactor[]): number =>
      msOf(network, ...factors) - msOf(before, ...factors);
    expect(grown('transport')).toBeCloseTo(10, 6);
    expect(grown('connection')).toBeCloseTo(0, 6);
    expect(grown('context')).toBeCloseTo(0, 6);
    expect(grown('connection', 'transport')).toBeCloseTo(0, 6);
    expect(grown('connection', 'context')).toBeCloseTo(0, 6);
    for (const level of [0, 1] as const)
      expect(verdictOf(network, 'transport', level)).toBe('costs');
  }
  // A kept WebSocket takes as long as a kept POST; one that is opened for each turn does not.
  const [loopback, network] = plain.networks;
  expect(verdictOf(loopback!, 'transport', 0)).toBe('negligible');
  expect(verdictOf(network!, 'transport', 0)).toBe('costs');
  expect(verdictOf(network!, 'transport', 1)).toBe('negligible');
  expect(verdictOf(network!, 'connection', 0)).toBe('saves');
});

it('the steps multiply to the whole', () => {
  for (const { steps } of turnsAnalysis().turns.networks) {
    const product = steps.reduce((sum, { ratio }) => sum * (ratio?.value ?? 1), 1);
    expect(product).toBeCloseTo(steps.at(-1)!.ratioOfAll!.value, 9);
  }
});

it('two equal arms differ in nothing', () => {
  const [baseline] = fixtureArms;
  const { turns } = turnsAnalysis({ arms: [baseline!, { ...baseline!, label: 'copy' }] });
  for (const network of turns.networks)
    for (const level of [0, 1] as const)
      expect(verdictOf(network, 'transport', level)).toBe('negligible');
});

it('a cell that proves nothing takes the verdicts of its network, and says why', () => {
  const { turns } = turnsAnalysis({
    missed: ({ turns: at }) =>
      at?.roundTripNs === 0 && at.connection === 'new' && at.context === 'resent',
  });
  const [doubted, other] = turns.networks;
  expect(doubted!.doubts.join()).toMatch(/INVALID: .*C2up/);
  expect(doubted!.simple.every(({ verdict }) => verdict === undefined)).toBe(true);
  expect(other!.doubts).toEqual([]);
  expect(verdictOf(other!, 'connection', 0)).toBe('saves');
});

it('no effect has a verdict where the plan allows none', () => {
  const { turns } = turnsAnalysis({ verdicts: false });
  expect(
    turns.networks.flatMap(({ simple }) => simple.flatMap(({ verdict }) => verdict ?? [])),
  ).toEqual([]);
});
