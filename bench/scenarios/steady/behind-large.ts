// Splits delivery by the large messages among the tokens: these themselves, tokens of other streams
// that were due while one was under way, and tokens that were due at any other time.

import assert from 'node:assert/strict';
import type { Distribution } from '../../contract/distribution.ts';
import { planLargeMessages, type LargeMessage } from '../../contract/large-messages.ts';
import type { TrialSpecification } from '../../contract/messages.ts';
import type { DistributionName } from '../../contract/run-file.ts';
import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import { findWindowMembers } from '../../analysis/window-members.ts';
import type { NeighbourStamps } from './neighbours.ts';

type Parts = Partial<
  Record<
    Extract<DistributionName, 'largeMessageNs' | 'behindLargeNs' | 'awayFromLargeNs'>,
    Distribution
  >
>;

type Conditions = Pick<
  TrialSpecification,
  'large' | 'streamsPerConnection' | 'workload' | 'connections' | 'workloadSeed' | 'timetable'
> &
  Pick<TrialSpecification, 'rampNs' | 'warmupNs' | 'windowNs' | 'tailNs'>;

/** After this many times its span a large message counts as gone, in the worst arm. */
const GONE_AFTER_SPANS = 2;

/**
 * The plan alone decides to which part a token belongs, by when it and the large messages are due.
 * Behind one are the tokens of the streams on its connection or, where none shares it, of all other
 * streams: those show what the moment costs without a connection in common.
 */
export function partByLarge(stamps: NeighbourStamps, conditions: Conditions): Parts {
  const { large } = conditions;
  const receivedNs = stamps.client['receivedNs'];
  assert(
    large !== undefined && receivedNs?.length === stamps.population.totalTokens,
    'a trial with large messages has stamps of all tokens',
  );
  const messages = planLargeMessages(conditions, stamps.population);
  const isNeighbour = neighboursOf(conditions);
  const { position, stream, plannedNs } = findWindowMembers(stamps).tokens;
  const parts = { largeMessageNs: [], behindLargeNs: [], awayFromLargeNs: [] } as Record<
    keyof Parts,
    number[]
  >;
  // Tokens are in order of time, and so are the messages.
  let next = 0;
  for (const [member, due] of plannedNs.entries()) {
    while (next < messages.length && (messages[next] as LargeMessage).dueNs <= due) next++;
    const received = receivedNs[position[member] as number] as number;
    if (Number.isNaN(received)) continue;
    const part = partOf({ due, stream: stream[member] as number }, messages[next - 1], {
      spanNs: large.spanNs,
      isNeighbour,
    });
    if (part !== undefined) parts[part].push(received - due);
  }
  const summarised: Parts = {};
  for (const name of Object.keys(parts) as (keyof Parts)[]) {
    const summary = summariseDistribution(Float64Array.from(parts[name]));
    if (summary !== undefined) summarised[name] = summary;
  }
  return summarised;
}

/** Whether a token of one stream may have to wait for a message of another. */
type IsNeighbour = (stream: number, other: number) => boolean;

function neighboursOf({ streamsPerConnection }: Conditions): IsNeighbour {
  if (streamsPerConnection === undefined) return (stream, other) => stream !== other;
  // As in clients/shared-place.ts: on a timetable, a stream has the slot of its number.
  const connectionOf = (stream: number): number => Math.floor(stream / streamsPerConnection);
  return (stream, other) => stream !== other && connectionOf(stream) === connectionOf(other);
}

/** @param last The large message that was due last. */
function partOf(
  { due, stream }: { readonly due: number; readonly stream: number },
  last: LargeMessage | undefined,
  { spanNs, isNeighbour }: { readonly spanNs: number; readonly isNeighbour: IsNeighbour },
): keyof Parts | undefined {
  if (last === undefined || due >= last.dueNs + GONE_AFTER_SPANS * spanNs) return 'awayFromLargeNs';
  if (stream === last.stream) return due === last.dueNs ? 'largeMessageNs' : undefined;
  return due < last.dueNs + spanNs && isNeighbour(stream, last.stream)
    ? 'behindLargeNs'
    : undefined;
}
