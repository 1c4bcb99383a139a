// A made-up run of scenario `completions` for the tests of this folder: SSE and WebSocket by the
// probe, SSE by a load generator that keeps its connections. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { finishedOf, fixtureDistribution } from '../../analysis/trial-fixture.ts';
import { armName, sharesConnections, type Arm } from '../../contract/arms/arms.ts';
import type { CompletedTrial, CompletionsTrial } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { completionsReading } from './reading.ts';

export const fixtureArms: readonly Arm[] = [
  { transport: 'sse', client: 'probe', path: 'direct' },
  { transport: 'ws', client: 'probe', path: 'direct' },
  { transport: 'sse', client: 'autocannon', path: 'direct' },
];

const CONNECTIONS = 20;
const TOKENS = 150;

/**
 * Per arm: time that a stream takes, how busy both sides are, bytes of a stream on the wire and its
 * CPU cost relative to the first arm.
 */
const byArm: Record<
  string,
  { completionMs: number; server: number; client: number; bytes: number; cpu: number }
> = {
  sse: { completionMs: 78, server: 0.31, client: 0.19, bytes: 7400, cpu: 1 },
  ws: { completionMs: 79, server: 0.86, client: 0.18, bytes: 3600, cpu: 1.3 },
  'sse/autocannon': { completionMs: 76.5, server: 0.27, client: 0.22, bytes: 7420, cpu: 0.8 },
  'sse-h2:10': { completionMs: 77, server: 0.29, client: 0.2, bytes: 7000, cpu: 0.9 },
};

function asCompletions(trial: CompletedTrial): CompletionsTrial {
  const { arm, server, client, windowNs } = trial;
  const own = byArm[armName(arm)];
  if (own === undefined) throw new TypeError(`the fixture has no arm ${armName(arm)}`);
  const streams = Math.round((CONNECTIONS * windowNs) / (own.completionMs * NS_PER_MS));
  const seesTokens = arm.client !== 'autocannon';
  const share = (own.cpu * streams) / 400;
  return {
    ...finishedOf(trial),
    outcome: 'completions',
    planned: {
      streams: 0,
      tokens: 0,
      windowStarts: 0,
      windowTokens: 0,
      meanConcurrent: CONNECTIONS,
    },
    distributions: { completionNs: fixtureDistribution(own.completionMs * NS_PER_MS, streams) },
    completions: {
      streams,
      tokens: streams * TOKENS,
      bytesRead: streams * own.bytes,
      client: {
        node: client.node,
        use: { ...client.use, eventLoopUtilisation: own.client },
        streamsAsked: streams,
        streamsWhole: streams,
        streamsAbandoned: 0,
        errors: [],
        ...(seesTokens && { tokenFaults: 0, bytesBesideModel: 0 }),
      },
      server: {
        ...server,
        use: {
          ...server.use,
          cpuUserNs: server.use.cpuUserNs * share,
          cpuSystemNs: server.use.cpuSystemNs * share,
          eventLoopUtilisation: own.server,
        },
      },
    },
  };
}

interface CompletionsOptions extends Pick<FixtureOptions, 'verdicts' | 'blocks'> {
  readonly arms?: readonly Arm[];
}

export function completionsAnalysis({
  arms = fixtureArms,
  ...options
}: CompletionsOptions = {}): Analysis {
  const loadPoint = {
    connections: CONNECTIONS,
    ...(arms.some(sharesConnections) && { isOfStreams: true as const }),
  };
  const run = fixtureRun({
    connections: [CONNECTIONS],
    edit: asCompletions,
    command: 'streamduel run completions --connections 20 --seed 1',
    ...options,
    plan: {
      scenario: 'completions',
      arms: [...arms],
      loadPoints: [loadPoint],
      completions: { tokensPerStream: TOKENS, tokensPerSecond: 2000 },
      workload: {
        name: 'steady',
        tokensPerStream: TOKENS,
        tokensPerSecond: 2000,
        gaps: { kind: 'fixed' },
        firstTokenMedianMs: 0,
        firstTokenSigma: 0,
        segments: [],
        tokenFile: 'tokens.json',
        tokensSha256: '0'.repeat(64),
      },
      ...(options.verdicts !== undefined && { verdicts: options.verdicts }),
    },
  });
  return analyse(run, completionsReading);
}
