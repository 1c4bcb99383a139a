// Renders the whole claim as one plain sentence, no stronger than its parts: parts that were not
// settled, or not measured, are stated with the rest, and "cheaper" never covers more than was
// measured.

import { httpVersionsOf, type Arm } from '../../contract/arms/arms.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { ClaimAnswer, ClaimRow } from './claim.ts';

/** @param arms Those that were compared: the sentence says how their streams were carried. */
export function claimSentence(rows: readonly ClaimRow[], arms: readonly Arm[]): string {
  return `Here${arms.length === 0 ? '' : `, ${carriage(arms)},`} ${headOf(rows)}.`;
}

/** `over HTTP/1.1 with one stream a connection`, `over HTTP/2 with up to 6 streams a connection` */
function carriage(arms: readonly Arm[]): string {
  const numbers = [...new Set(arms.map(({ streamsPerConnection = 1 }) => streamsPerConnection))];
  const counts = numbers.toSorted((a, b) => a - b);
  const streams = counts.every((count) => count === 1)
    ? 'one stream'
    : `up to ${counts.join(' or ')} streams`;
  return `over ${httpVersionsOf(arms).join(' and ')} with ${streams} a connection`;
}

/**
 * The parts that the sentence rests on, answer by answer: `WebSocket better: memory of an idle
 * connection.`
 */
export function claimDetails(rows: readonly ClaimRow[]): readonly string[] {
  return lists.flatMap(([answer, words]) => {
    const names = rows.filter((row) => row.answer === answer).map((row) => nameOf(row, rows));
    return names.length === 0 ? [] : [`${words}: ${names.join('; ')}.`];
  });
}

function headOf(rows: readonly ClaimRow[]): string {
  const has = (...answers: readonly ClaimAnswer[]): boolean =>
    rows.some(({ answer }) => answers.includes(answer));
  const isOpen = has('not-settled', 'void');
  if (!has('supports', 'refutes', 'equivalent'))
    return isOpen
      ? 'it is not settled whether SSE is cheaper with many clients'
      : 'nothing was measured of whether SSE is cheaper with many clients';
  if (has('supports') && has('refutes'))
    return 'it depends on what is counted whether SSE was cheaper with many clients';
  if (has('supports')) {
    const isAll = !isOpen && !has('equivalent');
    return isAll
      ? 'SSE was cheaper with many clients in all that was measured'
      : 'SSE was cheaper with many clients in part of what was measured';
  }
  return isOpen
    ? 'SSE was not cheaper with many clients in what was settled, and the rest is open'
    : 'SSE was not cheaper with many clients in anything that was measured';
}

const lists: readonly (readonly [ClaimAnswer, string])[] = [
  ['supports', 'SSE better'],
  ['refutes', 'WebSocket better'],
  ['equivalent', 'Equivalent for practical purposes'],
  ['not-settled', 'Not settled'],
  ['void', 'Void, because a check failed'],
  ['not-measured', 'Not measured'],
];

/** The part alone, or with its place when the part was measured at several places. */
function nameOf({ part, place }: ClaimRow, rows: readonly ClaimRow[]): string {
  const isSingle = rows.filter((row) => row.part === part).length === 1;
  const name = part.startsWith('CPU') ? part : part.charAt(0).toLowerCase() + part.slice(1);
  return isSingle || place === undefined
    ? name
    : `${name} (${place.scenario}, ${loadPointTitle(place.loadPoint)})`;
}
