// Tests whether an answer depends on the length of the window: judges the stamps of a search again
// over windows that begin where the measured one began. Loss, attainment and backlog follow from
// stamps alone; the load generator's gates do not and are left out.

import type { JoinInput } from '../../analysis/join.ts';
import { measureSteadiness } from '../../analysis/steadiness.ts';
import { backlogOf, isBacklogGrowing } from './judge-step.ts';
import { attainmentOf, countReceived, receiptOfWindow } from './window-receipt.ts';

/** One step with its stamps. */
export interface StampedStep {
  readonly streams: number;
  readonly input: JoinInput;
}

export interface AttainmentRule {
  readonly withinNs: number;
  readonly leastShare: number;
}

/**
 * The highest load that was carried below the lowest that was not; undefined without one. A load is
 * judged by the majority of its steps.
 */
export function rejudge(
  steps: readonly StampedStep[],
  windowNs: number,
  rule: AttainmentRule,
): number | undefined {
  const byLoad = [...Map.groupBy(steps, ({ streams }) => streams)].toSorted(([a], [b]) => a - b);
  let answer: number | undefined;
  for (const [streams, own] of byLoad) {
    const carried = own.filter(({ input }) =>
      isCarried({ ...input, windowEndNs: input.windowStartNs + windowNs }, rule),
    ).length;
    if (2 * carried <= own.length) break;
    answer = streams;
  }
  return answer;
}

function isCarried(input: JoinInput, { withinNs, leastShare }: AttainmentRule): boolean {
  const receipt = receiptOfWindow(input);
  const isWhole = countReceived(receipt) === receipt.deliveryNs.length;
  const backlogNs = backlogOf(measureSteadiness(input, receipt.plannedNs, receipt.deliveryNs));
  return (
    isWhole && (attainmentOf(receipt, withinNs) ?? 0) >= leastShare && !isBacklogGrowing(backlogNs)
  );
}
