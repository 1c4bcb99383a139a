// Counts the stamps that a window lacks. A lost stamp leaves its sample out silently, and the
// slowest are the likeliest to be lost, so a trial with any is not trusted.

import type { Population } from '../contract/population.ts';
import type { WindowMembers } from './window-members.ts';

/** Stamps in ns since T0, NaN when never taken. */
export interface JoinColumns {
  /** One entry per stream. */
  readonly handlerNs: Float64Array;
  readonly startNs: Float64Array;
  readonly connectNs: Float64Array;
  readonly acceptNs: Float64Array;
  readonly endNs: Float64Array;
  /** One entry per token. */
  readonly writtenNs: Float64Array;
  /** Present since 0.2. */
  readonly readyNs?: Float64Array | undefined;
  readonly receivedNs: Float64Array;
  /** Present for a page only. */
  readonly appendedNs?: Float64Array | undefined;
}

/**
 * The number of stamps that are NaN although a sample of the window needs them, each counted once.
 */
export function countMissingStamps(
  {
    population,
    isConnectHidden,
  }: { readonly population: Population; readonly isConnectHidden?: boolean },
  columns: JoinColumns,
  { starting, ending, tokens }: WindowMembers,
): number {
  const handled = new Uint8Array(population.streams);
  const started = new Uint8Array(population.streams);
  const received = new Uint8Array(population.totalTokens);
  let missing = 0;
  for (let member = 0; member < tokens.position.length; member++) {
    const position = tokens.position[member] as number;
    const stream = tokens.stream[member] as number;
    handled[stream] = 1;
    received[position] = 1;
    // The token before it begins the gap that this one ends, whether or not it lies in the window
    // itself.
    if (position > (population.base[stream] as number)) received[position - 1] = 1;
    if (Number.isNaN(columns.writtenNs[position])) missing++;
    if (columns.readyNs !== undefined && Number.isNaN(columns.readyNs[position])) missing++;
    if (columns.appendedNs !== undefined && Number.isNaN(columns.appendedNs[position])) missing++;
  }
  for (const stream of [...starting, ...ending]) {
    started[stream] = 1;
    received[population.base[stream] as number] = 1;
  }
  for (const stream of starting) {
    if (isConnectHidden !== true && Number.isNaN(columns.connectNs[stream])) missing++;
    if (Number.isNaN(columns.acceptNs[stream])) missing++;
  }
  for (const stream of ending) if (Number.isNaN(columns.endNs[stream])) missing++;
  return (
    missing +
    countNaN(handled, columns.handlerNs) +
    countNaN(started, columns.startNs) +
    countNaN(received, columns.receivedNs)
  );
}

function countNaN(isNeeded: Uint8Array, stamps: Float64Array): number {
  let missing = 0;
  for (let index = 0; index < isNeeded.length; index++)
    if (isNeeded[index] === 1 && Number.isNaN(stamps[index])) missing++;
  return missing;
}
