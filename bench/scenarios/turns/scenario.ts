import { BenchError } from '../../contract/errors.ts';
import type { LoadPoint } from '../../contract/load-point.ts';
import type { TurnConditions } from '../../contract/turn-conditions.ts';
import { conversationNs } from '../../contract/turn-times.ts';
import { KIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { Workload } from '../../contract/workload.ts';
import type { PresetName } from '../../plan/presets.ts';
import { undivided, type Scenario } from '../scenario.ts';

/** 10 Mbit/s: 2.4 kB, which a turn adds with its reply, take 2 ms, and a history of twenty turns 40 ms. */
const UPLINK_BYTES_PER_SECOND = 1.25e6;

interface Networks {
  readonly roundTripsMs: readonly number[];
  /** undefined for no limit. */
  readonly uplinks: readonly (number | undefined)[];
  readonly turns: number;
}

const whole: Networks = {
  roundTripsMs: [0, 20, 80],
  uplinks: [undefined, UPLINK_BYTES_PER_SECOND],
  turns: 20,
};

/** The shortest presets have the two ends of the round trips, on the limited link. */
const networks: Readonly<Record<PresetName, Networks>> = {
  smoke: { roundTripsMs: [0, 80], uplinks: [UPLINK_BYTES_PER_SECOND], turns: 4 },
  quick: { roundTripsMs: [0, 80], uplinks: [UPLINK_BYTES_PER_SECOND], turns: 8 },
  standard: whole,
  publication: whole,
};

/** Every combination of the factors besides the transport, which is the arm. */
function loadPoints(preset: PresetName): readonly LoadPoint[] {
  const { roundTripsMs, uplinks } = networks[preset];
  return uplinks.flatMap((uplinkBytesPerSecond) =>
    roundTripsMs.flatMap((roundTripMs) =>
      (['new', 'kept'] as const).flatMap((connection) =>
        (['resent', 'increment'] as const).map((context): LoadPoint => {
          const turns: TurnConditions = {
            connection,
            context,
            roundTripNs: roundTripMs * NS_PER_MS,
            ...(uplinkBytesPerSecond !== undefined && { uplinkBytesPerSecond }),
          };
          return { connections: 1, turns };
        }),
      ),
    ),
  );
}

/** A conversation ends by itself; this only bounds one that does not. */
const LONGEST_NS = 120 * NS_PER_S;

/** Limits that the server sets to a reply; two tokens, so that it takes time. */
const FEWEST_TOKENS = 2;
const MOST_TOKENS = 100_000;

/** @throws BenchError USAGE for replies that a conversation has no time for */
function checkReplies(workload: Workload, preset: PresetName): void {
  const { tokensPerStream, tokensPerSecond } = workload;
  if (tokensPerStream < FEWEST_TOKENS || tokensPerStream > MOST_TOKENS)
    throw new BenchError(
      'USAGE',
      `--tokens ${tokensPerStream}: expected ${FEWEST_TOKENS} to ${MOST_TOKENS} in scenario turns: a reply has as many`,
    );
  const longestNs =
    conversationNs({ turns: networks[preset], loadPoints: loadPoints(preset), workload }) ?? 0;
  if (longestNs > LONGEST_NS / 2)
    throw new BenchError(
      'USAGE',
      `--rate ${tokensPerSecond}: ${networks[preset].turns} replies of ${tokensPerStream} tokens would take ${Math.round(longestNs / NS_PER_S)} s: expected at most ${LONGEST_NS / 2 / NS_PER_S} s`,
      { hint: 'ask for a higher --rate or fewer --tokens' },
    );
}

/** Both processes are warm before T0; the meters are read a little later. */
const common = { connections: [1], warmupNs: 50 * NS_PER_MS, windowNs: LONGEST_NS } as const;

const OWN_RELAY = { refuses: 'its own relay makes the round trips and the uplink' };
const OWN_LENGTH = { refuses: 'a conversation takes as long as its turns do' };
const OWN_TURNS = { refuses: 'its requests and replies are those of a conversation' };

/** An agent calls a model again and again: what a kept connection, state and the transport save. */
export const turns = {
  name: 'turns',
  question:
    'When an agent calls a model again and again, how much of what WebSocket is said to save comes from the kept connection, how much from the state on the server, and how much from the transport?',
  summary:
    'turn after turn of an agent: new or kept connection, history resent or only what is new, POST with SSE or WebSocket, over round trips and an uplink',
  flags: {
    ...undivided,
    path: OWN_RELAY,
    tls: { refuses: 'the handshake that its relay delays is that of TCP' },
    connections: 'sets',
    duration: 'sets',
    warmup: 'sets',
    payload: OWN_TURNS,
    workload: OWN_TURNS,
    precision: OWN_LENGTH,
    maxTime: OWN_LENGTH,
    canary: { refuses: 'the uplink is that of its one client alone' },
  },
  needs: [
    'single-streams',
    'own-sockets',
    'told-attempts',
    'shared-connections',
    'own-connections',
    'conversations',
  ],
  procedure: 'conversation',
  measures: {
    transports: ['sse-post', 'ws'],
    // 5 ms to the first token and 30 ms for the others: a model that is fast enough for the network
    // to matter.
    workload: {
      tokensPerSecond: 2000,
      tokensPerStream: 60,
      firstTokenMedianMs: 5,
      firstTokenSigma: 0,
    },
    sizes: {
      smoke: { ...common, blocks: 1, burnInBlocks: 0, verdicts: false },
      quick: { ...common, blocks: 6, burnInBlocks: 0, verdicts: true },
      standard: { ...common, blocks: 9, burnInBlocks: 1, verdicts: true },
      publication: { ...common, blocks: 20, burnInBlocks: 1, verdicts: true },
    },
    loadPoints: (_connections, preset) => loadPoints(preset),
    conditions: (_flags, { preset, workload }) => {
      checkReplies(workload, preset);
      return { turns: { turns: networks[preset].turns, inputBytes: 2 * KIB } };
    },
  },
} as const satisfies Scenario;
