// Values in the command that repeats a run, where they are more than one member of the plan.

import type { Plan } from '../contract/run-file.ts';
import { isCopy, writtenTransport, type Arm } from '../contract/arms/arms.ts';
import { DEFAULT_PATH } from '../contract/arms/paths.ts';
import { EXTRA_SHARE } from '../plan/defaults.ts';

/** `sse,ws`; `sse/probe,ws/library` where the client stacks differ, `sse,sse@relay` where paths do. */
export function writeTransports({ arms }: Plan): string {
  const own = arms.filter((arm) => !isCopy(arm));
  const clientOf = ({ client }: Arm): string => (clientsOf({ arms }).size > 1 ? `/${client}` : '');
  const pathOf = ({ path }: Arm): string =>
    path === DEFAULT_PATH || pathsOf({ arms }).size === 1 ? '' : `@${path}`;
  return own.map((arm) => `${writtenTransport(arm)}${clientOf(arm)}${pathOf(arm)}`).join(',');
}

/** Whether the streams are recorded ones, whose lengths and gaps no flag changes. */
export function isReplay({ workload }: Plan): boolean {
  return workload.gaps.kind === 'recorded';
}

/** Undefined for loopback, and where the arms' paths differ: then they are written with the arms. */
export function writePath(plan: Plan): string | undefined {
  const [path, ...others] = pathsOf(plan);
  return path === DEFAULT_PATH || others.length > 0 ? undefined : path;
}

function pathsOf({ arms }: Pick<Plan, 'arms'>): ReadonlySet<string> {
  return new Set(arms.map(({ path }) => path));
}

/** Undefined where the arms' client stacks differ: then they are written with the transports. */
export function writeClient(plan: Plan): string | undefined {
  const [client, ...others] = clientsOf(plan);
  return others.length === 0 ? client : undefined;
}

function clientsOf({ arms }: Pick<Plan, 'arms'>): ReadonlySet<string> {
  return new Set(arms.filter((arm) => !isCopy(arm)).map(({ client }) => client));
}

/** Undefined where the loads are shares of what the weaker arm carries, or follow from arrivals. */
export function writeConnections({ ladder, loadPoints, arrivals }: Plan): string | undefined {
  if (arrivals !== undefined || loadPoints.some(({ share }) => share !== undefined))
    return undefined;
  return [...new Set(ladder?.rungs ?? loadPoints.map(({ connections }) => connections))].join(',');
}

/** Undefined where the lengths are those of a trace or of the workload. */
export function writeTokens({ workload, arrivals }: Plan): string | undefined {
  return arrivals?.kind === 'trace' || workload.lengths !== undefined
    ? undefined
    : String(workload.tokensPerStream);
}

/** `10%,50%`; undefined where the number of streams is given. */
export function writeShares({ loadPoints }: Plan): string | undefined {
  const shares = loadPoints.flatMap(({ share }) =>
    share === undefined ? [] : [writePercent(share)],
  );
  return shares.length === 0 ? undefined : shares.join(',');
}

/** `delivery.p50:5%`; undefined without a stopping rule. */
export function writePrecision({ stop }: Plan): string | undefined {
  if (stop === undefined) return undefined;
  const names = stop.metrics.length === 0 ? '' : `${stop.metrics.join(',')}:`;
  return `${names}${writePercent(stop.ratio)}`;
}

function writePercent(ratio: number): string {
  return `${Number((100 * ratio).toFixed(6))}%`;
}

/** Whether disturbed blocks could be measured again at all. */
export function canRerun({ recovery, verdicts, blocks }: Plan): boolean {
  return recovery === undefined && verdicts && blocks * EXTRA_SHARE >= 1;
}
