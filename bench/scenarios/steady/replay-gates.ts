// Judges whether a replay kept the recorded gaps, and what came together. A replay that misses them
// is another workload than the one that its report names.

import type { ReplayRecord } from '../../contract/replay-record.ts';
import type { Gate } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { atMost, noteUnless } from '../../trial/gate.ts';

export interface ReplayFindings extends ReplayRecord {
  /** Undefined without tokens that follow others. */
  readonly gapErrorP99Ns: number | undefined;
}

/** Gaps between tokens of a language model are some 10 to 50 ms. */
const GAP_ERROR_LIMIT_NS = NS_PER_MS;
/** Share of tokens that left with, or without, the token before them against the recording. */
const COALESCING_LIMIT = 0.01;

const kind = 'harness';
const TOO_FEW = 'not judged: no token of the window follows another one';

export function replayGates(replay: ReplayFindings): Gate[] {
  const { followers, together, split, joined, gapErrorP99Ns } = replay;
  const other = split + joined;
  return [
    atMost(
      {
        id: 'H17gap',
        kind,
        title: 'gap error of the replay p99',
        limit: GAP_ERROR_LIMIT_NS,
        unit: 'ns',
      },
      gapErrorP99Ns,
      noteUnless(gapErrorP99Ns, TOO_FEW),
    ),
    atMost(
      {
        id: 'H17coalescing',
        kind,
        title: 'tokens that left together, or apart, against the recording',
        limit: COALESCING_LIMIT,
        unit: 'ratio',
      },
      followers === 0 ? undefined : other / followers,
      followers === 0
        ? TOO_FEW
        : other === 0
          ? undefined
          : `${split} of ${together} that came in one read left apart; ${joined} of ${followers - together} others left together`,
    ),
  ];
}
