// Building blocks of all gates. Each gate has its value and limit, so that every report can show
// why a trial is valid.

import type { Gate } from '../contract/run-file.ts';

type GateText = Pick<Gate, 'id' | 'kind' | 'title' | 'limit' | 'unit' | 'remedy' | 'boundsClocks'>;

/** Passes when the value is at most the limit; a value that cannot be read passes, with a note. */
export function atMost(text: GateText, value: number | undefined, note?: string): Gate {
  if (value === undefined)
    return { ...text, ok: true, note: note ?? 'not readable on this machine' };
  return { ...text, value, ok: value <= text.limit, ...(note !== undefined && { note }) };
}

export function noteUnless(value: number | undefined, note: string): string | undefined {
  return value === undefined ? note : undefined;
}
