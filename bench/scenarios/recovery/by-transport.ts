// Renders one value of each arm: `0.4 ms with SSE and 0.5 ms with WebSocket`, written once when all
// of them are equal.

import type { FaultedArm } from './findings.ts';

export interface TransportWords {
  /**
   * The arms that have a value, out of `all` in the sentence: a value that is equal in all of them
   * is `with both`.
   */
  readonly some: readonly FaultedArm[];
  readonly all: readonly FaultedArm[];
  /** Words after the first value: `212 tokens were lost with SSE and 209 with WebSocket`. */
  readonly what?: string;
}

export function byTransport(
  { some, all, what }: TransportWords,
  text: (arm: FaultedArm) => string,
): string {
  const groups = [...Map.groupBy(some, text)];
  const parts = groups.map(([value, arms], index) => {
    const words = [
      value,
      ...(what !== undefined && index === 0 ? [what] : []),
      `with ${names(arms, all)}`,
    ];
    return words.filter((word) => word !== '').join(' ');
  });
  return listed(parts);
}

function names(arms: readonly FaultedArm[], all: readonly FaultedArm[]): string {
  if (arms.length === all.length && arms.length > 1) return arms.length === 2 ? 'both' : 'all';
  return listed(arms.map(({ title }) => title));
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
