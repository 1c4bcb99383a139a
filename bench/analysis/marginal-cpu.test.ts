import { expect, it } from 'vitest';
import { fixtureRun } from './analysis-fixture.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { marginalCpu } from './marginal-cpu.ts';

const [trial] = fixtureRun({ noise: 0, blocks: 1 }).trials as readonly CompletedTrial[];

const cpuNs = (wallNs: number, tokens: number): number => 0.1 * wallNs + 12_000 * tokens;

/**
 * A server that idles at 10 % and spends 12 µs a token, 2,000 tokens/s for 2 s and 10,000 tokens/s
 * in the window.
 */
function affine(): Pick<CompletedTrial, 'lowPhase' | 'server'> {
  const seconds = [0.5e9, 1e9, 1.5e9, 2e9].map((atNs) => ({
    atNs,
    cpuNs: cpuNs(atNs, (2000 * atNs) / 1e9),
    tokens: (2000 * atNs) / 1e9,
  }));
  const use = { ...trial!.server.use, wallNs: 5e9, cpuUserNs: cpuNs(5e9, 50_000), cpuSystemNs: 0 };
  return {
    lowPhase: { fromNs: 0.4e9, toNs: 2e9 },
    server: { ...trial!.server, use, windowTokens: 50_000, seconds },
  };
}

it('finds the cost of a token and of idling that were put in', () => {
  const found = marginalCpu(affine());
  expect(found?.nsPerToken).toBeCloseTo(12_000, 6);
  expect(found?.idleShare).toBeCloseTo(0.1, 9);
});

it('draws no line without a low phase, or through two loads that are nearly one', () => {
  const { lowPhase: _lowPhase, ...flat } = affine();
  expect(marginalCpu(flat)).toBeUndefined();
  const { lowPhase, server } = affine();
  expect(marginalCpu({ lowPhase, server: { ...server, windowTokens: 15_000 } })).toBeUndefined();
});
