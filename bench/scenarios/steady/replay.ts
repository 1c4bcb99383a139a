// How faithfully recorded streams were replayed: from the plan, which has the recorded gaps, and the
// server's stamps, which have those that it made. What the client received is beside it: tokens that
// leave together need not arrive together, and that is the transport's part.

import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import { findWindowMembers } from '../../analysis/window-members.ts';
import type { JoinInput } from '../../analysis/join.ts';
import type { Distribution } from '../../contract/distribution.ts';
import { recordedIndex, recordedStream } from '../../contract/recorded-streams.ts';
import type { ReplayRecord } from '../../contract/replay-record.ts';
import type { Workload } from '../../contract/workload.ts';

export interface MeasuredReplay {
  readonly replay: ReplayRecord;
  readonly distributions: { readonly replayGapErrorNs?: Distribution };
}

/** Undefined for a workload that is no recording. */
export function measureReplay(input: JoinInput, workload: Workload): MeasuredReplay | undefined {
  if (workload.gaps.kind !== 'recorded') return undefined;
  const { errorsNs, counts } = compareTokens(input);
  const summary = summariseDistribution(Float64Array.from(errorsNs));
  return {
    replay: { ...countWhole(input, workload, workload.gaps.streams), ...counts },
    distributions: summary === undefined ? {} : { replayGapErrorNs: summary },
  };
}

/** Streams of the trial that replay a recorded one to its end, and how many of the recording do. */
function countWhole(
  { population }: JoinInput,
  workload: Workload,
  streams: number,
): Pick<ReplayRecord, 'streams' | 'whole' | 'covered'> {
  const covered = new Set<number>();
  let whole = 0;
  for (const [stream, seed] of population.seeds.entries()) {
    if (recordedStream(workload, seed)?.tokens !== population.tokens[stream]) continue;
    whole++;
    covered.add(recordedIndex(seed, streams));
  }
  return { streams: population.streams, whole, covered: covered.size };
}

type TokenCounts = Omit<ReplayRecord, 'streams' | 'whole' | 'covered'>;

/** Over the tokens of the window that follow another one of their stream. */
function compareTokens(input: JoinInput): {
  readonly errorsNs: readonly number[];
  readonly counts: TokenCounts;
} {
  const { population, offsetsNs, server, client } = input;
  const [writtenNs, readyNs] = [server['writtenNs'], server['readyNs']];
  const receivedNs = client['receivedNs'];
  const counts = { followers: 0, together: 0, split: 0, joined: 0, readTogether: 0 };
  const errorsNs: number[] = [];
  const { tokens } = findWindowMembers(input);
  for (const [member, position] of tokens.position.entries()) {
    const stream = tokens.stream[member] as number;
    const token = position - (population.base[stream] as number);
    if (token === 0) continue;
    const offsets = offsetsNs[stream] as Float64Array;
    const gapNs = (offsets[token] as number) - (offsets[token - 1] as number);
    const errorNs = Math.abs(between(writtenNs, position) - gapNs);
    if (Number.isNaN(errorNs)) continue;
    errorsNs.push(errorNs);
    counts.followers++;
    const isOneTurn = between(readyNs, position) === 0;
    if (gapNs === 0) counts.together++;
    if (gapNs === 0 && !isOneTurn) counts.split++;
    if (gapNs > 0 && isOneTurn) counts.joined++;
    if (between(receivedNs, position) === 0) counts.readTogether++;
  }
  return { errorsNs, counts };
}

/** From the token before it to this one; NaN without both stamps. */
function between(column: Float64Array | undefined, position: number): number {
  return (column?.[position] ?? Number.NaN) - (column?.[position - 1] ?? Number.NaN);
}
