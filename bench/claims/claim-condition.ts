// On what a verdict on a claim depends, in words made from its evidence alone.

import type { ClaimVerdict, Evidence, MeaningBearing, MeaningReading } from './claim-reading.ts';
import { claimRuns, runCommand } from './claim-runs.ts';
import type { Claim } from './claim.ts';

/** Conditions that one clause lists; the details of the claim have all of them. */
const MOST_LISTED = 3;

/** Clauses without a full stop. */
export function claimCondition(
  claim: Claim,
  meanings: readonly MeaningReading[],
  verdict: ClaimVerdict,
): string {
  if (verdict === 'open') return openWords(claim, meanings);
  if (verdict !== 'depends') {
    const evidence = meanings.flatMap((meaning) => meaning.evidence);
    return `in all that was settled: ${conditions(evidence.filter(isDecisive))}`;
  }
  return (Object.keys(clauses) as MeaningBearing[])
    .flatMap((bearing) => {
      const those = meanings.filter((meaning) => meaning.bearing === bearing);
      return those.length === 0 ? [] : [clauses[bearing](those)];
    })
    .join('; ');
}

const isDecisive = ({ bearing }: Evidence): boolean => bearing !== 'open' && bearing !== 'void';

const says = (those: readonly MeaningReading[]): string =>
  those.map(({ meaning }) => meaning.says).join('; ');

/** In this order. */
const clauses: Record<MeaningBearing, (those: readonly MeaningReading[]) => string> = {
  supports: (those) => `**holds**: ${says(those)}`,
  refutes: (those) => `**does not hold**: ${says(those)}`,
  mixed: (those) => those.map(mixedWords).join('; '),
  equal: (those) => `**no difference that matters**: ${says(those)}`,
  open: (those) => `**open**: ${says(those)}`,
};

function mixedWords({ meaning, evidence }: MeaningReading): string {
  const where = (bearing: Evidence['bearing'], words: string): readonly string[] => {
    const those = evidence.filter((one) => one.bearing === bearing);
    return those.length === 0 ? [] : [`${words} ${conditions(those)}`];
  };
  const parts = [
    ...where('supports', 'holds for'),
    ...where('refutes', 'does not hold for'),
    ...where('equal', 'makes no difference that matters for'),
  ];
  return `**by condition**: ${meaning.says}: ${parts.join(', ')}`;
}

/** Each once: `Reset, 100 connections; Drain, 100 connections; and 3 more`. */
function conditions(evidence: readonly Evidence[]): string {
  const all = [...new Set(evidence.map(({ condition }) => condition))];
  const listed = all.slice(0, MOST_LISTED).join('; ');
  return all.length <= MOST_LISTED ? listed : `${listed}; and ${all.length - MOST_LISTED} more`;
}

/** What is missing: a run, or a scenario that could measure it. */
function openWords({ runs }: Claim, meanings: readonly MeaningReading[]): string {
  const isMeasured = meanings.some(({ evidence }) => evidence.length > 0);
  if (isMeasured) return 'measured, and not settled';
  const [unmeasured] = meanings.flatMap(({ meaning }) => meaning.unmeasured ?? []);
  const commands = runs.map((id) => runCommand(claimRuns[id]));
  return commands.length === 0
    ? (unmeasured ?? 'nothing measures it yet')
    : `needs ${commands.map((command) => `\`${command}\``).join(', ')}`;
}
