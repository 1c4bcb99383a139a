// The table of the flags of `run`: the only place to add one to. Commander's options, help,
// refusals, the configuration file and its schema, the rules of a suite, the command that repeats a
// run and the table in docs/usage.md are made from it. Its order is that of the repeated command;
// help sorts by group.

import { faultNames } from '../contract/faults.ts';
import { payloadNames } from '../contract/payload.ts';
import { policyNames } from '../contract/reconnect-policy.ts';
import { DEFAULT_CLIENT, clientStacks } from '../contract/arms/stacks.ts';
import { isCopy, transportForm } from '../contract/arms/arms.ts';
import { dialectIds } from '../contract/dialects/dialect-ids.ts';
import { DEFAULT_PATH, pathNames, paths } from '../contract/arms/paths.ts';
import { proxyNames } from '../contract/arms/proxies/proxies.ts';
import { transportIds } from '../contract/arms/transports.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { sources } from '../contract/upstream.ts';
import { DEFAULT_HEARTBEAT_NS, usualBackpressureBytes } from '../plan/defaults.ts';
import { presetNames } from '../plan/presets.ts';
import { allWorkloadNames } from '../plan/workloads.ts';
import type { Flag, FlagValues } from './flag.ts';
import {
  canRerun,
  isReplay,
  writeClient,
  writeConnections,
  writePath,
  writePrecision,
  writeShares,
  writeTokens,
  writeTransports,
} from './repeated-values.ts';

const runFlags = {
  preset: {
    group: 'length',
    kind: 'text',
    value: 'name',
    choices: presetNames,
    help: `how much to measure: ${presetNames.join(', ')}`,
    usual: 'quick',
    example: 'standard',
    repeat: ({ plan }) => plan.preset,
  },
  transports: {
    group: 'arms',
    kind: 'list',
    value: 'list',
    help: `arms, the first is the baseline: ${transportIds.map((id) => transportForm(id)).join(', ')}, each with /client or @path where they differ; all takes those that the scenario can measure`,
    usual: 'by preset',
    example: 'sse,ws',
    repeat: ({ plan }) => writeTransports(plan),
  },
  client: {
    group: 'arms',
    kind: 'text',
    value: 'stack',
    choices: Object.keys(clientStacks),
    help: `client stack that receives: ${Object.keys(clientStacks).join(', ')}`,
    usual: DEFAULT_CLIENT,
    example: 'library',
    repeat: ({ plan }) => writeClient(plan),
  },
  target: {
    group: 'arms',
    kind: 'texts',
    value: 'NAME=URL or file',
    help: 'a server of your own as an arm, or a file of them; may be repeated, the first is the baseline',
    example: 'mine=http://127.0.0.1:8000/stream',
    rule: 'named',
    isPerScenario: true,
    repeat: ({ plan: { targets } }) => targets?.given.target,
  },
  dialect: {
    group: 'arms',
    kind: 'text',
    value: 'name',
    choices: ['auto', ...dialectIds.filter((id) => id !== 'pointers')],
    help: 'what the events of all targets mean; streamduel list dialects names them',
    usual: 'auto: found out from the answer',
    example: 'openai-chat',
    rule: 'named',
    repeat: ({ plan: { targets } }) => targets?.given.dialect,
  },
  method: {
    group: 'arms',
    kind: 'text',
    value: 'method',
    help: 'method of the request to all targets',
    usual: 'POST with a body, else GET',
    example: 'POST',
    rule: 'named',
    repeat: ({ plan: { targets } }) => targets?.given.method,
  },
  header: {
    group: 'arms',
    kind: 'texts',
    value: "'Name: value'",
    help: 'header of the request to all targets; ${NAME} is read from the environment; may be repeated',
    example: 'Authorization: Bearer ${API_KEY}',
    rule: 'named',
    repeat: ({ plan: { targets } }) => targets?.given.header,
  },
  data: {
    group: 'arms',
    kind: 'text',
    value: 'text or @file',
    help: 'body of the request to all targets; ${PROMPT} is one of the prompts',
    usual: 'that of the dialect',
    example: '{"prompt":"${PROMPT}"}',
    rule: 'named',
    repeat: ({ plan: { targets } }) => targets?.given.data,
  },
  message: {
    group: 'arms',
    kind: 'texts',
    value: 'text',
    help: 'message sent once a WebSocket to a target is open; may be repeated',
    usual: 'that of the dialect',
    example: '{"type":"start"}',
    rule: 'named',
    repeat: ({ plan: { targets } }) => targets?.given.message,
  },
  model: {
    group: 'arms',
    kind: 'text',
    value: 'name',
    help: "model in the dialect's usual request",
    example: 'gpt-5-mini',
    rule: 'named',
    repeat: ({ plan: { targets } }) => targets?.given.model,
  },
  prompts: {
    group: 'workload',
    kind: 'text',
    value: 'file',
    help: 'text file with a prompt in each line, drawn from for each stream of a target',
    example: 'prompts.txt',
    rule: 'named',
    repeat: ({ plan: { targets } }) => targets?.given.prompts,
  },
  timeout: {
    group: 'checks',
    kind: 'duration',
    value: 'time',
    help: 'a stream of a target without a byte for this long has failed; ten times as long in all',
    usual: '30s',
    example: '5s',
    rule: 'named',
    repeat: ({ plan: { targets } }) =>
      targets === undefined ? undefined : `${targets.silenceNs / NS_PER_MS}ms`,
  },
  record: {
    group: 'output',
    kind: 'text',
    value: 'file or folder',
    help: 'append every stream of the targets, with the times of all reads and events, as a line of NDJSON; in a folder, one file a target',
    example: 'streams.ndjson',
    rule: 'named',
    repeat: ({ plan: { targets } }) => targets?.recordTo,
  },
  connections: {
    group: 'load',
    kind: 'list',
    value: 'list',
    help: 'concurrent streams, of targets and with --arrivals at most; a list sweeps',
    usual: 'by preset',
    example: '100,1000',
    isPerScenario: true,
    repeat: ({ plan }) => writeConnections(plan),
  },
  loads: {
    group: 'load',
    kind: 'list',
    value: 'list',
    help: 'loads as shares of what the weaker arm carries, which a pilot finds out',
    usual: 'by preset',
    example: '10%,50%',
    rule: 'named',
    repeat: ({ plan }) => writeShares(plan),
  },
  carries: {
    group: 'load',
    kind: 'count',
    value: 'n',
    help: 'streams that the weaker arm carries, instead of a pilot: the same loads again',
    example: '660',
    rule: 'named',
    repeat: ({ plan: { loads } }) => writeNumber(loads?.carriedStreams),
  },
  faults: {
    group: 'faults',
    kind: 'list',
    value: 'list',
    choices: ['all', ...faultNames],
    help: 'faults to inject; streamduel list faults describes them',
    usual: 'all',
    example: 'kill,blackhole',
    rule: 'faults',
    repeat: ({ plan: { loadPoints } }) => joinUnique(loadPoints.map(({ fault }) => fault)),
  },
  policy: {
    group: 'faults',
    kind: 'list',
    value: 'list',
    choices: [...policyNames, 'both'],
    help: `how clients reconnect: ${policyNames.join(', ')}, both`,
    usual: 'by scenario',
    example: 'both',
    rule: 'faults',
    repeat: ({ plan: { loadPoints } }) => joinUnique(loadPoints.map(({ policy }) => policy)),
  },
  heartbeat: {
    group: 'faults',
    kind: 'duration',
    value: 'time',
    help: 'time between heartbeats; a connection without a byte for 2.5 of them is dead',
    usual: '1s',
    example: '500ms',
    rule: 'faults',
    repeat: ({ plan: { recovery } }) =>
      recovery === undefined || recovery.heartbeatNs === DEFAULT_HEARTBEAT_NS
        ? undefined
        : `${recovery.heartbeatNs / NS_PER_MS}ms`,
  },
  resume: {
    group: 'faults',
    kind: 'switch',
    isNegatable: true,
    help: 'whether servers keep tokens for clients that reconnect',
    usual: 'yes',
    example: 'false',
    rule: 'faults',
    repeat: ({ plan: { recovery } }) => (recovery?.isResumable === false ? false : undefined),
  },
  workload: {
    group: 'workload',
    kind: 'text',
    value: 'name or file',
    help: `${allWorkloadNames.join(', ')}, a .json definition, a .ndjson recording, or a text file, which is then tokenised`,
    usual: 'steady',
    example: 'chat',
    repeat: ({ plan, given }) => given.workload ?? plan.workload.name,
  },
  arrivals: {
    group: 'workload',
    kind: 'text',
    value: 'how',
    help: 'when streams begin: steady keeps --connections open; poisson:N begins N a second; FILE, a trace, has starts and lengths of its own; workload is that of --workload; FILE:x10 and workload:x10 are ten times as fast',
    usual: 'steady, or workload where it has arrivals',
    example: 'chat.csv:x10',
    rule: 'named',
    neutral: 'steady',
    repeat: ({ plan: { arrivals } }) => arrivals?.given,
  },
  rate: {
    group: 'workload',
    kind: 'number',
    value: 'n',
    help: 'tokens per second of each stream; of targets, streams begun per second',
    usual: 'by workload and scenario',
    example: '50',
    repeat: ({ plan }) =>
      isReplay(plan)
        ? undefined
        : String(plan.targets?.startsPerSecond ?? plan.workload.tokensPerSecond),
  },
  tokens: {
    group: 'workload',
    kind: 'count',
    value: 'n',
    help: 'tokens of a whole stream',
    usual: 'by workload and scenario',
    example: '150',
    rule: 'steady',
    repeat: ({ plan }) => (isReplay(plan) ? undefined : writeTokens(plan)),
  },
  payload: {
    group: 'workload',
    kind: 'text',
    value: 'name',
    choices: payloadNames,
    help: `form of a token's message: ${payloadNames.join(', ')}`,
    usual: 'lean',
    example: 'openai',
    repeat: ({ plan }) => plan.payload,
  },
  slo: {
    group: 'checks',
    kind: 'texts',
    value: 'objective',
    help: 'what must hold for a load to count as carried; may be repeated',
    usual: 'attainment.50ms >= 99%, the share of tokens within 50 ms of when they were due',
    example: 'attainment.20ms >= 99%',
    rule: 'named',
    repeat: ({ plan: { search } }) => search?.objectives.map(({ text }) => text),
  },
  blocks: {
    group: 'length',
    kind: 'count',
    value: 'n',
    help: 'measured blocks: one trial of every arm at every load each',
    usual: 'by preset',
    example: '12',
    repeat: ({ plan }) => String(plan.blocks),
  },
  warmup: {
    group: 'length',
    kind: 'duration',
    value: 'time',
    help: 'time before the window, ramp included',
    usual: 'by preset',
    example: '3s',
    rule: 'steady',
    repeat: ({ plan }) => `${plan.warmupNs / NS_PER_MS}ms`,
  },
  duration: {
    group: 'length',
    kind: 'duration',
    value: 'time',
    help: 'measured window of a trial',
    usual: 'by preset',
    example: '10s',
    rule: 'steady',
    repeat: ({ plan }) => `${plan.windowNs / NS_PER_MS}ms`,
  },
  backpressure: {
    group: 'load',
    kind: 'size',
    value: 'size',
    help: 'a receiver this far behind its plan is cut off, on every transport',
    usual: '1MiB, more where messages are large',
    example: '256KiB',
    repeat: ({ plan }) =>
      plan.backpressureBytes === usualBackpressureBytes(plan)
        ? undefined
        : `${plan.backpressureBytes}B`,
  },
  aa: {
    group: 'checks',
    kind: 'switch',
    help: 'compare the baseline with itself too: prints the noise floor beside each verdict',
    repeat: ({ plan }) => plan.arms.some(isCopy) || undefined,
  },
  precision: {
    group: 'length',
    kind: 'text',
    value: '[metric:]p%',
    help: 'measure until the 95 % intervals of all endpoints, or of some metrics, are this narrow; at least 10 blocks',
    example: 'delivery.p50:5%',
    repeat: ({ plan }) => writePrecision(plan),
  },
  maxTime: {
    group: 'length',
    kind: 'duration',
    value: 'time',
    help: 'end --precision after this long',
    usual: '10m',
    example: '5m',
    repeat: ({ plan: { stop } }) =>
      stop === undefined ? undefined : `${stop.maxTimeNs / NS_PER_S}s`,
  },
  pilot: {
    group: 'length',
    kind: 'switch',
    help: 'six blocks and no verdicts: says how many blocks the margins, or a --precision, need here',
    repeat: ({ plan }) => plan.isPilot || undefined,
  },
  rerun: {
    group: 'length',
    kind: 'switch',
    isNegatable: true,
    help: 'whether blocks that the machine disturbed are measured again, a quarter more at most',
    usual: 'yes, but not in quick',
    example: 'false',
    repeat: ({ plan }) => (canRerun(plan) ? plan.extraBlocks !== undefined : undefined),
  },
  source: {
    group: 'workload',
    kind: 'text',
    value: 'source',
    choices: Object.keys(sources),
    help: 'what writes the tokens: timer, or upstream, a process that stands for the model and is read token by token',
    usual: 'timer',
    example: 'upstream',
    rule: 'named',
    neutral: 'timer',
    repeat: ({ plan }) => plan.source,
  },
  clientProcesses: {
    group: 'load',
    kind: 'count',
    value: 'n',
    help: 'load processes; each runs an equal share of the streams',
    usual: '1',
    example: '2',
    neutral: '1',
    repeat: ({ plan }) => writeNumber(plan.clientProcesses),
  },
  serverProcesses: {
    group: 'load',
    kind: 'count',
    value: 'n',
    help: 'server processes of an arm, each on a port of its own',
    usual: '1',
    example: '2',
    neutral: '1',
    repeat: ({ plan }) => writeNumber(plan.serverProcesses),
  },
  path: {
    group: 'arms',
    kind: 'text',
    value: 'name',
    choices: pathNames,
    help: `what is between servers and clients: ${pathNames.filter((path) => paths[path].real === undefined).join(', ')}, or a real proxy as its documentation begins (${proxyNames.join(', ')}) or with what it lacks (NAME-fixed); direct is loopback, netns needs root`,
    usual: DEFAULT_PATH,
    example: 'relay',
    rule: 'named',
    neutral: DEFAULT_PATH,
    repeat: ({ plan }) => writePath(plan),
  },
  tls: {
    group: 'arms',
    kind: 'switch',
    help: 'every arm over TLS 1.3, with a certificate made for the run; +tls at the end of a transport for one arm',
    // The arms of the repeated command say so themselves.
    repeat: () => undefined,
  },
  nats: {
    group: 'machine',
    kind: 'text',
    value: 'url',
    help: 'measure on agents (streamduel agent) that are at this broker; see docs/scale-out.md',
    usual: 'all processes on this machine',
    example: 'nats://127.0.0.1:4222',
    rule: 'named',
    repeat: ({ plan, given }) => (plan.agents === undefined ? undefined : given.nats),
  },
  creds: {
    group: 'machine',
    kind: 'text',
    value: 'file',
    help: 'credentials for that broker: a .creds file, or YAML with user and password, or token',
    usual: 'none, for a broker on this machine',
    example: 'controller.creds',
    rule: 'named',
    repeat: ({ plan, given }) => (plan.agents === undefined ? undefined : given.creds),
  },
  loadAgents: {
    group: 'machine',
    kind: 'count',
    value: 'n',
    help: 'agents that open the streams, equal shares of them',
    usual: '1 with --nats',
    example: '4',
    rule: 'named',
    repeat: ({ plan }) => writeNumber(plan.agents?.load),
  },
  serverAgents: {
    group: 'machine',
    kind: 'count',
    value: 'n',
    help: 'agents with a server; each has the same number of load processes',
    usual: '1 with --nats',
    example: '1',
    rule: 'named',
    repeat: ({ plan }) => writeNumber(plan.agents?.server),
  },
  agentLabels: {
    group: 'machine',
    kind: 'list',
    value: 'list',
    help: 'only agents with all of these labels',
    usual: 'any',
    example: 'zone=a,size=big',
    rule: 'named',
    repeat: ({ plan }) => writeLabels(plan.agents?.labels),
  },
  pin: {
    group: 'machine',
    kind: 'switch',
    isNegatable: true,
    help: 'bind server and client to one CPU each, swapped every block',
    usual: 'yes where there are two CPUs and taskset',
    example: 'false',
    repeat: ({ plan }) => plan.pin,
  },
  stamps: {
    group: 'output',
    kind: 'switch',
    help: 'keep the binary stamps of every token in the run folder',
    repeat: ({ plan }) => plan.keepStamps || undefined,
  },
  canary: {
    group: 'checks',
    kind: 'switch',
    help: 'send ordinary requests beside the streams and time them',
    repeat: ({ plan }) => (plan.canary === undefined ? undefined : true),
  },
  browser: {
    group: 'arms',
    kind: 'text',
    value: 'path',
    help: 'the Chromium that receives, with --client browser',
    usual: 'the first one on PATH, else that of npm package @sparticuz/chromium',
    example: '/usr/bin/chromium',
    rule: 'named',
    repeat: ({ plan }) => plan.browser,
  },
  seed: {
    group: 'workload',
    kind: 'count',
    value: 'n',
    help: 'the same workload and order again',
    usual: 'random, printed in the report',
    example: '7',
    repeat: ({ plan }) => String(plan.seed),
  },
  failIf: {
    group: 'checks',
    kind: 'texts',
    value: 'threshold',
    help: 'exit 1 when it holds for any arm, or for the one before a colon; may be repeated',
    example: 'delivery.p99 > 50ms',
    repeat: ({ given }) => given.failIf,
  },
  port: {
    group: 'machine',
    kind: 'count',
    value: 'n',
    help: 'server port; 0 takes any free one',
    usual: '0',
    example: '8080',
  },
  out: {
    group: 'output',
    kind: 'text',
    value: 'dir',
    help: 'folder for run folders',
    usual: 'reports',
    example: 'reports',
  },
  name: {
    group: 'output',
    kind: 'text',
    value: 'name',
    help: "end of the run folder's name",
    usual: 'the preset',
    example: 'before',
  },
  continue: {
    group: 'output',
    kind: 'text',
    value: 'dir',
    help: 'finish an interrupted run or suite',
    example: 'reports/2026-01-02T03-04-05Z-quick',
    isCommandLineOnly: true,
  },
  config: {
    group: 'output',
    kind: 'text',
    value: 'file',
    help: 'read flags from a YAML or JSON file; those of the command line win; streamduel init config prints a template',
    example: 'bench.yaml',
    isCommandLineOnly: true,
  },
  dryRun: {
    group: 'output',
    kind: 'switch',
    help: 'print the plan and how long it takes, and measure nothing',
    isCommandLineOnly: true,
  },
  json: {
    group: 'output',
    kind: 'switch',
    help: 'print the analysis as JSON instead of the table',
  },
  quiet: {
    group: 'output',
    kind: 'switch',
    help: 'no progress on stderr',
  },
  verbose: {
    group: 'output',
    kind: 'switch',
    help: 'print what servers and clients print, and stacks of errors',
  },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof runFlags;

export const flagNames = Object.keys(runFlags) as FlagName[];

/** Flags as given; undefined where the plan decides. */
export type RunFlags = {
  readonly [Name in FlagName]?: FlagValues[(typeof runFlags)[Name]['kind']];
};

/**
 * A scenario's exception to the rule of a flag: it takes it; it sets the value itself; it
 * takes it when it is measured alone, and is measured without it in a suite; or it does not take
 * it, and why.
 */
type Stance = 'takes' | 'sets' | 'alone' | { readonly refuses: string };

export type ScenarioFlags = { readonly [Name in FlagName]?: Stance };

/** The entry of a flag with all optional members. */
export function flagOf(name: FlagName): Flag {
  return runFlags[name];
}

/** `client-processes`: a flag as it is written, without dashes. */
export function flagWords(name: FlagName): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function writeNumber(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function writeLabels(labels: Readonly<Record<string, string>> | undefined): string | undefined {
  if (labels === undefined) return undefined;
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

function joinUnique(values: readonly (string | undefined)[]): string {
  return [...new Set(values)].filter((one) => one !== undefined).join(',');
}
