import { describe, expect, it } from 'vitest';
import { evidenceByScenario } from '../../scenarios/evidence.ts';
import { claims } from '../../claims/claims.ts';
import { claimOf, deliverySource, madeRun, type MadeRun } from '../../claims/evidence-fixture.ts';
import type { EvidenceRun } from '../../claims/claim-reading.ts';
import { readClaim } from '../../claims/read-claim.ts';
import { widthOf } from '../report-fixture.ts';
import { plainPaint } from '../paint.ts';
import type { ClaimsContext } from './claims-context.ts';
import { renderClaimsPage, renderClaimsReport } from './claims-page.ts';
import { renderClaimsTerminal } from './claims-terminal.ts';

const better = (folder: string, favours: string): MadeRun => ({
  folder,
  said: { kind: 'better', favours },
  change: { adjustedP: 0.001 },
});

/** The same run with an effect that was injected into its last arm. */
function injected(run: EvidenceRun): EvidenceRun {
  const { plan } = run.analysis;
  const injection = { kind: 'delay', delayNs: 1000 } as const;
  const arms = plan.arms.map((arm, index) => (index === 1 ? { ...arm, injection } : arm));
  return { ...run, analysis: { ...run.analysis, plan: { ...plan, arms } } };
}

/** One claim of each verdict. */
function fixtureClaims(): ClaimsContext {
  const runs = [
    better('reports/one', 'ws'),
    { ...better('reports/two', 'sse'), options: { plan: { scenario: 'burst' as const } } },
  ].map(madeRun);
  runs.push(injected(madeRun(better('reports/injected', 'ws'))));
  const burst = { sources: [{ ...deliverySource, scenario: 'burst' as const }] };
  const rows = [
    claimOf(),
    claimOf(burst),
    claimOf({}, burst, { sources: [], unmeasured: 'needs `streamduel run voice`' }),
    claimOf({ sources: [{ ...deliverySource, scenario: 'herd' }] }),
  ].map((claim, index) => Object.assign({}, claim, { id: `X${index + 1}` }));
  return {
    readings: rows.map((claim) => readClaim(claim, runs, { scenarios: {} })),
    runs,
    leftOut: [{ run: 'page', why: 'no Chromium' }],
    command: 'streamduel claims --seed 1',
    pathOf: (folder) => folder.replace('reports', '..'),
    labelOf: (folder) => folder,
  };
}

const terminal = (context: ClaimsContext): string =>
  renderClaimsTerminal(context, { paint: plainPaint, pagePath: 'reports/x/claims.md' });

it.each([
  ['claims-page.md', () => renderClaimsReport(fixtureClaims())],
  ['claims-page.txt', () => terminal(fixtureClaims())],
])('%s is the one that was read and approved', async (name, render) => {
  await expect(render()).toMatchFileSnapshot(`../golden/${name}`);
});

describe('the page', () => {
  it('has each verdict once, and the same text in HTML', () => {
    const context = fixtureClaims();
    expect(context.readings.map(({ verdict }) => verdict)).toEqual([
      'supported',
      'refuted',
      'depends',
      'open',
    ]);
    const html = renderClaimsPage(context);
    for (const { verdict } of context.readings) expect(html).toContain(verdict);
    expect(html).toContain('<a href="../one/report.md">reports/one</a>');
  });

  it('links the run of every row, and never names a winner', () => {
    const text = renderClaimsReport(fixtureClaims());
    expect(text.match(/\[reports\/(?:one|two)\]\(\.\.\/(?:one|two)\/report\.md\)/g)?.length).toBe(
      6,
    );
    expect(text.toLowerCase()).not.toMatch(/winner|wins|no difference\b(?! that matters)/);
  });

  it('says which runs decide nothing, and what was not measured', () => {
    const text = renderClaimsReport(fixtureClaims());
    expect(text).toContain('> - reports/injected decides nothing: an effect was injected into ws');
    expect(text).toContain('> - page: no Chromium');
  });
});

it('all claims without a run are open, fit 100 columns, and say what they need', () => {
  const context: ClaimsContext = {
    ...fixtureClaims(),
    readings: claims.map((claim) => readClaim(claim, [], { scenarios: evidenceByScenario })),
    runs: [],
    leftOut: [],
  };
  expect(new Set(context.readings.map(({ verdict }) => verdict))).toEqual(new Set(['open']));
  expect(context.readings.filter(({ condition }) => condition === '')).toEqual([]);
  const text = terminal(context);
  expect(widthOf(text)).toBeLessThanOrEqual(100);
  expect(text).toContain('needs streamduel run proxies');
});
