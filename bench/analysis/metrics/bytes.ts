// Metrics of bytes. On the socket they are counted, not sampled, and follow from the
// specifications, so two arms are compared without a test. Only on the wire, where tokens share
// segments, does the timing of the trial matter.

import { hasUnseenFrames, reusesConnections } from '../../contract/arms/arms.ts';
import { paths } from '../../contract/arms/paths.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { CompletedTrial, SocketCounts } from '../../contract/run-file.ts';
import type { Margin, SteadyMetric } from './metric.ts';

const MARGIN: Margin = { ratio: 0.05, absolute: undefined };
/** The parts of a counted value are compared, but none of them is a verdict of its own. */
const NO_MARGIN: Margin = { ratio: undefined, absolute: undefined };

const ABSENCE = 'the resume ids were not counted, or a stream was not verified';

/** IPv4 20, TCP 20, its time-stamp option 12; RFC 791, RFC 9293, RFC 7323. */
const SEGMENT_HEADER_BYTES = 52;

/**
 * undefined unless every stream was verified to its end: only then do the counters of both sides
 * cover the same tokens.
 */
function verifiedTokens({ client, server }: CompletedTrial): number | undefined {
  const isWhole =
    client.streamsVerified === client.streamsPlanned &&
    server.streamsFinished === client.streamsVerified;
  return isWhole && client.tokensReceived > 0 ? client.tokensReceived : undefined;
}

/** Bytes of all control events and stream ends; undefined for a transport without a byte model. */
function controlBytes({
  client: { modelBytes, modelTokenBytes },
}: CompletedTrial): number | undefined {
  return modelBytes === undefined || modelTokenBytes === undefined
    ? undefined
    : modelBytes - modelTokenBytes;
}

function tokenBytes(trial: CompletedTrial): number | undefined {
  const tokens = verifiedTokens(trial);
  const control = controlBytes(trial);
  if (tokens === undefined || control === undefined || hasUnseenFrames(trial.arm)) return undefined;
  // Frames that a library makes of what it is given are counted where they arrive: not by a client
  // that does not see them.
  const { tokenFrameBytes } = trial.client;
  const hasFrames = transports[trial.arm.transport].capabilities.http === 2;
  if (hasFrames && tokenFrameBytes === undefined) return undefined;
  return (
    (trial.server.bytesWritten - trial.server.headBytes - control + (tokenFrameBytes ?? 0)) / tokens
  );
}

function payloadBytes(trial: CompletedTrial): number | undefined {
  const tokens = verifiedTokens(trial);
  return tokens === undefined ? undefined : trial.client.payloadBytes / tokens;
}

/** Zero when the payload or the transport has no resume id. */
function idBytes(trial: CompletedTrial): number | undefined {
  const tokens = verifiedTokens(trial);
  const { modelIdBytes } = trial.client;
  return tokens === undefined || modelIdBytes === undefined ? undefined : modelIdBytes / tokens;
}

/**
 * Bytes counted on the sockets besides payloads and resume ids, so that the three add up; gate C2
 * checks them by the byte model.
 */
function framingBytes(trial: CompletedTrial): number | undefined {
  const payload = payloadBytes(trial);
  const withoutId = withoutIdBytes(trial, tokenBytes(trial));
  return payload === undefined || withoutId === undefined ? undefined : withoutId - payload;
}

function withoutIdBytes(trial: CompletedTrial, all: number | undefined): number | undefined {
  const id = idBytes(trial);
  return all === undefined || id === undefined ? undefined : all - id;
}

function wireBytes(trial: CompletedTrial): number | undefined {
  const counted = snapshot(trial);
  return counted && (counted.tokenBytes + SEGMENT_HEADER_BYTES * counted.segments) / counted.tokens;
}

function streamBytes(trial: CompletedTrial): number | undefined {
  const control = controlBytes(trial);
  if (verifiedTokens(trial) === undefined || control === undefined) return undefined;
  return (trial.server.headBytes + control) / trial.server.streamsFinished;
}

interface Snapshot {
  /** Payload bytes of TCP that carried tokens on the open sockets, each byte once. */
  readonly tokenBytes: number;
  readonly segments: number;
  /** Segments sent by the server that carried bytes. */
  readonly dataSegments: number;
  readonly tokens: number;
}

/**
 * The sockets that were open after the window, by TCP_INFO; if they were counted after the ramp
 * too, only the growth since, so that segments in which connections were opened are left out.
 */
export function snapshot(trial: CompletedTrial): Snapshot | undefined {
  // An answer that is sent as a whole has left nothing yet on a socket that is open.
  if (!transports[trial.arm.transport].capabilities.incremental) return undefined;
  // A proxy's connections to the server are not those of clients, and carry stream after stream.
  if (paths[trial.arm.path].real !== undefined) return undefined;
  // On a connection that was used again the kernel has counted the streams before this one, too, and
  // over TLS the handshake.
  if (reusesConnections(trial.arm) || trial.arm.tls === true) return undefined;
  const all = countSockets(trial);
  if (all === undefined || all.tokens === 0) return undefined;
  if (trial.afterRamp === undefined) return all;
  const earlier = countSockets(trial.afterRamp);
  if (earlier === undefined || earlier.tokens >= all.tokens) return undefined;
  return {
    tokenBytes: all.tokenBytes - earlier.tokenBytes,
    segments: all.segments - earlier.segments,
    dataSegments: all.dataSegments - earlier.dataSegments,
    tokens: all.tokens - earlier.tokens,
  };
}

/**
 * The kernel counts bytes, not tokens; the server counted both immediately before and after, so the
 * tokens behind the kernel's bytes lie between its two counts, where the bytes do.
 */
function countSockets({ tcp, openCounts: { before, after } }: SocketCounts): Snapshot | undefined {
  if (tcp === undefined || before.streams === 0) return undefined;
  const sentBytes = tcp.bytesSent - tcp.bytesRetransmitted;
  const between =
    after.bytes === before.bytes ? 0 : (sentBytes - before.bytes) / (after.bytes - before.bytes);
  const share = Math.min(1, Math.max(0, between));
  const at = (first: number, last: number): number => first + share * (last - first);
  return {
    tokenBytes: sentBytes - at(before.preludeBytes, after.preludeBytes),
    segments: tcp.segmentsOut + tcp.segmentsIn,
    dataSegments: tcp.dataSegmentsOut,
    tokens: at(before.tokens, after.tokens),
  };
}

const part = {
  unit: 'bytes/token',
  better: 'neither',
  isExact: true,
  controls: 'nothing',
  margin: NO_MARGIN,
  absence: ABSENCE,
} as const;

export const byteMetrics: readonly SteadyMetric[] = [
  {
    id: 'bytes.token',
    title: 'Bytes per token with resume id',
    unit: 'bytes/token',
    controls: 'nothing',
    better: 'lower',
    scale: 'ratio',
    isExact: true,
    margin: MARGIN,
    definition:
      'B1: (bytes written to the sockets − response heads − control events and ends)/tokens; only where every stream was verified',
    value: tokenBytes,
  },
  {
    id: 'bytes.payload',
    title: 'Payload bytes per token',
    unit: 'bytes/token',
    controls: 'nothing',
    better: 'neither',
    scale: 'ratio',
    isExact: true,
    margin: MARGIN,
    definition:
      'bytes of the payloads/tokens; equal in every arm by construction, except where tokens are bytes, which text messages carry in base64',
    value: payloadBytes,
  },
  {
    id: 'bytes.framing',
    title: 'Framing bytes per token',
    ...part,
    scale: 'ratio',
    definition:
      'B1 − payload − resume id: what the transport puts around each token, such as the chunk and event lines of SSE or the frame header of WebSocket',
    value: framingBytes,
  },
  {
    id: 'bytes.id',
    title: 'Resume id bytes per token',
    ...part,
    // Most arms have no resume id, so a ratio would not exist.
    scale: 'difference',
    definition:
      'bytes that the byte model gives a token for the `id:` line of an event stream/tokens; 0 over transports that resume by the number in the payload',
    value: idBytes,
  },
  {
    id: 'bytes.token.without-id',
    title: 'Bytes per token without resume id',
    ...part,
    scale: 'ratio',
    definition: 'B1 − resume id: payload and framing',
    value: (trial) => withoutIdBytes(trial, tokenBytes(trial)),
  },
  {
    id: 'bytes.stream',
    title: 'Bytes per stream besides tokens',
    unit: 'bytes',
    controls: 'nothing',
    better: 'lower',
    scale: 'ratio',
    isExact: true,
    margin: MARGIN,
    definition: '(response heads + control events + ends)/streams, from the server to the client',
    value: streamBytes,
  },
  {
    id: 'bytes.token.tcp',
    title: 'TCP payload bytes per token with resume id',
    unit: 'bytes/token',
    controls: 'nothing',
    better: 'lower',
    scale: 'ratio',
    isExact: true,
    dependsOnTiming: true,
    margin: MARGIN,
    definition:
      'B2: (bytes sent − retransmitted − heads and open events)/tokens by TCP_INFO, over the sockets open after the window, in bursts only since the ramp; without TLS it is B1 of those streams',
    value: (trial) => {
      const counted = snapshot(trial);
      return counted && counted.tokenBytes / counted.tokens;
    },
  },
  {
    id: 'bytes.token.wire',
    title: 'Bytes per token on the wire with resume id',
    unit: 'bytes/token',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    isExact: true,
    dependsOnTiming: true,
    margin: MARGIN,
    definition: `B3: B2 + ${SEGMENT_HEADER_BYTES} bytes of IPv4 and TCP header for each segment of those sockets, both ways, pure acknowledgements included; without link layer and without the bytes of the request`,
    value: wireBytes,
  },
  {
    id: 'bytes.token.wire.without-id',
    title: 'Bytes per token on the wire without resume id',
    ...part,
    // Tokens that share a segment share its headers.
    controls: 'batching',
    scale: 'ratio',
    dependsOnTiming: true,
    definition:
      'B3 − resume id, as a mean over all tokens of the trial; the segments are those that were counted with it',
    value: (trial) => withoutIdBytes(trial, wireBytes(trial)),
  },
];
