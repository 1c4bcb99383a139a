// Metrics of sessions in which both ends send audio. Delivery of a direction is that of all frames
// that were due in the window: where some of them had not been sent when their session was over, a
// quantile of the others would be of the lucky ones, and there is none.

import { quantileOf } from '../../contract/distribution.ts';
import type { DuplexRecord, LaneBytes } from '../../contract/duplex.ts';
import type { DistributionName, DuplexTrialRecord } from '../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';
import { quantileMetric, type DuplexMetric, type Metric } from '../../analysis/metrics/metric.ts';

type Direction = 'up' | 'down';

const WAY = { up: 'from the client to the server', down: 'from the server to the client' } as const;
const ARRIVAL = {
  up: 'when the server had taken it from its library',
  down: 'when the client had read it',
} as const;
const UNSENT =
  'some frames had not been sent when their session was over, or their tail is too short';
const distributions: Record<Direction, DistributionName> = {
  up: 'frameUpNs',
  down: 'frameDownNs',
};

function isComplete(record: DuplexRecord, direction: Direction): boolean {
  const { planned, delivered } = record[direction];
  return planned > 0 && delivered === planned;
}

function delivery(direction: Direction, quantile: 0.5 | 0.99): DuplexMetric {
  const name = quantile === 0.5 ? 'p50' : 'p99';
  const metric = quantileMetric({
    id: `frame.${direction}.${name}`,
    title: `Frame delivery ${direction} ${name}`,
    better: 'lower',
    scale: 'ratio',
    isOneWay: true,
    quantile,
    distribution: distributions[direction],
    absence: UNSENT,
    definition: `from when a frame was due to ${ARRIVAL[direction]}, over all frames ${WAY[direction]} that were due in the window`,
    ...(quantile === 0.99 && {
      endpoint: 'P4' as const,
      margin: { ratio: 0.2, absolute: NS_PER_MS },
    }),
  });
  const { value } = metric;
  return {
    ...metric,
    value: (trial: DuplexTrialRecord) =>
      isComplete(trial.duplex, direction) ? value(trial) : undefined,
  };
}

/** Share of frames that could not be played in time: late, or never sent. */
function lateShare(record: DuplexRecord, direction: Direction): number | undefined {
  const { planned, inTime } = record[direction];
  return planned === 0 ? undefined : 1 - inTime / planned;
}

function late(direction: Direction): DuplexMetric {
  return {
    id: `late.${direction}`,
    title: `Late frames ${direction}`,
    unit: 'ratio',
    better: 'lower',
    scale: 'difference',
    endpoint: 'P12',
    margin: { ratio: undefined, absolute: 0.01 },
    definition: `frames ${WAY[direction]} that arrived later than the playout deadline after they were due, or had not been sent when their session was over/frames that were due in the window`,
    value: ({ duplex }) => lateShare(duplex, direction),
  };
}

function bytesPerFrame({ socket, heads, large, frames }: LaneBytes): number | undefined {
  return frames === 0 ? undefined : (socket - heads - large) / frames;
}

function bytes(direction: Direction): DuplexMetric {
  const others = direction === 'up' ? '' : '; answers to single POSTs are in it';
  return {
    id: `bytes.frame.${direction}`,
    title: `Bytes per frame ${direction}`,
    unit: 'bytes',
    better: 'lower',
    scale: 'ratio',
    isExact: true,
    controls: 'nothing',
    margin: { ratio: 0.05, absolute: undefined },
    definition: `bytes ${WAY[direction]} on the sockets of whole sessions, without the heads that open them and without the large message/frames that were ${direction === 'up' ? 'sent' : 'received'}${others}`,
    value: ({ duplex }) => bytesPerFrame(duplex.bytes[direction]),
  };
}

const own: readonly DuplexMetric[] = [
  delivery('down', 0.99),
  delivery('up', 0.99),
  {
    id: 'cpu.server.audio',
    title: 'Server CPU per second of audio',
    unit: 'ns',
    better: 'lower',
    scale: 'ratio',
    endpoint: 'P5',
    margin: { ratio: 0.05, absolute: undefined },
    definition:
      'user and system CPU time of the server in the window/seconds of audio that it took and that the clients received in it, both directions together',
    value: ({ duplex }) => {
      const seconds = audioSeconds(duplex);
      return seconds === 0 ? undefined : duplex.serverCpuNs / seconds;
    },
  },
  late('down'),
  late('up'),
  {
    id: 'barge.p50',
    title: 'Barge-in p50',
    unit: 'ns',
    better: 'lower',
    scale: 'difference',
    endpoint: 'P13',
    // One frame.
    margin: { ratio: undefined, absolute: 20 * NS_PER_MS, isForUsers: true },
    isOneWay: true,
    absence: 'some interruption did not stop the answer before its own end',
    definition:
      'from when the first frame of an interruption was due at the client to the last frame of the answer that it received, 0 where none came after it; median of the interruptions of a trial, all of which must have stopped their answer',
    value: ({ duplex: { bargeIns }, distributions: { bargeInNs } }) =>
      bargeIns.of === 0 || bargeIns.stopped < bargeIns.of ? undefined : quantileOf(bargeInNs, 0.5),
  },
  bytes('down'),
  bytes('up'),
  delivery('down', 0.5),
  delivery('up', 0.5),
  {
    id: 'frame.up.rate',
    title: 'Frames up per second',
    unit: 'count',
    better: 'higher',
    scale: 'ratio',
    definition: 'frames that were due in the window and that the server took/window and session',
    value: ({ duplex: { up, sessions }, windowNs }) =>
      sessions === 0 ? undefined : up.delivered / sessions / (windowNs / NS_PER_S),
  },
  {
    id: 'frame.behind.max',
    title: 'Longest delivery behind the large message',
    unit: 'ns',
    better: 'lower',
    scale: 'ratio',
    isOneWay: true,
    absence: 'no large message came',
    definition:
      'from when a frame was due to its receipt, the longest of the frames down that were due on its connection while a message of 1 MiB was under way by the plan',
    value: ({ duplex }) => duplex.behindLargeMaxNs,
  },
];

function audioSeconds({ up, down, frameNs }: DuplexRecord): number {
  return ((up.delivered + down.delivered) * frameNs) / NS_PER_S;
}

export const voiceMetrics: readonly Metric[] = inOrder(ofTrials('duplex', own));
