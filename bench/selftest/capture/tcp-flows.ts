// Groups captured segments into connections, and restores the bytes of one direction, each with the
// segment that first sent it.

import type { TcpSegment } from './read-pcap.ts';

/** One connection to the server, both directions in the order of the capture. */
export interface TcpFlow {
  readonly toServer: TcpSegment[];
  readonly toClient: TcpSegment[];
}

/**
 * Returns connections in the order in which they began. A client port that is used again begins a
 * new one with its SYN.
 */
export function groupFlows(segments: readonly TcpSegment[], serverPort: number): TcpFlow[] {
  const flows: TcpFlow[] = [];
  const open = new Map<number, TcpFlow>();
  for (const segment of segments) {
    const isToServer = segment.destinationPort === serverPort;
    if (!isToServer && segment.sourcePort !== serverPort) continue;
    const clientPort = isToServer ? segment.sourcePort : segment.destinationPort;
    let flow = open.get(clientPort);
    if (flow === undefined || (isToServer && beginsAnew(flow, segment))) {
      flow = { toServer: [], toClient: [] };
      open.set(clientPort, flow);
      flows.push(flow);
    }
    (isToServer ? flow.toServer : flow.toClient).push(segment);
  }
  return flows;
}

/** A SYN that is sent again, because its answer was late, has the sequence number of the first. */
function beginsAnew(flow: TcpFlow, segment: TcpSegment): boolean {
  return segment.isSyn && flow.toServer[0]?.sequence !== segment.sequence;
}

/** One direction of a connection. */
export interface SentBytes {
  /** Bytes from the first one after the handshake; zeros where nothing was captured. */
  readonly bytes: Buffer;
  /** By byte: index of the segment that carried it first; -1 where nothing was captured. */
  readonly segmentOf: Int32Array;
}

/**
 * Beyond half of the sequence space a number lies before the start, not after it (RFC 9293 §3.4).
 */
const HALF_OF_SEQUENCES = 2 ** 31;

/**
 * Bytes that were sent more than once keep their first segment: the time of the first transmission
 * counts.
 */
export function reassemble(segments: readonly TcpSegment[]): SentBytes {
  const first = segments.find(({ isSyn, payload }) => isSyn || payload.length > 0);
  if (first === undefined) return { bytes: Buffer.alloc(0), segmentOf: new Int32Array() };
  // A SYN counts as one byte.
  const start = first.sequence + (first.isSyn ? 1 : 0);
  const placed = segments
    .map(({ sequence, payload }, segment) => ({ segment, payload, at: (sequence - start) >>> 0 }))
    .filter(({ at, payload }) => payload.length > 0 && at < HALF_OF_SEQUENCES);
  const length = placed.reduce(
    (longest, { at, payload }) => Math.max(longest, at + payload.length),
    0,
  );
  const bytes = Buffer.alloc(length);
  const segmentOf = new Int32Array(length).fill(-1);
  for (const { segment, payload, at } of placed) {
    for (let offset = 0; offset < payload.length; offset++) {
      if (segmentOf[at + offset] !== -1) continue;
      segmentOf[at + offset] = segment;
      bytes[at + offset] = payload[offset] as number;
    }
  }
  return { bytes, segmentOf };
}
