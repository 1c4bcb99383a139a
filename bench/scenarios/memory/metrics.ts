// Metrics of ladders of connections: the cost of one more connection or token, as slopes over the
// rungs of one trial. The slope of a ladder is the datum; intervals are over ladders.

import type { Rung } from '../../contract/ladder.ts';
import { NS_PER_S } from '../../contract/units.ts';
import {
  cpuLine,
  flatness,
  kernelOfOneEnd,
  leftAtEnd,
  leftBehind,
  lineOver,
  lineUp,
  retainedBytes,
  retainedLine,
  rungsDown,
} from './ladder-lines.ts';
import type { LadderMetric, Metric } from '../../analysis/metrics/metric.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';

const SLOPE = 'least-squares slope over the rungs of the way up, rung 0 left out';
const COLLECTED = 'after four full collections, in silence';

/** Bytes per connection; may fall as well as rise when little is allocated. */
const perConnection = { unit: 'bytes', better: 'lower', scale: 'difference' } as const;

function slopeMetric(
  text: Pick<LadderMetric, 'id' | 'title' | 'titleOfStreams' | 'definition'>,
  value: (rung: Rung) => number | undefined,
): LadderMetric {
  return {
    ...text,
    ...perConnection,
    absence: 'not readable on this machine',
    value: ({ ladder }) => lineUp(ladder, value)?.slope,
  };
}

const MEMORY_MARGIN = { ratio: 0.1, absolute: 1000 } as const;

/** The memory that a transport needs is positive, so its arms compare by ratio. */
const asRatio = { scale: 'ratio' } as const;

const own: readonly LadderMetric[] = [
  {
    id: 'memory.retained',
    title: 'Memory per idle connection',
    ...perConnection,
    ...asRatio,
    endpoint: 'P6',
    margin: MEMORY_MARGIN,
    definition: `retained: ${SLOPE}, of the servers' private memory (USS) + the kernel's for their ends, ${COLLECTED}, when each stream has had at least 5 tokens. The kernel's: what is charged to the servers' sockets (ss, skmem) + half of the slabs of sockets, files and epoll (/proc/slabinfo), since both ends are on this host. Slabs are readable by root only: without them, as without ss, that part is missing from the number`,
    absence: 'not readable on this machine',
    value: ({ ladder }) => retainedLine(ladder)?.slope,
  },
  {
    id: 'cpu.token.slope',
    title: 'Server CPU per token (slope)',
    unit: 'ns/token',
    better: 'lower',
    scale: 'ratio',
    // No endpoint: time and load rise together on a ladder, and CPU time per token falls with both,
    // in each arm by its own curve.
    definition:
      'least-squares slope of CPU time per second over tokens per second while rungs stream, over at least 4 rungs in which no server was busier than 70 %: what a token adds to the cost of open connections; rungs come in rising order, so what a server still compiles on the way lowers it; on one host the sender is charged much of the receipt',
    absence: 'fewer than 4 rungs in which the servers were at most 70 % busy',
    value: ({ ladder }) => cpuLine(ladder)?.slope,
  },
  {
    ...slopeMetric(
      {
        id: 'memory.streaming',
        title: 'Memory per streaming connection',
        titleOfStreams: 'Memory per stream while tokens flow',
        definition: `working set: ${SLOPE}, of the servers' mean private memory (USS) while a rung streams, without forced collections: garbage that waits to be collected is in it, the kernel is not`,
      },
      ({ streaming }) => streaming?.ussBytes,
    ),
    ...asRatio,
    // The same question at another moment: a family of its own would claim more easily.
    endpoint: 'P6',
    margin: MEMORY_MARGIN,
  },
  slopeMetric(
    {
      id: 'memory.uss.slope',
      title: 'Private memory per connection (USS)',
      definition: `${SLOPE}, ${COLLECTED}`,
    },
    ({ retained }) => retained?.ussBytes,
  ),
  slopeMetric(
    {
      id: 'memory.heap',
      title: 'V8 heap per connection',
      definition: `${SLOPE}, of heapUsed ${COLLECTED}`,
    },
    ({ retained }) => retained?.heapUsedBytes,
  ),
  slopeMetric(
    {
      id: 'memory.external',
      title: 'External memory per connection',
      definition: `${SLOPE}, of external (C++ objects bound to the heap, array buffers included) ${COLLECTED}`,
    },
    ({ retained }) => retained?.externalBytes,
  ),
  slopeMetric(
    {
      id: 'memory.kernel',
      title: 'Kernel memory per connection',
      definition: `${SLOPE}, of the kernel's memory for the servers' ends, in silence: see memory.retained`,
    },
    kernelOfOneEnd,
  ),
  {
    id: 'memory.down',
    title: 'Memory per connection on the way down',
    ...perConnection,
    definition:
      'as memory.retained, over the top rung and those of the way down that have connections: what each that ends gives back',
    absence: 'no rung with connections on the way down',
    value: ({ ladder }) => lineOver(rungsDown(ladder), retainedBytes)?.slope,
  },
  {
    id: 'memory.hysteresis',
    title: 'Left behind per ended connection',
    ...perConnection,
    definition:
      'retained on the lowest rung of the way down − on the same rung of the way up, per connection that had ended in between: what is neither used nor given back',
    absence: 'no rung was climbed twice',
    value: (trial) => quotient(leftBehind(trial.ladder)),
  },
  {
    id: 'memory.left',
    title: 'Left at the end per connection',
    ...perConnection,
    definition:
      'retained after all connections had ended − before the first began, per connection of the top rung',
    value: (trial) => quotient(leftAtEnd(trial.ladder)),
  },
  {
    id: 'memory.flatness',
    title: 'Flatness: bytes a connection at the top over those at the foot',
    unit: 'ratio',
    better: 'neither',
    scale: 'ratio',
    definition:
      'retained bytes a connection between the two top rungs/those between the two lowest: 1 where each connection costs as much as the one before it',
    absence: 'memory did not grow between two rungs',
    value: ({ ladder }) => flatness(ladder),
  },
  {
    id: 'cpu.idle',
    title: 'Server CPU without tokens',
    unit: 'ratio',
    better: 'lower',
    // The line is extrapolated: it may end below zero.
    scale: 'difference',
    definition:
      'intercept of the line of cpu.token.slope, as a share of one CPU: what the servers would use if no token came',
    absence: 'fewer than 4 rungs in which the servers were at most 70 % busy',
    value: ({ ladder }) => share(cpuLine(ladder)?.intercept),
  },
  slopeMetric(
    {
      id: 'memory.client',
      title: 'Client memory per connection (RSS)',
      definition: `${SLOPE}, of the resident set of the load processes, which are not told to collect: a cost of this client stack and of the harness`,
    },
    ({ client }) => client?.rssBytes,
  ),
];

function quotient(left: ReturnType<typeof leftBehind>): number | undefined {
  return left && left.bytes / left.ended;
}

/** @param cpuNs CPU time per second, ns. */
function share(cpuNs: number | undefined): number | undefined {
  return cpuNs === undefined ? undefined : cpuNs / NS_PER_S;
}

/** Rungs count streams: of as many connections, unless some arm's share them. */
function withTitleOfStreams(metric: LadderMetric): LadderMetric {
  const { title, titleOfStreams = title.replace('connection', 'stream') } = metric;
  return title === titleOfStreams ? metric : { ...metric, titleOfStreams };
}

export const ladderMetrics: readonly Metric[] = inOrder(
  ofTrials('ladder', own.map(withTitleOfStreams)),
);
