// Reads the answers to the claim from one or several analyses. They follow from the verdicts alone:
// no number is judged again.

import { armName, type Arm } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { Analysis, Comparison, LoadPointAnalysis, Verdict, VerdictKind } from '../analysis.ts';
import type { Estimate } from '../statistics/estimate.ts';
import type { Claim, ClaimAnswer, ClaimPart, ClaimReading, ClaimRow } from './claim.ts';
import { claimDetails, claimSentence } from './claim-sentence.ts';

export function readClaim({ text, parts }: Claim, analyses: readonly Analysis[]): ClaimReading {
  const rows = parts.flatMap((part) => rowsOf(part, analyses));
  const scenarios = new Set<string>(
    parts.flatMap(({ sources }) => sources.map(({ scenario }) => scenario)),
  );
  const asked = analyses.filter(({ plan }) => scenarios.has(plan.scenario));
  const arms = asked.flatMap(({ plan }) =>
    plan.arms.filter((arm) => isSse(arm) || isWebSocket(arm)),
  );
  return {
    claim: text,
    isAsked: asked.length > 0,
    rows,
    sentence: claimSentence(rows, arms),
    details: claimDetails(rows),
  };
}

function rowsOf(part: ClaimPart, analyses: readonly Analysis[]): readonly ClaimRow[] {
  const rows = part.sources.flatMap(({ scenario, metric }) =>
    analyses
      .filter(({ plan }) => plan.scenario === scenario)
      .flatMap((analysis) => readAnalysis(analysis, part.title, metric)),
  );
  const measured = rows.filter(({ answer }) => answer !== 'not-measured');
  if (measured.length > 0) return measured;
  const names = [...new Set(part.sources.map(({ scenario }) => scenario))];
  const [
    first = {
      part: part.title,
      answer: 'not-measured' as const,
      reason: `scenario ${names.join(' or ')} measures it`,
      place: undefined,
    },
  ] = rows;
  return [first];
}

function readAnalysis(analysis: Analysis, part: string, metric: string): readonly ClaimRow[] {
  const because = (reason: string): ClaimRow => ({
    part,
    answer: 'not-measured',
    reason,
    place: undefined,
  });
  const { plan, pilot } = analysis;
  if (pilot !== undefined) return [because('a pilot compares nothing')];
  if (plan.arms.some(({ injection }) => injection !== undefined))
    return [because('the run tests the harness')];
  const rows = analysis.loadPoints.flatMap((point) =>
    readLoadPoint(analysis, point, { part, metric }),
  );
  return rows.length > 0
    ? rows
    : [because('no SSE and WebSocket with the same client were compared in it')];
}

function readLoadPoint(
  { plan, baseline: baselineName }: Analysis,
  { loadPoint, comparisons }: LoadPointAnalysis,
  { part, metric }: { readonly part: string; readonly metric: string },
): readonly ClaimRow[] {
  const armOf = (name: string): Arm | undefined => plan.arms.find((arm) => armName(arm) === name);
  const baseline = armOf(baselineName);
  return comparisons.flatMap((comparison): readonly ClaimRow[] => {
    const other = armOf(comparison.otherArm);
    if (
      comparison.metric !== metric ||
      baseline === undefined ||
      other === undefined ||
      !areTwins(baseline, other)
    )
      return [];
    const isSseFirst = isSse(baseline);
    const [sseArm, webSocketArm] = isSseFirst ? [baseline, other] : [other, baseline];
    const names = { sseArm: armName(sseArm), webSocketArm: armName(webSocketArm) };
    return [
      {
        part,
        answer: answerOf(comparison, names.sseArm),
        reason: reasonOf(comparison, names.sseArm),
        place: {
          scenario: plan.scenario,
          metric,
          loadPoint,
          ...names,
          sse: isSseFirst ? comparison.baseline : comparison.other,
          webSocket: isSseFirst ? comparison.other : comparison.baseline,
          ratio: isSseFirst ? comparison.ratio : inverse(comparison.ratio),
        },
      },
    ];
  });
}

function isSse({ transport }: Arm): boolean {
  return transports[transport].protocol === 'event-stream';
}

function isWebSocket({ transport }: Arm): boolean {
  return transports[transport].protocol === 'websocket';
}

/**
 * True for SSE and WebSocket that are alike in all else: between two client libraries the
 * difference would be theirs.
 */
function areTwins(a: Arm, b: Arm): boolean {
  const isPair = (isSse(a) && isWebSocket(b)) || (isSse(b) && isWebSocket(a));
  const isPlain = [a, b].every(({ label, writes }) => label === undefined && writes === undefined);
  return isPair && isPlain && areAlike(a, b);
}

function areAlike(a: Arm, b: Arm): boolean {
  const [one, other] = [transports[a.transport].capabilities, transports[b.transport].capabilities];
  const isCarriedAlike = (['streamsPerConnection', 'compressed', 'binary'] as const).every(
    (key) => one[key] === other[key],
  );
  return (
    isCarriedAlike &&
    a.streamsPerConnection === b.streamsPerConnection &&
    a.tls === b.tls &&
    a.client === b.client &&
    a.path === b.path
  );
}

function answerOf(comparison: Comparison, sseArm: string): ClaimAnswer {
  const { verdict } = comparison;
  if (verdict.kind === 'better') return sideOf(verdict, sseArm);
  if (verdict.kind !== 'exact') return answers[verdict.kind];
  if (verdict.favours !== undefined) return sideOf(verdict, sseArm);
  return isNegligible(comparison) ? 'equivalent' : 'not-settled';
}

const answers: Record<Exclude<VerdictKind, 'better' | 'exact'>, ClaimAnswer> = {
  invalid: 'void',
  'harness-limited': 'void',
  'not-measured': 'not-measured',
  equivalent: 'equivalent',
  'size-uncertain': 'not-settled',
  inconclusive: 'not-settled',
  'not-resolvable': 'not-settled',
  withheld: 'not-settled',
};

/**
 * False for a ratio beyond the margin, which favours no arm when not all blocks have the
 * difference.
 */
function isNegligible({ ratio, margin }: Comparison): boolean {
  return ratio !== undefined && Math.abs(Math.log(ratio.value)) <= Math.log1p(margin.ratio ?? 0);
}

function sideOf({ favours }: Verdict, sseArm: string): ClaimAnswer {
  if (favours === undefined) return 'not-settled';
  return favours === sseArm ? 'supports' : 'refutes';
}

function reasonOf({ verdict }: Comparison, sseArm: string): string | undefined {
  return reasons[verdict.kind]?.(verdict, sseArm);
}

const reasons: {
  readonly [Kind in VerdictKind]?: (verdict: Verdict, sseArm: string) => string | undefined;
} = {
  'size-uncertain': ({ favours }, sseArm) =>
    `${favours === sseArm ? 'SSE' : 'WebSocket'} better, size uncertain`,
  inconclusive: () => 'inconclusive',
  'not-resolvable': () => 'too noisy for the margin',
  withheld: ({ reason }) => (reason === undefined ? 'no verdict' : `no verdict, ${reason}`),
  invalid: ({ reason }) => (reason === undefined ? 'INVALID' : `INVALID, ${reason}`),
  'harness-limited': ({ reason }) =>
    reason === undefined ? 'HARNESS-LIMITED' : `HARNESS-LIMITED, ${reason}`,
  'not-measured': ({ reason }) => reason,
};

function inverse(ratio: Estimate | undefined): Estimate | undefined {
  if (ratio === undefined) return undefined;
  const { value, low, high, trials } = ratio;
  return {
    value: 1 / value,
    low: high === undefined ? undefined : 1 / high,
    high: low === undefined ? undefined : 1 / low,
    trials,
  };
}
