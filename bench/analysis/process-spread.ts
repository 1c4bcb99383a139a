// Measures whether one of several load processes was slower than the others: its samples then
// describe it, not the server.

import { processOfSlot } from '../contract/slices.ts';
import type { StampColumns } from '../contract/stamps.ts';
import { findWindowMembers, type WindowPlan } from './window-members.ts';

export interface SpreadInput extends WindowPlan {
  /**
   * True when the plan's offsets count from the stream's planned start, and not from when the
   * server's handler began.
   */
  readonly isOnTimetable?: boolean;
  readonly server: StampColumns;
  readonly client: StampColumns;
  readonly processes: number;
}

/** Leaves ten samples above the p99, so that it does not depend on one of them. */
const LEAST_TOKENS = 1000;

/**
 * Delivery p99 of the slowest load process over that of the median one, tokens of the window. With
 * an even number the median is the lower of the two in the middle: with two processes it is the
 * faster one. Undefined when a process had too few tokens.
 */
export function spreadOfProcesses(input: SpreadInput): number | undefined {
  const p99 = deliveriesByProcess(input).map((deliveries) =>
    deliveries.length < LEAST_TOKENS
      ? undefined
      : deliveries.sort()[Math.ceil(0.99 * deliveries.length) - 1],
  );
  const known = p99.filter((value) => value !== undefined).sort((a, b) => a - b);
  const median = known[Math.ceil(known.length / 2) - 1];
  const slowest = known.at(-1);
  return known.length < p99.length || median === undefined || slowest === undefined
    ? undefined
    : slowest / median;
}

/** Times from when a token was due to its receipt; tokens without both stamps are left out. */
function deliveriesByProcess(input: SpreadInput): Float64Array[] {
  const { population, offsetsNs, isOnTimetable, server, client, processes } = input;
  const originNs = isOnTimetable === true ? population.startNs : server['handlerNs'];
  const byProcess = Array.from({ length: processes }, (): number[] => []);
  const { tokens } = findWindowMembers(input);
  for (let member = 0; member < tokens.position.length; member++) {
    const position = tokens.position[member] as number;
    const stream = tokens.stream[member] as number;
    const offsetNs = offsetsNs[stream]?.[position - (population.base[stream] as number)] as number;
    const deliveryNs =
      (client['receivedNs']?.[position] ?? Number.NaN) -
      ((originNs?.[stream] ?? Number.NaN) + offsetNs);
    if (!Number.isNaN(deliveryNs))
      byProcess[processOfSlot(population.slots[stream] as number, processes)]?.push(deliveryNs);
  }
  return byProcess.map((deliveries) => Float64Array.from(deliveries));
}
