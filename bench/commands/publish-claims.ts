// Writes the page of claims, claims.md and claims.html, and what the command prints.

import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import type { ClaimReading } from '../claims/claim-reading.ts';
import { claims as allClaims } from '../claims/claims.ts';
import type { Profile } from '../claims/profile.ts';
import { readProfile } from '../claims/read-profile.ts';
import type { Claim } from '../claims/claim.ts';
import { whyUnread } from '../claims/trusted.ts';
import type { ClaimsContext, LeftOutRun } from '../report/claims/claims-context.ts';
import { renderClaimsPage, renderClaimsReport } from '../report/claims/claims-page.ts';
import { renderClaimsTerminal } from '../report/claims/claims-terminal.ts';
import { readCodeMeasure } from '../claims/code/read-code-measure.ts';
import { writeRunFile } from '../trial/run-folder.ts';
import { evidenceRunOf, readClaims, type AnalysedRun } from './read-claims.ts';

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
  const evidenceRuns = runs.map(evidenceRunOf);
  const code = readCodeMeasure();
  const context: ClaimsContext = {
    readings: readClaims(claims, evidenceRuns, code),
    // A profile may ask for claims that the page does not show.
    profile: profile && readProfile(profile, readClaims(allClaims, evidenceRuns, code)),
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
export function claimValues(readings: readonly ClaimReading[]): readonly object[] {
  return readings.map(({ claim, verdict, condition, tests, meanings }) => ({
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
  }));
}

export function claimsJson({
  readings: read,
  runs,
  leftOut,
  command,
  profile,
}: ClaimsContext): string {
  const value = {
    schema: 1,
    claims: claimValues(read),
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
