// Computes the gates of a search: those of its steps, taken together, and whether it ended at the
// server at all. A load that failed is expected to miss gates, so only the loads that were carried
// are judged; they must rest on sound measurements.

import type { Gate } from '../../contract/run-file.ts';
import type { SearchEnd } from '../../contract/search.ts';
import { median } from '../../analysis/statistics/moments.ts';

/**
 * @param carried Gates of the steps whose load was carried.
 * @param end How the search ended; undefined when nothing was searched for.
 */
export function gatesOfSearch(
  carried: readonly (readonly Gate[])[],
  end: SearchEnd | undefined,
): Gate[] {
  const byId = Map.groupBy(carried.flat(), ({ id }) => id);
  return [...byId.values()]
    .flatMap(together)
    .concat(end === undefined ? [] : [endGate('H11', end), endGate('H12', end)]);
}

/** Omits gates of the load generator: their misses are part of the judgement of the step. */
function together(gates: readonly Gate[]): Gate[] {
  const [first] = gates;
  if (first === undefined || first.kind === 'harness') return [];
  return [first.kind === 'environment' ? typical(first, gates) : worst(first, gates)];
}

/**
 * Takes the median: a disturbance of one step is corrected by the next; one of most steps disturbs
 * the answer.
 */
function typical(gate: Gate, gates: readonly Gate[]): Gate {
  const value = median(valuesOf(gates));
  if (value === undefined) return gate;
  return { ...gate, value, ok: value <= gate.limit, note: `median of ${gates.length} steps` };
}

function worst(gate: Gate, gates: readonly Gate[]): Gate {
  const missed = gates.find(({ ok }) => !ok);
  const values = valuesOf(gates);
  return { ...(missed ?? gate), ...(values.length > 0 && { value: Math.max(...values) }) };
}

function valuesOf(gates: readonly Gate[]): number[] {
  return gates.flatMap(({ value }) => value ?? []);
}

const ends = {
  H11: { end: 'harness', title: 'search that ended at the load generator' },
  H12: { end: 'most', title: 'search that ended at the most connections it may ask for' },
} as const satisfies Record<string, { end: SearchEnd; title: string }>;

/**
 * An answer that only says "at least" is compared as a bound; the measurements at it are not
 * compared.
 */
function endGate(id: keyof typeof ends, end: SearchEnd): Gate {
  const value = Number(ends[id].end === end);
  return {
    id,
    kind: 'harness',
    title: ends[id].title,
    value,
    limit: 0,
    unit: 'count',
    ok: value === 0,
  };
}
