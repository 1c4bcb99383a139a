import { BenchError } from '../../contract/errors.ts';
import type { LoadPoint } from '../../contract/load-point.ts';
import { payloads } from '../../contract/payload.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { PresetName } from '../../plan/presets.ts';
import { undivided, type Scenario } from '../scenario.ts';

/** 100 Mbit/s: a message of 1 MiB is under way for 84 ms, or four frames. */
const LINK_BYTES_PER_SECOND = 12.5e6;
/** 0 is the relay alone, which the longer presets hold against none. */
const ROUND_TRIPS_MS = {
  smoke: [80],
  quick: [20, 80],
  standard: [0, 20, 80],
  publication: [0, 20, 80],
} as const satisfies Record<PresetName, readonly number[]>;
const FRAME_NS = 20 * NS_PER_MS;
const DEADLINE_NS = 60 * NS_PER_MS;

const OWN_SESSIONS = { refuses: 'its sessions carry audio frames of 20 ms in both directions' };

/** Audio goes up and down at once, and users interrupt the answers. */
export const voice = {
  name: 'voice',
  question: 'Does a voice session work over SSE, at which delay of the network, and at what cost?',
  summary:
    'audio frames of 20 ms up and down at once: WebSocket in binary or base64, SSE with a POST a frame or one POST up; late frames, barge-in, behind 1 MiB',
  flags: {
    rate: 'sets',
    tokens: 'sets',
    payload: OWN_SESSIONS,
    workload: OWN_SESSIONS,
    path: { refuses: 'its load points say what is between client and server' },
    canary: { refuses: 'its delayed path is that of the sessions alone' },
    stamps: { refuses: 'its frames are summarised where they are received' },
    ...undivided,
  },
  needs: ['upward', 'single-streams', 'own-sockets', 'told-attempts', 'incremental'],
  procedure: 'duplex',
  measures: {
    transports: ['ws-binary', 'ws', 'sse+posts', 'sse+upload'],
    workload: {
      tokensPerSecond: 50,
      tokensPerStream: 150,
      firstTokenMedianMs: 0,
      firstTokenSigma: 0,
    },
    payload: 'audio',
    sizes: {
      smoke: {
        connections: [4],
        blocks: 1,
        burnInBlocks: 0,
        warmupNs: 700 * NS_PER_MS,
        windowNs: 1500 * NS_PER_MS,
        verdicts: false,
      },
      // Whether sessions work needs no comparison: five blocks give intervals, and so many endpoints
      // would need eleven for a verdict. A p99 would need windows of 5 s.
      quick: {
        connections: [8],
        blocks: 5,
        burnInBlocks: 0,
        warmupNs: 800 * NS_PER_MS,
        windowNs: 2 * NS_PER_S,
        lanes: 2,
        verdicts: true,
      },
      // An hour: p99 is there in each block only in windows of 10 s and more.
      standard: {
        connections: [16],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 1 * NS_PER_S,
        windowNs: 10 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [16],
        blocks: 20,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 20 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections, preset) =>
      connections.flatMap((count) => [
        sessionsOf(count),
        ...ROUND_TRIPS_MS[preset].map((ms) => sessionsOf(count, { roundTripNs: ms * NS_PER_MS })),
        sessionsOf(count, { largeBytes: MIB, linkBytesPerSecond: LINK_BYTES_PER_SECOND }),
      ]),
    conditions: (_flags, { connections, windowNs }) => {
      checkFrames(connections, windowNs);
      return {
        duplex: {
          frameNs: FRAME_NS,
          frameBytes: payloads.audio.chunk?.bytes ?? 0,
          deadlineNs: DEADLINE_NS,
          // Longer than the two round trips of 80 ms that it takes to open a session.
          leadNs: 300 * NS_PER_MS,
          interruptEveryFrames: 50,
          interruptFrames: 10,
          answerNs: 700 * NS_PER_MS,
        },
      };
    },
  },
} as const satisfies Scenario;

/** They are counted as streams: a session over SSE has two connections. */
function sessionsOf(count: number, point: Partial<LoadPoint> = {}): LoadPoint {
  return { connections: count, isOfStreams: true, ...point };
}

/** Each process tells what came of every frame in one message. */
const MOST_FRAMES = 500_000;

/** @throws BenchError USAGE for more frames than a trial can tell of. */
function checkFrames(connections: readonly number[], windowNs: number): void {
  const most = Math.floor((MOST_FRAMES * FRAME_NS) / windowNs);
  for (const count of connections)
    if (count > most)
      throw new BenchError(
        'USAGE',
        `--connections ${count}: expected at most ${most} in scenario voice for a window of ${windowNs / NS_PER_S} s: every frame is counted by itself`,
      );
}
