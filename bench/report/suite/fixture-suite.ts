// Made-up suites for the tests of this folder. Their numbers come from no measurement.

import { claims } from '../../claims/claims.ts';
import type { ClaimReading } from '../../claims/claim-reading.ts';
import { readClaim } from '../../claims/read-claim.ts';
import type { ScenarioId } from '../../contract/run-file.ts';
import type { Suite } from '../../contract/suite.ts';
import { reconnectParts } from '../../scenarios/recovery/parts.ts';
import { evidenceByScenario } from '../../scenarios/evidence.ts';
import { streamParts } from '../../scenarios/stream/parts.ts';
import { fixtureMetrics } from '../fixture-metrics.ts';
import {
  reconnectAnalysis,
  recoveryFixtureMetrics,
} from '../../scenarios/recovery/report/fixture-recovery.ts';
import { fullAnalysis, invalidAnalysis } from '../report-fixture.ts';
import type { SuiteContext, SuitePart } from './suite-context.ts';

const chart = (
  name: string,
): { readonly file: string; readonly title: string; readonly alt: string } => ({
  file: `${name}.svg`,
  title: `Title of ${name}`,
  alt: `what ${name} shows`,
});

/**
 * Steady streams and faults; of the streams one load point is INVALID and the other HARNESS-LIMITED
 * when `isBroken`.
 */
export function fixtureSuite({
  isBroken = false,
}: { readonly isBroken?: boolean } = {}): SuiteContext {
  const stream = isBroken ? invalidAnalysis() : fullAnalysis();
  const estimate = { value: 2_900_000, low: 2_800_000, high: 3_000_000, trials: 12 };
  const threshold = {
    text: 'delivery.p99 > 5ms',
    arm: undefined,
    metric: 'delivery.p99',
    operator: '>',
    limit: 5_000_000,
  } as const;
  const parts: readonly SuitePart[] = [
    {
      folder: 'stream',
      context: { analysis: stream, metrics: fixtureMetrics, parts: streamParts },
      thresholds: [
        {
          threshold,
          arm: 'ws',
          loadPoint: { connections: 100 },
          outcome: 'passed',
          estimate,
          isShown: true,
          reason: undefined,
        },
      ],
      charts: [
        chart('load-sweep'),
        chart('delivery-quantiles-100'),
        chart('delivery-quantiles-1000'),
      ],
    },
    {
      folder: 'reconnect',
      context: {
        analysis: reconnectAnalysis(),
        metrics: recoveryFixtureMetrics,
        parts: reconnectParts,
      },
      thresholds: [],
      charts: [chart('fault-ratios')],
    },
  ];
  return { suite: describeSuite(['stream', 'reconnect']), claims: claimsOf(parts), parts };
}

/** The claims on which the parts bear. */
function claimsOf(parts: readonly SuitePart[]): readonly ClaimReading[] {
  const runs = parts.map(({ folder, context: { analysis, metrics } }) => ({
    folder,
    analysis,
    metrics,
  }));
  return claims
    .map((claim) => readClaim(claim, runs, { scenarios: evidenceByScenario }))
    .filter(({ meanings }) => meanings.some(({ evidence }) => evidence.length > 0));
}

function describeSuite(scenarios: readonly ScenarioId[]): Suite {
  return {
    kind: 'suite',
    schema: 1,
    streamduel: '0.1.0',
    name: `${scenarios.join('-')}-standard`,
    startedAt: '2026-03-01T09:30:00.000Z',
    command: `streamduel run ${scenarios.join(' ')} --preset standard --fail-if 'delivery.p99 > 5ms' --seed 7`,
    parts: scenarios.map((scenario) => ({ scenario, folder: scenario })),
  };
}
