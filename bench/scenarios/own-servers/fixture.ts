// A made-up run of scenario `own-servers` for the tests of this folder: one server started afresh, one
// that all trials shared, which cut some of its streams. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { finishedOf, fixtureDistribution } from '../../analysis/trial-fixture.ts';
import { COPY_LABEL, type Arm } from '../../contract/arms/arms.ts';
import type {
  CompletedTrial,
  DistributionName,
  SavedRun,
  TargetTrial,
} from '../../contract/run-file.ts';
import type { Target, TargetsPlan } from '../../contract/target.ts';
import { MIB, NS_PER_MS, NS_PER_S, NS_PER_US } from '../../contract/units.ts';
import { targetReading } from './reading.ts';
import type { TargetFindings } from './findings.ts';

const fixtureTargets: readonly Target[] = [
  {
    name: 'fast',
    url: 'http://127.0.0.1:${PORT}/v1/chat/completions',
    transport: 'sse-post',
    dialect: 'openai-chat',
    method: 'POST',
    headers: [['authorization', 'Bearer ${API_KEY}']],
    body: '{"stream":true}',
    start: {
      command: ['node', 'server.mjs'],
      directory: '/srv',
      environment: { PORT: '${PORT}' },
      readyTimeoutNs: 30 * NS_PER_S,
    },
  },
  {
    name: 'slow',
    url: 'wss://example.com/v1/responses',
    transport: 'ws',
    dialect: 'responses',
    method: 'GET',
    headers: [],
    messages: ['{"type":"response.create"}'],
  },
];

const plan: TargetsPlan = {
  targets: [...fixtureTargets],
  startsPerSecond: 10,
  prompts: ['one', 'two'],
  silenceNs: 30 * NS_PER_S,
  totalNs: 300 * NS_PER_S,
  given: { target: ['targets.yaml'] },
};

const STREAMS = 100;
const TOKENS_PER_STREAM = 50;

const mediansNs: Partial<Record<DistributionName, number>> = {
  startLagNs: 200 * NS_PER_US,
  connectNs: 150 * NS_PER_US,
  openNs: 4 * NS_PER_MS,
  firstByteNs: 20 * NS_PER_MS,
  firstEventNs: 20 * NS_PER_MS,
  firstTokenNs: 42 * NS_PER_MS,
  ttftNs: 43 * NS_PER_MS,
  endToEndNs: 1040 * NS_PER_MS,
  interTokenNs: 20 * NS_PER_MS,
  interChunkNs: 20 * NS_PER_MS,
  tpotNs: 20 * NS_PER_MS,
};

function armOf({ name, transport }: Target): Arm {
  return { transport, client: 'probe', path: 'direct', target: name };
}

export interface TargetFixtureOptions extends Pick<FixtureOptions, 'blocks' | 'verdicts'> {
  /** Factor on the times of the second target; 1.3 by default. */
  readonly slower?: number;
  /** Streams of a trial of the second target that were cut; 3 by default. */
  readonly cut?: number;
  /** An A/A run of the first one. */
  readonly isEqual?: boolean;
}

export function targetAnalysis({
  slower = 1.3,
  cut = 3,
  isEqual = false,
  ...options
}: TargetFixtureOptions = {}): Analysis & TargetFindings {
  const [fast, slow] = fixtureTargets.map(armOf) as [Arm, Arm];
  const run = runOnTargets(
    {
      arms: isEqual ? [fast, { ...fast, label: COPY_LABEL }] : [fast, slow],
      targets: plan,
      conditionOf: (name) =>
        name === 'slow' ? { timesBy: slower, cut, dialect: 'responses' } : { cpuBy: 1 },
    },
    options,
  );
  return analyse(run, targetReading);
}

export interface FixtureServer {
  readonly name: string;
  /** Factor on the CPU of its WebSocket arm; its event stream has 1. */
  readonly cpuBy: number;
  /** Reads an event of its event stream; WebSocket has 1. */
  readonly readsBy?: number;
}

/** A run over servers that have an event stream and a WebSocket each. */
export function serversRun(servers: readonly FixtureServer[]): SavedRun {
  const [sse, ws] = fixtureTargets as [Target, Target];
  const targets = servers.flatMap(({ name }): Target[] => [
    { ...sse, name: `${name}-sse`, server: name },
    { ...ws, name: `${name}-ws`, server: name, url: 'ws://127.0.0.1:${PORT}/', start: sse.start },
  ]);
  return runOnTargets({
    arms: targets.map(armOf),
    targets: { ...plan, targets },
    conditionOf: (target) => {
      const server = servers.find(({ name }) => target?.startsWith(`${name}-`) === true);
      return target?.endsWith('-ws') === true
        ? { cpuBy: server?.cpuBy ?? 1, dialect: 'responses' }
        : { cpuBy: 1, readsBy: server?.readsBy ?? 1 };
    },
  });
}

export function serversAnalysis(servers: readonly FixtureServer[]): Analysis & TargetFindings {
  return analyse(serversRun(servers), targetReading);
}

/** These set a made-up target apart. */
interface Condition {
  readonly timesBy?: number;
  readonly cut?: number;
  readonly dialect?: 'openai-chat' | 'responses';
  /** Absent for a server that was not started by the run. */
  readonly cpuBy?: number;
  readonly readsBy?: number;
}

interface MadeUpTargets {
  readonly arms: Arm[];
  readonly targets: TargetsPlan;
  readonly conditionOf: (target: string | undefined) => Condition;
}

function runOnTargets(
  { arms, targets, conditionOf }: MadeUpTargets,
  options: Pick<FixtureOptions, 'blocks' | 'verdicts'> = {},
): SavedRun {
  return fixtureRun({
    connections: [100],
    command: 'streamduel run own-servers --target targets.yaml --seed 1',
    edit: (trial) => asTarget(trial, conditionOf(trial.arm.target)),
    ...options,
    plan: {
      scenario: 'own-servers',
      arms,
      targets,
      ...(options.verdicts !== undefined && { verdicts: options.verdicts }),
    },
  });
}

function asTarget(
  trial: CompletedTrial,
  { timesBy = 1, cut = 0, dialect = 'openai-chat', cpuBy, readsBy = 1 }: Condition,
): TargetTrial {
  const whole = STREAMS - cut;
  const tokens = whole * TOKENS_PER_STREAM;
  // The noise of the block, as the fixture drew it for a quantity of steady streams.
  const noise = (trial.distributions.openNs?.mean ?? 1) / (600 * NS_PER_US);
  return {
    ...finishedOf(trial),
    outcome: 'target',
    planned: {
      streams: 120,
      tokens: 0,
      windowStarts: STREAMS,
      windowTokens: 0,
      meanConcurrent: 0,
    },
    distributions: Object.fromEntries(
      Object.entries(mediansNs).map(([name, ns]) => [
        name,
        fixtureDistribution(
          ns * noise * (name === 'connectNs' || name === 'startLagNs' ? 1 : timesBy),
          name.startsWith('inter') ? tokens : whole,
        ),
      ]),
    ),
    target: {
      node: 'v24.0.0',
      use: trial.client.use,
      startsPlanned: 120,
      startsIssued: 120,
      startsDropped: 0,
      openAtEnd: 20,
      gapsLeftOut: 0,
      causes:
        cut === 0
          ? []
          : [
              {
                cause: 'cut',
                count: cut,
                example: 'the connection ended within a frame; last bytes: {"type":"<b>resp',
              },
            ],
      dialects: { [dialect]: 120 },
      httpVersions: ['1.1'],
      notCheckable:
        dialect === 'responses' ? [{ why: 'events without a sequence number', count: 120 }] : [],
      ...(cut === 0 && { contentSha256: 'a'.repeat(64) }),
      streams: STREAMS,
      whole,
      bytesRead: tokens * 190,
      reads: tokens * readsBy,
      events: whole * (TOKENS_PER_STREAM + 3),
      tokenEvents: tokens,
      outputTokens: tokens,
      ...(cpuBy !== undefined && {
        server: {
          processes: 1,
          cpuNs: tokens * 60 * NS_PER_US * noise * cpuBy,
          readyPssBytes: 60 * MIB,
          pssBytes: 70 * MIB,
        },
      }),
    },
  };
}
