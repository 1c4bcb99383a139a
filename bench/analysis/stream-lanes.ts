// One stream of a trial, token by token: when each was due, written and read. The streams of all
// arms of a block are planned alike, so that the lanes of the arms are of the same tokens.

import type { LoadPoint } from '../contract/run-file.ts';
import type { JoinInput } from './join.ts';
import { findWindowMembers } from './window-members.ts';

/** More would be too small to tell apart. */
const MOST_TOKENS = 12;

/** Times in ns since the first shown token was due; undefined for a stamp that was never taken. */
export interface LaneToken {
  /** Number of the token in its stream, from 0. */
  readonly token: number;
  readonly dueNs: number;
  /** The turn of the pacer, or the read from the upstream, that found it. */
  readonly readyNs: number | undefined;
  readonly writtenNs: number | undefined;
  readonly readNs: number | undefined;
}

export interface StreamLane {
  readonly arm: string;
  readonly trial: number;
  readonly stream: number;
  readonly tokens: readonly LaneToken[];
}

/** Lanes of one load point; where there are none, why. */
export interface LanesAtLoad {
  readonly loadPoint: LoadPoint;
  readonly lanes: readonly StreamLane[];
}

/**
 * The first tokens in the window of the stream that has most of them there: chosen by the plan, and
 * by no stamp. undefined when no token is planned in the window.
 */
export function laneOf(input: JoinInput): Omit<StreamLane, 'arm' | 'trial'> | undefined {
  const { population, offsetsNs, server, client, isOnTimetable } = input;
  const { tokens } = findWindowMembers(input);
  const counts = new Map<number, number>();
  for (const stream of tokens.stream) counts.set(stream, (counts.get(stream) ?? 0) + 1);
  const [most] = [...counts].toSorted(([a, m], [b, n]) => n - m || a - b);
  if (most === undefined) return undefined;
  const [stream] = most;
  const origin = (isOnTimetable === true ? population.startNs : server['handlerNs'])?.[stream];
  const base = population.base[stream] as number;
  const shown = [...tokens.position].filter((_, member) => tokens.stream[member] === stream);
  const positions = shown.toSorted((a, b) => a - b).slice(0, MOST_TOKENS);
  if (origin === undefined || Number.isNaN(origin)) return undefined;
  const dueNs = (position: number): number =>
    origin + (offsetsNs[stream]?.[position - base] as number);
  const zero = dueNs(positions[0] as number);
  const since = (ns: number | undefined): number | undefined =>
    ns === undefined || Number.isNaN(ns) ? undefined : ns - zero;
  return {
    stream,
    tokens: positions.map((position) => ({
      token: position - base,
      dueNs: dueNs(position) - zero,
      readyNs: since(server['readyNs']?.[position]),
      writtenNs: since(server['writtenNs']?.[position]),
      readNs: since(client['receivedNs']?.[position]),
    })),
  };
}
