// Holds claims against analysed runs, with the answers of all scenarios to what no verdict says.

import type { Analysis } from '../analysis/analysis.ts';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import type { ClaimReading, EvidenceRun } from '../claims/claim-reading.ts';
import type { Claim } from '../claims/claim.ts';
import { claims as allClaims } from '../claims/claims.ts';
import { readClaim } from '../claims/read-claim.ts';
import type { CodeMeasure } from '../contract/code-measure.ts';
import { evidenceByScenario } from '../scenarios/evidence.ts';
import { readings } from '../scenarios/readings.ts';

export interface AnalysedRun {
  readonly folder: string;
  readonly analysis: Analysis;
}

export function evidenceRunOf({ folder, analysis }: AnalysedRun): EvidenceRun {
  const { plan } = analysis;
  return { folder, analysis, metrics: metricsOfPlan(readings[plan.scenario], plan) };
}

export function readClaims(
  claims: readonly Claim[],
  runs: readonly EvidenceRun[],
  code: CodeMeasure | undefined,
): readonly ClaimReading[] {
  return claims.map((claim) => readClaim(claim, runs, { scenarios: evidenceByScenario, code }));
}

/** The claims on which these runs bear, read from them alone; none from a plan without verdicts. */
export function claimsOfRuns(runs: readonly AnalysedRun[]): readonly ClaimReading[] {
  const asked = runs.filter(({ analysis }) => analysis.plan.verdicts).map(evidenceRunOf);
  return readClaims(allClaims, asked, undefined).filter(({ meanings }) =>
    meanings.some(({ evidence }) => evidence.length > 0),
  );
}
