// A made-up run of scenario `own-servers` for the tests of this folder: one server started afresh, one
// that all trials shared, which cut some of its streams. Its numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { finishedOf, fixtureDistribution } from '../../analysis/trial-fixture.ts';
import { COPY_LABEL, type Arm } from '../../contract/arms/arms.ts';
import type { CompletedTrial, DistributionName, TargetTrial } from '../../contract/run-file.ts';
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
  const asTarget = (trial: CompletedTrial): TargetTrial => {
    const isSlow = trial.arm.target === 'slow';
    const failed = isSlow ? cut : 0;
    const whole = STREAMS - failed;
    const factor = isSlow ? slower : 1;
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
            ns * noise * (name === 'connectNs' || name === 'startLagNs' ? 1 : factor),
            name.startsWith('inter') ? whole * TOKENS_PER_STREAM : whole,
          ),
        ]),
      ),
      target: {
        node: 'v24.0.0',
        use: trial.client.use,
        startsPlanned: 120,
        startsIssued: 120,
        startsDropped: 0,
        gapsLeftOut: 0,
        causes:
          failed === 0
            ? []
            : [
                {
                  cause: 'cut',
                  count: failed,
                  example: 'the connection ended within a frame; last bytes: {"type":"<b>resp',
                },
              ],
        dialects: { [isSlow ? 'responses' : 'openai-chat']: 120 },
        httpVersions: ['1.1'],
        notCheckable: isSlow ? [{ why: 'events without a sequence number', count: 120 }] : [],
        ...(failed === 0 && { contentSha256: 'a'.repeat(64) }),
        streams: STREAMS,
        whole,
        bytesRead: whole * TOKENS_PER_STREAM * 190,
        reads: whole * TOKENS_PER_STREAM,
        events: whole * (TOKENS_PER_STREAM + 3),
        tokenEvents: whole * TOKENS_PER_STREAM,
        outputTokens: whole * TOKENS_PER_STREAM,
        ...(!isSlow && {
          server: {
            processes: 1,
            cpuNs: whole * TOKENS_PER_STREAM * 60 * NS_PER_US * noise,
            pssBytes: 70 * MIB,
          },
        }),
      },
    };
  };
  const run = fixtureRun({
    connections: [100],
    command: 'streamduel run own-servers --target targets.yaml --seed 1',
    edit: asTarget,
    ...options,
    plan: {
      scenario: 'own-servers',
      arms: isEqual ? [fast, { ...fast, label: COPY_LABEL }] : [fast, slow],
      targets: plan,
      ...(options.verdicts !== undefined && { verdicts: options.verdicts }),
    },
  });
  return analyse(run, targetReading);
}
