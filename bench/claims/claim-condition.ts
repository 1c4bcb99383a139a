// On what a verdict on a claim depends, in words made from its evidence alone.

import type { ClaimVerdict, Evidence, MeaningBearing, MeaningReading } from './claim-reading.ts';
import { claimRuns, runCommand } from './claim-runs.ts';
import type { Claim } from './claim.ts';

/** Conditions that one clause lists; the details of the claim have all of them. */
const MOST_LISTED = 3;

interface ConditionOptions {
  readonly verdict: ClaimVerdict;
  /** Without the conditions of what holds or does not: they are in the page. */
  readonly isBrief: boolean;
}

/** Clauses without a full stop. */
export function claimCondition(
  claim: Claim,
  meanings: readonly MeaningReading[],
  { verdict, isBrief }: ConditionOptions,
): string {
  if (verdict === 'open') return openWords(claim, meanings);
  if (verdict !== 'depends') {
    const evidence = meanings.flatMap((meaning) => meaning.evidence);
    return `in all that was settled: ${listed(conditionsOf(evidence.filter(isDecisive)))}`;
  }
  return orderedClauses
    .flatMap(([bearing, words]) => {
      const those = meanings.filter((meaning) => meaning.bearing === bearing);
      if (those.length === 0) return [];
      if (bearing === 'mixed') return those.map(mixedWords);
      const names = isBrief || bearing === 'open' ? plainNames(those) : namesWithConditions(those);
      return [`${words} ${names}`];
    })
    .join('; ');
}

const orderedClauses: readonly (readonly [MeaningBearing, string])[] = [
  ['supports', '**holds** for'],
  ['refutes', '**does not hold** for'],
  ['mixed', ''],
  ['equal', '**no difference that matters** in'],
  ['open', '**open** for'],
];

const isDecisive = ({ bearing }: Evidence): boolean => bearing !== 'open' && bearing !== 'void';

function plainNames(those: readonly MeaningReading[]): string {
  return those.map(({ meaning }) => meaning.name).join(', ');
}

/** `memory of an idle connection, memory of a streaming connection (ladder up to 2000 connections)` */
function namesWithConditions(those: readonly MeaningReading[]): string {
  const byConditions = Map.groupBy(those, ({ evidence }) =>
    listed(conditionsOf(evidence.filter(isDecisive))),
  );
  return Array.from(
    byConditions,
    ([conditions, members]) => `${plainNames(members)} (${conditions})`,
  ).join(', ');
}

const sides = [
  ['supports', '**holds**'],
  ['refutes', '**does not hold**'],
  ['equal', '**no difference that matters**'],
] as const;

/** The rarer side in full; of the most frequent one only how many there are, where they are many. */
function mixedWords({ meaning, evidence }: MeaningReading): string {
  const those = sides
    .map(([bearing, words]) => ({
      words,
      all: conditionsOf(evidence.filter((one) => one.bearing === bearing)),
    }))
    .filter(({ all }) => all.length > 0)
    .toSorted((a, b) => a.all.length - b.all.length);
  const parts = those.map(({ words, all }, index) =>
    index === those.length - 1 && all.length > MOST_LISTED
      ? `${words} for ${all.length} other conditions`
      : `${words} for ${listed(all)}`,
  );
  return `${meaning.name}: ${parts.join(', ')}`;
}

export function conditionsOf(evidence: readonly Evidence[]): readonly string[] {
  return [...new Set(evidence.map(({ condition }) => condition))];
}

/** `Reset, 100 connections; Drain, 100 connections; and 3 more` */
export function listed(all: readonly string[]): string {
  const some = all.slice(0, MOST_LISTED).join('; ');
  return all.length <= MOST_LISTED ? some : `${some}; and ${all.length - MOST_LISTED} more`;
}

/** What is missing: a run, or a scenario that could measure it; or why what was measured is open. */
function openWords({ runs }: Claim, meanings: readonly MeaningReading[]): string {
  const reasons = new Set(
    meanings.flatMap(({ evidence }) => evidence.flatMap(({ reason }) => reason ?? [])),
  );
  const unmeasured = new Set(meanings.flatMap(({ meaning }) => meaning.unmeasured ?? []));
  const commands = runs
    .filter((id) => claimRuns[id].needsTarget !== true)
    .map((id) => `\`${runCommand(claimRuns[id])}\``);
  const isMeasured = meanings.some(({ evidence }) => evidence.length > 0);
  const needsCode = meanings.some(({ meaning: { sources }, evidence }) =>
    sources.some(({ kind }) => kind === 'code' && evidence.length === 0),
  );
  if (needsCode) commands.push('`npm run bench:code`');
  return [
    ...(isMeasured ? [`measured and not settled: ${listed([...reasons])}`] : []),
    ...(isMeasured || commands.length === 0 ? [] : [`needs ${commands.join(', ')}`]),
    ...unmeasured,
  ].join('; ');
}
