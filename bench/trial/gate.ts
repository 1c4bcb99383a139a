// What all gates are made of.

import type { ClockBound } from '../contract/clock-proof.ts';
import type { Gate } from '../contract/run-file.ts';

type GateText = Pick<Gate, 'id' | 'kind' | 'title' | 'limit' | 'unit'>;

/** Passes when the value is at most the limit; a value that cannot be read passes, with a note. */
export function atMost(text: GateText, value: number | undefined, note?: string): Gate {
  if (value === undefined) return { ...text, ok: true, note: note ?? 'not readable on this machine' };
  return { ...text, value, ok: value <= text.limit, ...(note !== undefined && { note }) };
}

export function noteUnless(value: number | undefined, note: string): string | undefined {
  return value === undefined ? note : undefined;
}

/** The tighter of the two proofs holds for the whole trial: on one host the clocks do not drift apart. */
export function boundNs(clock: { readonly before: ClockBound; readonly after: ClockBound }): number {
  const lowNs = Math.max(clock.before.lowNs, clock.after.lowNs);
  const highNs = Math.min(clock.before.highNs, clock.after.highNs);
  return Math.max(Math.abs(lowNs), Math.abs(highNs));
}
