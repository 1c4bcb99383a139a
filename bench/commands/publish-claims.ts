// Writes the page of claims, claims.md and claims.html, and what the command prints.

import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import type { Analysis } from '../analysis/analysis.ts';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import type { ClaimReading, EvidenceRun } from '../claims/claim-reading.ts';
import { claims as allClaims } from '../claims/claims.ts';
import type { Profile } from '../claims/profile.ts';
import { readProfile } from '../claims/read-profile.ts';
import type { Claim } from '../claims/claim.ts';
import { readClaim } from '../claims/read-claim.ts';
import { whyUnread } from '../claims/trusted.ts';
import type { ClaimsContext, LeftOutRun } from '../report/claims/claims-context.ts';
import { renderClaimsPage, renderClaimsReport } from '../report/claims/claims-page.ts';
import { renderClaimsTerminal } from '../report/claims/claims-terminal.ts';
import { readCodeMeasure } from '../claims/code/read-code-measure.ts';
import { evidenceByScenario } from '../scenarios/evidence.ts';
import { readings } from '../scenarios/readings.ts';
import { writeRunFile } from '../trial/run-folder.ts';

export interface AnalysedRun {
  readonly folder: string;
  readonly analysis: Analysis;
}

interface ClaimsPage {
  /** Folder of the page. */
  readonly folder: string;
  readonly command: string;
  readonly leftOut: readonly LeftOutRun[];
  readonly labelOf: ClaimsContext['labelOf'];
  readonly profile?: Profile | undefined;
}

/** Run folders are shown as they lie from where the command was called. */
export function publishClaims(
  claims: readonly Claim[],
  runs: readonly AnalysedRun[],
  { folder, command, leftOut, labelOf, profile }: ClaimsPage,
): ClaimsContext {
  const evidenceRuns = runs.map((run) => ({ ...run, metrics: metricsOf(run.analysis) }));
  const answers = { scenarios: evidenceByScenario, code: readCodeMeasure() };
  const read = (claim: Claim): ClaimReading => readClaim(claim, evidenceRuns, answers);
  const context: ClaimsContext = {
    readings: claims.map(read),
    // A profile may ask for claims that the page does not show.
    profile: profile && readProfile(profile, allClaims.map(read)),
    runs: evidenceRuns,
    leftOut,
    command,
    pathOf: (run) => relative(folder, run),
    labelOf,
  };
  writeRunFile(folder, 'claims.md', renderClaimsReport(context));
  writeRunFile(folder, 'claims.html', renderClaimsPage(context));
  return context;
}

function metricsOf({ plan }: Analysis): EvidenceRun['metrics'] {
  return metricsOfPlan(readings[plan.scenario], plan);
}

export function summariseClaims(
  context: ClaimsContext,
  folder: string,
  stream: NodeJS.WriteStream,
): string {
  return renderClaimsTerminal(context, {
    pagePath: join(relative(process.cwd(), folder) || '.', 'claims.md'),
    paint: (style, text) => styleText(style, text, { stream }),
  });
}

/** Readings without their rows' prose: what a program needs. */
export function claimsJson({
  readings: read,
  runs,
  leftOut,
  command,
  profile,
}: ClaimsContext): string {
  const value = {
    schema: 1,
    claims: read.map(({ claim, verdict, condition, tests, meanings }) => ({
      id: claim.id,
      title: claim.title,
      verdict,
      condition,
      tests,
      meanings: meanings.map(({ meaning, bearing, evidence }) => ({
        says: meaning.says,
        bearing,
        unmeasured: meaning.unmeasured,
        evidence,
      })),
    })),
    runs: runs.map(({ folder, analysis }) => ({
      folder,
      scenario: analysis.plan.scenario,
      startedAt: analysis.startedAt,
      planSha256: analysis.planSha256,
      unread: whyUnread(analysis),
    })),
    leftOut,
    profile,
    command,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
