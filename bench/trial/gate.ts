// Building blocks of all gates.

import type { ClockBound } from '../contract/clock-proof.ts';
import type { Gate } from '../contract/run-file.ts';
import { NS_PER_US } from '../contract/units.ts';

type GateText = Pick<Gate, 'id' | 'kind' | 'title' | 'limit' | 'unit' | 'remedy' | 'boundsClocks'>;

/** Passes when the value is at most the limit; a value that cannot be read passes, with a note. */
export function atMost(text: GateText, value: number | undefined, note?: string): Gate {
  if (value === undefined) return { ...text, ok: true, note: note ?? 'not readable on this machine' };
  return { ...text, value, ok: value <= text.limit, ...(note !== undefined && { note }) };
}

export function noteUnless(value: number | undefined, note: string): string | undefined {
  return value === undefined ? note : undefined;
}

/**
 * Two trials of a pair, each off by this much in opposite directions, differ by the smallest margin of a metric that uses two
 * clocks: the 100 µs of delivery p50.
 */
const CLOCK_LIMIT_NS = 50 * NS_PER_US;

/** N4: depends on the shortest round trips between two processes, a property of the machine; repeating a trial does not shorten them. */
export function clockGate(clock: Parameters<typeof boundNs>[0]): Gate {
  const text = { id: 'N4', kind: 'environment', title: 'clock offset bound', limit: CLOCK_LIMIT_NS, unit: 'ns' } as const;
  return atMost({ ...text, remedy: 'nothing', boundsClocks: true }, boundNs(clock));
}

/** N3: the quota also applies to the next trial, and the CPU time used of it depends on the arm. */
export function throttlingGate(throttledNs: number | undefined): Gate {
  const text = { id: 'N3', kind: 'environment', title: 'CPU throttling by the cgroup', limit: 0, unit: 'ns' } as const;
  return atMost({ ...text, remedy: 'nothing' }, throttledNs);
}

/** N6: a tracer runs until its user ends it. */
export function tracerGate(tracers: readonly string[]): Gate {
  const text = { id: 'N6', kind: 'environment', title: 'tracers running', limit: 0, unit: 'count' } as const;
  return atMost({ ...text, remedy: 'nothing' }, tracers.length, tracers.join(', ') || undefined);
}

/** The tighter of the two proofs holds for the whole trial: on one host the clocks do not drift apart. */
export function boundNs(clock: { readonly before: ClockBound; readonly after: ClockBound }): number {
  const lowNs = Math.max(clock.before.lowNs, clock.after.lowNs);
  const highNs = Math.min(clock.before.highNs, clock.after.highNs);
  return Math.max(Math.abs(lowNs), Math.abs(highNs));
}
