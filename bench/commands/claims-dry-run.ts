// `streamduel claims --dry-run`: which runs, for which claims, and how long.

import type { Claim } from '../claims/claim.ts';
import { commonPath } from '../contract/arms/arms.ts';
import { DEFAULT_PATH } from '../contract/arms/paths.ts';
import type { Plan } from '../contract/run-file.ts';
import { alignRows } from '../flags/text-columns.ts';
import { countTrials } from '../plan/trials.ts';
import { estimateRunS, type ClaimsPlan } from './claims-plan.ts';
import { formatSeconds } from './estimate-time.ts';

export function describeClaimsPlan(
  claims: readonly Claim[],
  { runs, leftOut }: ClaimsPlan,
): string {
  const total = runs.reduce((sum, { prepared }) => sum + estimateRunS(prepared), 0);
  const pilots = runs.filter(({ prepared }) => prepared.needsPilot).length;
  const pilotWords =
    pilots === 0
      ? ''
      : `, and ${pilots === 1 ? 'a pilot' : `${pilots} pilots`} of a few short trials`;
  const counted = claims.filter(({ runs: needed }) => needed.length === 0);
  return [
    alignRows(
      runs.map(({ id, prepared }) => {
        const served = claims.filter((claim) => claim.runs.includes(id)).map((claim) => claim.id);
        const trials = countTrials(prepared.plan);
        return [
          id,
          `${trials} trials of ${prepared.plan.scenario}${pathWords(prepared.plan)}, about ${formatSeconds(estimateRunS(prepared))}; for ${served.join(', ')}`,
        ];
      }),
    ),
    ...leftOut.map(({ run, why }) => `left out: ${run}: ${why}\n`),
    counted.length === 0
      ? ''
      : `${counted.map(({ id }) => id).join(', ')}: counted code, without a run\n`,
    `about ${formatSeconds(total)} in all${pilotWords}\n`,
  ].join('');
}

/** Empty for loopback, and where each arm names its own path. */
function pathWords({ arms }: Pick<Plan, 'arms'>): string {
  const path = commonPath(arms);
  return path === DEFAULT_PATH ? '' : ` via ${path}`;
}
