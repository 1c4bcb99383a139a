// Judges the validity of one ladder: each reading must belong to the planned state of its rung.
// Late tokens do not matter here, as long as none was still to be sent while memory was read.

import { populationOf, planAllOffsetsNs, type Population } from '../../../contract/population.ts';
import type { Gate } from '../../../contract/run-file.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { atMost } from '../../../trial/gate.ts';
import { machineGates } from '../../../trial/machine-gates.ts';
import { conductGates, receiptGates } from '../../../trial/stream-gates.ts';
import type { MeasuredLadder } from './measure.ts';
import type { ReadRung } from './readings.ts';

export function checkLadderGates(measured: MeasuredLadder): Gate[] {
  return [
    ...machineGates(measured),
    neighbourGate(measured),
    ...harnessGates(measured),
    ...receiptGates(measured),
    ...conductGates(measured),
  ];
}

/**
 * A twentieth of the sockets is a twentieth of the slabs; most of the measured memory is that of
 * the servers themselves.
 */
const NEIGHBOUR_LIMIT = 0.05;

/**
 * The kernel's slabs are those of the whole machine: sockets that other programs open or close
 * meanwhile would count as the servers'.
 */
function neighbourGate({ rungs, specification }: MeasuredLadder): Gate {
  const text = {
    id: 'N7',
    kind: 'environment',
    title: 'TCP sockets of other programs that came or went',
    limit: NEIGHBOUR_LIMIT,
    unit: 'ratio',
  } as const;
  const own = rungs.map((_, index) => socketsAt(rungs.slice(0, index + 1), specification));
  const foreign = rungs.flatMap(({ rung: { kernel } }, index) =>
    kernel.sockets === undefined ? [] : [kernel.sockets - (own[index] as number)],
  );
  if (foreign.length < rungs.length) return atMost(text, undefined);
  const before = foreign[0] ?? 0;
  const most = Math.max(...foreign.map((sockets) => Math.abs(sockets - before)));
  return atMost(text, most / Math.max(...own));
}

/** One socket at each end. */
const SOCKETS_PER_CONNECTION = 2;

/** The ladder's own sockets at the last of these rungs. Shared connections stay open on the way down. */
function socketsAt(
  soFar: readonly ReadRung[],
  { streamsPerConnection }: MeasuredLadder['specification'],
): number {
  const streams = soFar.map(({ rung }) => rung.connections);
  const connections =
    streamsPerConnection === undefined
      ? (streams.at(-1) ?? 0)
      : Math.ceil(Math.max(...streams) / streamsPerConnection);
  return SOCKETS_PER_CONNECTION * connections;
}

function harnessGates({ rungs, specification }: MeasuredLadder): Gate[] {
  const kind = 'harness';
  const population = populationOf(specification);
  const dueNs = sortedDues(population, planAllOffsetsNs(specification, population));
  const overtimes = rungs.map(({ readToNs, step }) => Math.max(0, readToNs - step.quietToNs));
  const strays = rungs.map(({ openStreams, step }) => Math.abs(openStreams - step.connections));
  const unsent = rungs.map(({ tokensWritten, step }) =>
    Math.abs(countUntil(dueNs, step.streamToNs) - tokensWritten),
  );
  return [
    worst(
      {
        id: 'L1',
        kind,
        title: 'readings that lasted beyond the silence of their rung',
        limit: 0,
        unit: 'ns',
      },
      rungs,
      overtimes,
    ),
    worst(
      {
        id: 'L2',
        kind,
        title: 'streams more or fewer than planned when memory was read',
        limit: 0,
        unit: 'count',
      },
      rungs,
      strays,
    ),
    worst(
      {
        id: 'L3',
        kind,
        title: 'tokens more or fewer than planned when memory was read',
        limit: 0,
        unit: 'count',
      },
      rungs,
      unsent,
    ),
  ];
}

type GateText = Parameters<typeof atMost>[0];

/** The note names the rung, so that a reader knows up to which rung the ladder is valid. */
function worst(text: GateText, rungs: readonly ReadRung[], values: readonly number[]): Gate {
  const value = Math.max(...values);
  const rung = rungs[values.indexOf(value)];
  if (rung === undefined || value <= text.limit) return atMost(text, value);
  const amount = text.unit === 'ns' ? `${Math.round(value / NS_PER_MS)} ms` : String(value);
  return atMost(
    text,
    value,
    `${amount} at ${rung.step.connections} connections on the way ${rung.step.way}`,
  );
}

/** Due times of all tokens of all streams, ns since T0, rising. */
function sortedDues(
  { startNs, base, totalTokens }: Population,
  offsetsNs: readonly Float64Array[],
): Float64Array {
  const dueNs = new Float64Array(totalTokens);
  for (const [stream, offsets] of offsetsNs.entries()) {
    const origin = startNs[stream] as number;
    dueNs.set(
      offsets.map((offset) => origin + offset),
      base[stream],
    );
  }
  return dueNs.sort();
}

/** Number of values that are at most `ns`. */
function countUntil(sorted: Float64Array, ns: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}
