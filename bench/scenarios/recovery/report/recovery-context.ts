// Provides what every section about faults needs: which trials belong together, the title of a row,
// and its comparison.

import type { LoadPointAnalysis } from '../../../analysis/analysis.ts';
import type { FaultAnalysis, FaultedArm } from '../findings.ts';
import { faults, type Fault } from '../../../contract/faults.ts';
import { loadPointKey, loadPointTitle, type LoadPoint } from '../../../contract/load-point.ts';
import { capitalised, formatCount } from '../../../report/format.ts';
import {
  armTitleOf,
  contenders,
  type ArmComparison,
  type ReportContext,
} from '../../../report/report-context.ts';
import type { RecoveryFindings } from '../findings.ts';
import { heading, type Content } from '../../../report/blocks.ts';
import type { RunReport } from '../../../report/scenario-parts.ts';

/** The one metric of these scenarios that gets a verdict (P8). */
export const TIME_TO_RESUMED = 'resumed.p95';

export type RecoveryContext = RunReport<RecoveryFindings>;

/**
 * Trials that one table may hold: never two policies, and in a matrix of faults never two loads.
 */
export interface FaultGroup {
  readonly title: string;
  /** The load point without the fields that differ within the group. */
  readonly loadPoint: LoadPoint;
  readonly faults: readonly FaultAnalysis[];
}

export function isHerd({ analysis }: ReportContext): boolean {
  return analysis.plan.scenario === 'herd';
}

/**
 * Groups in the order of the plan. A herd is one fault at several loads, so its groups are the
 * policies.
 */
export function faultGroups(context: RecoveryContext): readonly FaultGroup[] {
  const keyOf = ({ loadPoint }: FaultAnalysis): string =>
    isHerd(context) ? (loadPoint.policy ?? '') : loadPointKey(withoutFault(loadPoint));
  return [...Map.groupBy(context.analysis.recovery.faults, keyOf).values()].map((members) => {
    const loadPoint = withoutFault((members[0] as FaultAnalysis).loadPoint);
    return {
      title: isHerd(context) ? policyTitle(loadPoint) : loadPointTitle(loadPoint),
      loadPoint,
      faults: members,
    };
  });
}

function withoutFault({ connections, policy }: LoadPoint): LoadPoint {
  return policy === undefined ? { connections } : { connections, policy };
}

function policyTitle({ policy = 'identical' }: LoadPoint): string {
  return `policy ${policy}`;
}

/** `F2 Reset`; for a herd `500 connections`. */
export function rowTitle(
  context: RecoveryContext,
  { loadPoint }: Pick<FaultAnalysis, 'loadPoint'>,
): string {
  if (isHerd(context)) return loadPointTitle({ connections: loadPoint.connections });
  const fault = faultOfPoint(loadPoint);
  return fault === undefined ? loadPointTitle(loadPoint) : `${fault.id} ${fault.title}`;
}

export function rowHeading(context: RecoveryContext): string {
  return isHerd(context) ? 'load' : 'fault';
}

function faultOfPoint({ fault }: LoadPoint): Fault | undefined {
  return fault === undefined ? undefined : faults[fault];
}

/** undefined when no trial of the fault was measured. */
export function pointOf(
  { analysis }: ReportContext,
  { loadPoint }: Pick<FaultAnalysis, 'loadPoint'>,
): LoadPointAnalysis | undefined {
  const key = loadPointKey(loadPoint);
  return analysis.loadPoints.find((point) => loadPointKey(point.loadPoint) === key);
}

/** Arms that are compared with the baseline anywhere in the group. */
export function groupContenders(
  context: RecoveryContext,
  { faults: members }: FaultGroup,
): readonly string[] {
  const points = members.flatMap((fault) => pointOf(context, fault) ?? []);
  return [...new Set(points.flatMap((point) => contenders(point)))];
}

export function resumedComparison(
  context: RecoveryContext,
  fault: FaultAnalysis,
  otherArm: string,
): ArmComparison | undefined {
  return pointOf(context, fault)?.comparisons.find(
    (one) => one.metric === TIME_TO_RESUMED && one.otherArm === otherArm,
  );
}

export function faultedArm({ arms }: FaultAnalysis, name: string): FaultedArm | undefined {
  return arms.find(({ arm }) => arm === name);
}

/** `12 / 0`: baseline, then the other arm. */
export function lostOfBoth(
  context: RecoveryContext,
  fault: FaultAnalysis,
  otherArm: string,
): string {
  return [context.analysis.baseline, otherArm]
    .map((name) => formatCount(faultedArm(fault, name)?.tokens.lost))
    .join(' / ');
}

/** One row for each fault and arm; the fault is named once. */
export function armRows(
  context: RecoveryContext,
  { faults: members }: FaultGroup,
  cells: (arm: FaultedArm, fault: FaultAnalysis) => readonly string[],
): readonly (readonly string[])[] {
  return members.flatMap((fault) =>
    fault.arms.map((arm, index) => [
      index === 0 ? rowTitle(context, fault) : '',
      armTitleOf(context.analysis, arm.arm),
      ...cells(arm, fault),
    ]),
  );
}

/** A heading for each group if there are several, else empty. */
export function groupHeading(groups: readonly FaultGroup[], { title }: FaultGroup): Content {
  return groups.length > 1 ? heading(3, capitalised(title)) : [];
}

/** `ECONNRESET 120, silent 3`, the most frequent first; a dash for none. */
export function causeWords(causes: Readonly<Record<string, number>>): string {
  const words = Object.entries(causes)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([cause, count]) => `${cause} ${formatCount(count)}`);
  return words.length === 0 ? '–' : words.join(', ');
}
