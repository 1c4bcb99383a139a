// Fits the lines through the rungs of one ladder. Their slopes are the cost of one more connection,
// or of one more token.

import type { LadderRecord, Rung } from '../../contract/ladder.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { fitLine, type FittedLine } from '../../analysis/statistics/least-squares.ts';

/**
 * Below this R², memory does not follow a straight line, and the slope depends on the rungs that
 * were chosen.
 */
export const LEAST_R_SQUARED = 0.98;

type Ladder = Pick<LadderRecord, 'rungs'>;

/**
 * The rungs of the way up that have connections: memory from before the first of them is no part of
 * a line.
 */
function upperRungs({ rungs }: Ladder): readonly Rung[] {
  return rungs.filter(({ way, connections }) => way === 'up' && connections > 0);
}

/** Rungs from the top down, without the end, at which there are no connections. */
export function rungsDown(ladder: Ladder): readonly Rung[] {
  return [
    ...upperRungs(ladder).slice(-1),
    ...ladder.rungs.filter(({ way, connections }) => way === 'down' && connections > 0),
  ];
}

/**
 * A value over connections, on the way up; undefined when a rung lacks it, or with fewer than
 * three, which could not show a bend.
 */
export function lineUp(
  ladder: Ladder,
  value: (rung: Rung) => number | undefined,
): FittedLine | undefined {
  const rungs = upperRungs(ladder);
  return rungs.length < 3 ? undefined : lineOver(rungs, value);
}

/** undefined when a rung lacks the value, or all rungs have the same connections. */
export function lineOver(
  rungs: readonly Rung[],
  value: (rung: Rung) => number | undefined,
): FittedLine | undefined {
  const points = rungs.flatMap((rung) => {
    const y = value(rung);
    return y === undefined ? [] : [{ x: rung.connections, y }];
  });
  return points.length === 0 || points.length < rungs.length ? undefined : fitLine(points);
}

/**
 * Kernel memory for the servers' ends of the connections: half of the slabs, since both ends are on
 * this host.
 */
export function kernelOfOneEnd({ kernel: { socketBytes, slabBytes } }: Rung): number | undefined {
  return socketBytes === undefined && slabBytes === undefined
    ? undefined
    : (socketBytes ?? 0) + (slabBytes ?? 0) / 2;
}

/**
 * Private memory of the servers and, if readable, the kernel's for their ends of the connections.
 */
export function retainedBytes(rung: Rung): number | undefined {
  const ussBytes = rung.retained?.ussBytes;
  return ussBytes === undefined ? undefined : ussBytes + (kernelOfOneEnd(rung) ?? 0);
}

export function retainedLine(ladder: Ladder): FittedLine | undefined {
  return lineUp(ladder, retainedBytes);
}

/** False when the line bends, undefined when there is none. */
export function isStraight(ladder: Ladder): boolean | undefined {
  const rSquared = retainedLine(ladder)?.rSquared;
  return rSquared === undefined ? undefined : rSquared >= LEAST_R_SQUARED;
}

/**
 * A server busier than that writes late, and waiting tokens share costs that each of them would
 * have had alone.
 */
const MOST_UTILISATION = 0.7;
const LEAST_LOADS = 4;

/**
 * CPU time per second over tokens per second, of the servers; undefined with fewer than four rungs
 * that left them idle time.
 */
export function cpuLine(ladder: Ladder): FittedLine | undefined {
  const points = upperRungs(ladder).flatMap(({ use }) => {
    if (use === undefined || (use.utilisation ?? 0) > MOST_UTILISATION) return [];
    const seconds = use.wallNs / NS_PER_S;
    return [{ x: use.tokens / seconds, y: use.cpuNs / seconds }];
  });
  return points.length < LEAST_LOADS ? undefined : fitLine(points);
}

/**
 * Excess on the lowest rung of the way down over the same rung of the way up, and the connections
 * that ended in between.
 */
export function leftBehind(
  ladder: Ladder,
): { readonly bytes: number; readonly ended: number } | undefined {
  const [lowest] = rungsDown(ladder).toReversed();
  const top = upperRungs(ladder).at(-1);
  const before = upperRungs(ladder).find(({ connections }) => connections === lowest?.connections);
  const ended = (top?.connections ?? 0) - (lowest?.connections ?? 0);
  const bytes = difference(lowest && retainedBytes(lowest), before && retainedBytes(before));
  return bytes === undefined || ended <= 0 ? undefined : { bytes, ended };
}

/**
 * Bytes after the last connection ended less those before the first began, and the connections of
 * the top rung.
 */
export function leftAtEnd(
  ladder: Ladder,
): { readonly bytes: number; readonly ended: number } | undefined {
  const [first, last] = [ladder.rungs[0], ladder.rungs.at(-1)];
  const top = upperRungs(ladder).at(-1);
  if (
    first?.connections !== 0 ||
    last?.connections !== 0 ||
    last.way !== 'down' ||
    top === undefined
  )
    return undefined;
  const bytes = difference(retainedBytes(last), retainedBytes(first));
  return bytes === undefined ? undefined : { bytes, ended: top.connections };
}

/**
 * Bytes per connection between the two top rungs over those between the two lowest; undefined when
 * either did not grow.
 */
export function flatness(ladder: Ladder): number | undefined {
  const rungs = upperRungs(ladder);
  if (rungs.length < 3) return undefined;
  const [low, high] = [steepness(rungs.slice(0, 2)), steepness(rungs.slice(-2))];
  return low === undefined || high === undefined || low <= 0 || high <= 0 ? undefined : high / low;
}

function steepness([lower, upper]: readonly Rung[]): number | undefined {
  const bytes = difference(upper && retainedBytes(upper), lower && retainedBytes(lower));
  return bytes === undefined
    ? undefined
    : bytes / ((upper?.connections ?? 0) - (lower?.connections ?? 0));
}

function difference(value: number | undefined, less: number | undefined): number | undefined {
  return value === undefined || less === undefined ? undefined : value - less;
}
