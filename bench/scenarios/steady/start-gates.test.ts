import { describe, expect, it } from 'vitest';
import { poissonArrivals } from '../../contract/arrival-model.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { poissonGate, populationGate, startGate, type StartFindings } from './start-gates.ts';

const findings: StartFindings = {
  startLagP99Ns: 2 * NS_PER_MS,
  arrivals: { statistic: 99, limit: 3.9, note: undefined },
  load: { asked: 10, tookPart: 2 },
};
const trace = { kind: 'trace', startNs: [0], tokens: [1] } as const;
const poisson = { kind: 'drawn', model: poissonArrivals(20) } as const;
const bursts = {
  kind: 'drawn',
  model: {
    phases: [
      { meanGapMs: 1, next: [0.5, 0.5] },
      { meanGapMs: 50, next: [0.5, 0.5] },
    ],
  },
} as const;

const trialOf = (arrivals?: typeof trace | typeof poisson | typeof bursts) => ({
  specification: {
    ...(arrivals !== undefined && { arrivals: structuredClone(arrivals) as never }),
  },
  client: {},
});

describe('H3', () => {
  it('allows a steady population 5 ms, and arrivals 1 ms', () => {
    expect(startGate(trialOf(), findings)).toMatchObject({ ok: true, limit: 5 * NS_PER_MS });
    const late = { ...findings, arrived: { startLagP99Ns: 1.001 * NS_PER_MS } };
    expect(startGate(trialOf(trace), late)).toMatchObject({
      id: 'H3',
      kind: 'harness',
      ok: false,
      value: 1.001 * NS_PER_MS,
      limit: NS_PER_MS,
    });
    const punctual = { ...findings, arrived: { startLagP99Ns: NS_PER_MS } };
    expect(startGate(trialOf(trace), punctual).ok).toBe(true);
  });

  it('says when there was no start to judge', () => {
    expect(startGate(trialOf(trace), { ...findings, arrived: {} })).toMatchObject({
      ok: true,
      note: 'no start in the window',
    });
  });
});

describe('H6', () => {
  it('judges a steady population and Poisson arrivals', () => {
    expect(poissonGate(trialOf(), findings).ok).toBe(false);
    expect(poissonGate(trialOf(poisson), findings).ok).toBe(false);
  });

  it.each([trace, bursts])('does not judge others, and says why', (arrivals) => {
    const gate = poissonGate(trialOf(arrivals), findings);
    expect(gate).toMatchObject({ ok: true });
    expect(gate).not.toHaveProperty('value');
    expect(gate.note).toContain('these arrivals are no Poisson process');
  });
});

it('H15 judges a steady population; with arrivals it says why it does not', () => {
  expect(populationGate(trialOf(), findings).ok).toBe(false);
  const gate = populationGate(trialOf(poisson), findings);
  expect(gate).toMatchObject({ id: 'H15', ok: true });
  expect(gate).not.toHaveProperty('value');
  expect(gate.note).toContain('whether all began is H1');
});
