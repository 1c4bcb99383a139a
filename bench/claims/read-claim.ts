// Reads a claim from runs: the evidence for each meaning, and the verdict that follows from it.

import type {
  Answers,
  ClaimReading,
  EvidenceRun,
  Evidence,
  MeaningBearing,
  MeaningReading,
} from './claim-reading.ts';
import type { Claim } from './claim.ts';
import { claimCondition } from './claim-condition.ts';
import { readCode } from './code/read-code.ts';
import type { Finding } from './finding.ts';
import { judgeFinding } from './judge-finding.ts';
import { readSource } from './read-source.ts';

export function readClaim(
  claim: Claim,
  runs: readonly EvidenceRun[],
  { scenarios, code }: Answers,
): ClaimReading {
  const found = claim.meanings.map(({ sources }) =>
    sources.flatMap((source) =>
      source.kind === 'code' ? [] : runs.flatMap((run) => readSource(source, run, scenarios)),
    ),
  );
  const tests = countTests(found.flat());
  const meanings = claim.meanings.flatMap((meaning, index): readonly MeaningReading[] => {
    const evidence = [
      ...(found[index] ?? []).map((finding) => judgeFinding(finding, tests)),
      ...readCode(meaning.sources, code),
    ];
    if (meaning.isOptional === true && evidence.length === 0) return [];
    return [{ meaning, bearing: bearingOf(evidence), evidence }];
  });
  const verdict = verdictOf(meanings);
  return {
    claim,
    verdict,
    condition: claimCondition(claim, meanings, { verdict, isBrief: false }),
    briefCondition: claimCondition(claim, meanings, { verdict, isBrief: true }),
    meanings,
    tests,
  };
}

/**
 * A run corrects its own verdicts for their number, so it counts once; a sign test over blocks
 * counts by itself. What is counted of one arm is no test between two.
 */
function countTests(findings: readonly Finding[]): number {
  const runs = new Set(findings.filter(isTested).map(({ place }) => place.folder));
  const signTests = findings.filter(({ test }) => test.kind === 'blocks').length;
  return Math.max(1, runs.size + signTests);
}

const untested: ReadonlySet<string> = new Set(['exact', 'withheld', 'not-measured', 'invalid']);

function isTested({ test }: Finding): boolean {
  return test.kind === 'verdict' && !untested.has(test.comparison.verdict.kind);
}

/** What decides nothing leaves the rest as it is. */
function bearingOf(evidence: readonly Evidence[]): MeaningBearing {
  const decided = new Set(
    evidence.flatMap(({ bearing }) => (bearing === 'open' || bearing === 'void' ? [] : [bearing])),
  );
  const [first] = decided;
  if (first === undefined) return 'open';
  return decided.size === 1 ? first : 'mixed';
}

/** Supported or refuted only where all meanings are. */
function verdictOf(meanings: readonly MeaningReading[]): ClaimReading['verdict'] {
  const is = (bearing: MeaningBearing): boolean =>
    meanings.every((meaning) => meaning.bearing === bearing);
  if (is('supports')) return 'supported';
  if (is('refutes')) return 'refuted';
  return is('open') ? 'open' : 'depends';
}
