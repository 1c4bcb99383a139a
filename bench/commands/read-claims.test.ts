import { expect, it } from 'vitest';
import { projectPath } from '../contract/program.ts';
import { loadRuns } from './claims-from.ts';
import { claimsOfRuns } from './read-claims.ts';

const kept = (...names: readonly string[]) =>
  loadRuns(
    names.map((name) => projectPath(`reports/reference/${name}`)),
    () => undefined,
  );

it('runs say of the claims what they bear on, and of no other', () => {
  const readings = claimsOfRuns(kept('herd', 'cost'));
  const ids = readings.map(({ claim }) => claim.id);
  expect(ids).toContain('S2c');
  expect(ids).toContain('S4');
  expect(ids).not.toContain('W5');
  // Code is counted without a run, and is no evidence of these.
  expect(ids).not.toContain('S1');
});

it('a plan without verdicts bears on nothing', () => {
  const short = kept('herd').map(({ folder, analysis }) => ({
    folder,
    analysis: { ...analysis, plan: { ...analysis.plan, verdicts: false } },
  }));
  expect(claimsOfRuns(short)).toEqual([]);
});
