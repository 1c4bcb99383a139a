// Metrics of the cost of a stream in CPU, memory and garbage collection, and of how much was
// delivered.

import type { CompletedTrial, MemoryReading } from '../../contract/run-file.ts';
import type { ProcessUse } from '../../contract/tally.ts';
import { NS_PER_S, NS_PER_US } from '../../contract/units.ts';
import { marginalCpu } from '../marginal-cpu.ts';
import type { SteadyMetric } from './metric.ts';

const perToken = (use: ProcessUse, tokens: number): number | undefined =>
  quotient(use.cpuUserNs + use.cpuSystemNs, tokens);

function quotient(dividend: number, divisor: number): number | undefined {
  return divisor > 0 ? dividend / divisor : undefined;
}

function memoryMetric(
  id: string,
  title: string,
  reading: string,
  of: (memory: MemoryReading) => number | undefined,
): SteadyMetric {
  return {
    id,
    title,
    unit: 'bytes',
    controls: 'load',
    better: 'lower',
    // Pages may be given back while the streams are open.
    scale: 'difference',
    definition: `(${reading} of the server at the end of the window − when it began to listen)/open streams; one point, not a slope over connections: what the process grew by while it warmed up is in it`,
    value: ({ memory: { before, after, openStreams } }: CompletedTrial) => {
      const beforeBytes = before && of(before);
      const afterBytes = after && of(after);
      if (beforeBytes === undefined || afterBytes === undefined) return undefined;
      return quotient(afterBytes - beforeBytes, openStreams);
    },
  };
}

/** Metrics of pages. */
export const browserMetrics: readonly SteadyMetric[] = [
  {
    id: 'cpu.browser.token',
    title: 'CPU of the browser per token',
    unit: 'ns/token',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    definition:
      'CPU time of all processes of the browser in the window, by its own account and in steps of 10 ms/tokens the page received in it; drawing the page is in it, the load process that hears it out is not',
    value: ({ client: { browser, windowTokens } }) =>
      browser?.cpuNs && quotient(browser.cpuNs, windowTokens),
  },
  {
    id: 'elu.page',
    title: 'Main thread of the page',
    unit: 'ratio',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    definition:
      'share of the window in which the main thread of the page ran tasks, by the browser’s own account',
    value: ({ client: { browser } }) => browser?.mainThreadShare,
  },
];

/** Metrics of what stands between server and clients. */
export const betweenMetrics: readonly SteadyMetric[] = [
  {
    id: 'cpu.between.token',
    title: 'CPU between server and client per token',
    unit: 'ns/token',
    better: 'lower',
    scale: 'ratio',
    definition:
      'CPU time in the window, in steps of 10 ms, of all processes of the proxy or relay between server and client/tokens that the client received in it',
    absence: 'nothing stood between server and client',
    value: ({ betweenCpuNs, client }) =>
      betweenCpuNs === undefined ? undefined : quotient(betweenCpuNs, client.windowTokens),
  },
];

export const resourceMetrics: readonly SteadyMetric[] = [
  {
    id: 'cpu.server.token',
    title: 'Server CPU per token',
    unit: 'ns/token',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    endpoint: 'P5',
    margin: { ratio: 0.05, absolute: NS_PER_US },
    definition:
      'user and system CPU time of the server in the window/tokens it wrote in it, opening and closing of streams included; on one host the sender is charged much of the receipt',
    value: ({ server }) => perToken(server.use, server.windowTokens),
  },
  {
    id: 'cpu.server.marginal',
    title: 'Server CPU per further token',
    unit: 'ns/token',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    definition:
      '(CPU per second in the window − CPU per second while only the first streams ran)/(tokens per second in the window − tokens per second then): what a token costs a server that is busy anyway',
    absence: 'the run had no phase of low load',
    value: (trial) => marginalCpu(trial)?.nsPerToken,
  },
  {
    id: 'cpu.server.idle',
    title: 'Server CPU at no load',
    unit: 'ratio',
    controls: 'batching',
    better: 'lower',
    scale: 'difference',
    definition:
      'CPU per second in the window − CPU per further token · tokens per second: what the line through both loads leaves for none; wake-ups of the pacer are in it',
    absence: 'the run had no phase of low load',
    value: (trial) => marginalCpu(trial)?.idleShare,
  },
  {
    id: 'cpu.client.token',
    title: 'Client CPU per token',
    unit: 'ns/token',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    definition:
      'user and system CPU time of the client in the window/tokens it received in it: a cost of this client stack',
    value: ({ client }) =>
      client.browser === undefined ? perToken(client.use, client.windowTokens) : undefined,
  },
  {
    id: 'elu.server',
    title: 'Server event-loop utilisation',
    unit: 'ratio',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    definition: 'share of the window in which the event loop did not wait',
    value: ({ server }) => server.use.eventLoopUtilisation,
  },
  {
    id: 'elu.client',
    title: 'Client event-loop utilisation',
    unit: 'ratio',
    controls: 'batching',
    better: 'lower',
    scale: 'ratio',
    definition:
      'share of the window in which the event loop did not wait; a busy client measures itself',
    value: ({ client }) =>
      client.browser === undefined ? client.use.eventLoopUtilisation : undefined,
  },
  {
    id: 'gc.server',
    title: 'Server garbage collection',
    unit: 'ratio',
    controls: 'batching',
    better: 'lower',
    // A window without any collection is common.
    scale: 'difference',
    definition: 'time in garbage collection/window',
    value: ({ server: { use } }) =>
      quotient(use.gcMinorNs + use.gcMajorNs + use.gcOtherNs, use.wallNs),
  },
  {
    id: 'rate',
    title: 'Delivered rate',
    unit: 'tokens/s',
    controls: 'load',
    better: 'higher',
    scale: 'ratio',
    definition:
      'tokens received in the window/window; open loop, so a higher rate than planned is not possible for long',
    value: ({ client, windowNs }) => quotient(client.windowTokens, windowNs / NS_PER_S),
  },
  {
    id: 'coalescing',
    title: 'Tokens per read',
    unit: 'tokens/read',
    controls: 'batching',
    better: 'neither',
    scale: 'ratio',
    definition:
      'tokens received/reads of the client that carried a token; without it gaps between tokens cannot be interpreted',
    value: ({ client }) =>
      client.tokenReads === undefined
        ? undefined
        : quotient(client.tokensReceived, client.tokenReads),
  },
  memoryMetric(
    'memory.uss',
    'Server memory per stream (USS)',
    'private memory',
    ({ ussBytes }) => ussBytes,
  ),
  memoryMetric(
    'memory.pss',
    'Server memory per stream (PSS)',
    'proportional set size',
    ({ pssBytes }) => pssBytes,
  ),
  memoryMetric(
    'memory.rss',
    'Server memory per stream (RSS)',
    'resident set size',
    ({ rssBytes }) => rssBytes,
  ),
];
