// Test support: made-up runs of scenario `browser-limits`. Their numbers come from no measurement.

import { armName, type Arm } from '../../contract/arms/arms.ts';
import type {
  BrowserLimitsPlan,
  BrowserLimitsTally,
  PageStream,
} from '../../contract/browser-limits.ts';
import type { BrowserLimitsTrial, CompletedTrial, SavedRun } from '../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { finishedOf } from '../../analysis/trial-fixture.ts';

const limitsPlan: BrowserLimitsPlan = {
  mostEventSources: 10,
  eventSourcesPerTab: 4,
  sharedPerTab: 0.6,
  patienceNs: { sse: 1.5 * NS_PER_S, ws: 6 * NS_PER_S, request: 1.5 * NS_PER_S },
};

/** The first `opened` streams open, 10 ms each; the others are in `state`. */
export function pageStreams(
  opened: number,
  others: number,
  state: 'waiting' | 'failed' = 'waiting',
): PageStream[] {
  return Array.from({ length: opened + others }, (_, index): PageStream => {
    const askedNs = Math.min(index, opened) * 10 * NS_PER_MS;
    if (index < opened) return { state: 'opened', askedNs, tookNs: 10 * NS_PER_MS };
    return state === 'waiting'
      ? { state, askedNs }
      : { state, askedNs, tookNs: NS_PER_MS, how: 'close code 1006' };
  });
}

/** Six streams open, as over HTTP/1.1: all others wait, and tabs share the limit. */
export const waitingTally: BrowserLimitsTally = {
  node: 'v24.0.0',
  browser: 'Chromium 999.0.1',
  oneByOne: pageStreams(6, 4),
  next: { fate: 'waits', servedAfterNs: 4 * NS_PER_MS },
  requests: {
    beforeNs: [3, 1, 2].map((ms) => ms * NS_PER_MS),
    whileOpen: { streams: 6, answeredNs: [], afterClosingNs: 5 * NS_PER_MS },
    afterNs: [2 * NS_PER_MS],
  },
  atOnce: { asked: 10, opened: 6, waiting: 4, failures: [], spanNs: 20 * NS_PER_MS },
  tabs: [
    { asked: 4, opened: 4, waiting: 0, failures: [], spanNs: 9 * NS_PER_MS },
    { asked: 3, opened: 2, waiting: 1, failures: [], spanNs: 7 * NS_PER_MS },
  ],
  serverStreams: 6,
  brokenStreams: 0,
};

/** So many streams open, as over HTTP/2: all others wait, and tabs share the limit. */
function sharedTally(opened: number, inEachTab: number): BrowserLimitsTally {
  const left = opened - inEachTab;
  return {
    ...waitingTally,
    oneByOne: pageStreams(opened, 300 - opened),
    next: { fate: 'waits', servedAfterNs: 3 * NS_PER_MS },
    requests: {
      ...waitingTally.requests,
      whileOpen: { streams: opened, answeredNs: [], afterClosingNs: 4 * NS_PER_MS },
    },
    atOnce: {
      asked: 300,
      opened,
      waiting: 300 - opened,
      failures: [],
      spanNs: 80 * NS_PER_MS,
    },
    tabs: [
      { asked: inEachTab, opened: inEachTab, waiting: 0, failures: [], spanNs: 50 * NS_PER_MS },
      { asked: left + 1, opened: left, waiting: 1, failures: [], spanNs: 40 * NS_PER_MS },
    ],
    serverStreams: opened,
  };
}

/**
 * 200 streams of 300 open in one tab, more in two; the next one fails, and requests are answered.
 */
export const failingTally: BrowserLimitsTally = {
  ...waitingTally,
  oneByOne: pageStreams(200, 100, 'failed'),
  next: { fate: 'fails', how: 'close code 1006', servedAfterNs: 2100 * NS_PER_MS },
  requests: {
    beforeNs: [2 * NS_PER_MS],
    whileOpen: { streams: 200, answeredNs: [2.5 * NS_PER_MS, 2.5 * NS_PER_MS] },
    afterNs: [2 * NS_PER_MS],
  },
  atOnce: {
    asked: 300,
    opened: 199,
    waiting: 0,
    failures: [{ how: 'close code 1006', count: 101 }],
    spanNs: 12 * NS_PER_S,
  },
  tabs: [
    {
      asked: 201,
      opened: 200,
      waiting: 0,
      failures: [{ how: 'close code 1006', count: 1 }],
      spanNs: NS_PER_S,
    },
    { asked: 91, opened: 90, waiting: 1, failures: [], spanNs: NS_PER_S },
  ],
  serverStreams: 200,
};

function asLimits(trial: CompletedTrial, browserLimits: BrowserLimitsTally): BrowserLimitsTrial {
  const finished = finishedOf(trial);
  return {
    ...finished,
    outcome: 'browser-limits',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    browserLimits,
    gates: finished.gates.filter(({ kind: of }) => of === 'environment'),
    warnings: [],
  };
}

interface LimitsOptions extends Pick<FixtureOptions, 'blocks'> {
  readonly arms?: readonly Arm[];
  readonly tallyOf?: (arm: string, block: number) => BrowserLimitsTally;
}

const page = { client: 'browser', path: 'direct' } as const;

/** One that waits over HTTP/1.1, and one that fails. */
export const ofOneStream: readonly Arm[] = [
  { ...page, transport: 'sse' },
  { ...page, transport: 'ws' },
];

/** Over HTTP/2, with a server that does not say how many streams it allows, and one that does. */
const ofManyStreams: readonly Arm[] = [
  { ...page, transport: 'sse-h2', tls: true },
  { ...page, transport: 'sse-h2', streamsPerConnection: 1000, tls: true },
];

const tallies: Readonly<Record<string, BrowserLimitsTally>> = {
  'sse/browser': waitingTally,
  'sse-h2+tls/browser': sharedTally(90, 60),
  'sse-h2:1000+tls/browser': sharedTally(240, 150),
  'ws/browser': failingTally,
};

export function limitsRun({
  arms = ofOneStream.toSpliced(1, 0, ...ofManyStreams),
  tallyOf = (arm) => tallies[arm] ?? waitingTally,
  blocks = 1,
}: LimitsOptions = {}): SavedRun {
  const run = fixtureRun({
    blocks,
    burnInBlocks: 0,
    edit: (trial) => asLimits(trial, tallyOf(armName(trial.arm), trial.block)),
    command: 'streamduel run browser-limits --seed 1',
    plan: {
      scenario: 'browser-limits',
      preset: 'quick',
      arms: [...arms],
      loadPoints: [{ connections: 300, span: 'browser', isOfStreams: true }],
      browserLimits: limitsPlan,
    },
  });
  const { plan } = run.header;
  const workload = { ...plan.workload, tokensPerStream: 600, tokensPerSecond: 1 };
  return { ...run, header: { ...run.header, plan: { ...plan, workload } } };
}
