// Metrics of streams whose server is not this project's. All of them are seen by the client alone,
// of streams that arrived whole; what needs the plan of the tokens, such as delivery from when a
// token was due, does not exist here.

import type { GridQuantile } from '../../contract/distribution.ts';
import type { DistributionName, TargetTrial } from '../../contract/run-file.ts';
import type { TargetRecord } from '../../contract/target.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import {
  quantileMetric,
  type EndpointId,
  type Margin,
  type Metric,
  type TargetMetric,
} from '../../analysis/metrics/metric.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';

const forUsers = { ratio: 0.1, absolute: NS_PER_MS, isForUsers: true } as const;

interface Family {
  readonly id: string;
  readonly title: string;
  readonly definition: string;
  readonly distribution: DistributionName;
  readonly quantiles: readonly (readonly [
    name: 'p50' | 'p95' | 'p99' | 'max',
    endpoint?: EndpointId,
    margin?: Margin,
  ])[];
}

const QUANTILES: Record<'p50' | 'p95' | 'p99' | 'max', GridQuantile> = {
  p50: 0.5,
  p95: 0.95,
  p99: 0.99,
  max: 1,
};

const families: readonly Family[] = [
  {
    id: 'target.open',
    title: 'Open latency',
    definition:
      'from the first packet of a new connection to the head of the answer, or the 101 of a WebSocket: DNS, TCP, TLS and the server’s acceptance',
    distribution: 'openNs',
    quantiles: [['p50', 'P1', forUsers], ['p95']],
  },
  {
    id: 'target.ttft',
    title: 'Time to first content token',
    definition:
      'from the planned start of a stream to the read that brought the first event with text of the answer itself',
    distribution: 'ttftNs',
    quantiles: [['p50', 'P2', forUsers], ['p95']],
  },
  {
    id: 'target.total',
    title: 'Whole stream',
    definition: 'from its planned start to its end, of streams that arrived whole',
    distribution: 'endToEndNs',
    quantiles: [['p50', 'P3', forUsers], ['p95']],
  },
  {
    id: 'target.gap',
    title: 'Gap between tokens',
    definition:
      'from the read that brought an event with text to the one that brought the next; small where something buffers, so it is never better for being small',
    distribution: 'interTokenNs',
    quantiles: [['p50'], ['p95'], ['p99', 'P4', { ratio: 0.2, absolute: NS_PER_MS }], ['max']],
  },
  {
    id: 'target.chunk',
    title: 'Gap between reads',
    definition: 'from one return of the kernel with part of an answer to the next',
    distribution: 'interChunkNs',
    quantiles: [['p50'], ['p99']],
  },
  {
    id: 'target.tpot',
    title: 'Time per output token',
    definition:
      'from the first text to the last/(tokens − 1), by the server’s own count of tokens where the dialect tells it, else by events with text',
    distribution: 'tpotNs',
    quantiles: [['p50']],
  },
  {
    id: 'target.firstbyte',
    title: 'First byte',
    definition: 'from the planned start to the first byte of the body, or of a message',
    distribution: 'firstByteNs',
    quantiles: [['p50']],
  },
  {
    id: 'target.firstevent',
    title: 'First event',
    definition: 'from the planned start to the first whole event, which may have no text',
    distribution: 'firstEventNs',
    quantiles: [['p50']],
  },
  {
    id: 'target.firsttoken',
    title: 'First token of any channel',
    definition: 'from the planned start to the first text, also of reasoning or of a tool call',
    distribution: 'firstTokenNs',
    quantiles: [['p50']],
  },
  {
    id: 'target.connect',
    title: 'TCP connect',
    definition: 'from the start of a stream to its TCP connection, DNS included',
    distribution: 'connectNs',
    quantiles: [['p50']],
  },
];

const times: readonly Metric[] = families.flatMap(({ quantiles, id, title, ...family }) =>
  quantiles.map(([name, endpoint, margin]) =>
    quantileMetric({
      ...family,
      id: `${id}.${name}`,
      title: `${title} ${name}`,
      better: id === 'target.gap' && name === 'p50' ? 'neither' : 'lower',
      scale: 'ratio',
      quantile: QUANTILES[name],
      ...(endpoint !== undefined && { endpoint }),
      ...(margin !== undefined && { margin }),
    }),
  ),
);

function share(part: number | undefined, of: number): number | undefined {
  return part === undefined || of === 0 ? undefined : part / of;
}

/** The server's own count where the dialect tells it. */
function tokensOf({ outputTokens, tokenEvents }: TargetRecord): number {
  return outputTokens ?? tokenEvents;
}

function memoryPerStream({ target: { server, openAtEnd } }: TargetTrial): number | undefined {
  const { pssBytes, readyPssBytes } = server ?? {};
  return pssBytes === undefined || readyPssBytes === undefined || openAtEnd === undefined
    ? undefined
    : share(pssBytes - readyPssBytes, openAtEnd);
}

const own: readonly TargetMetric[] = [
  {
    id: 'target.cpu.token',
    title: 'Server CPU per token',
    unit: 'ns/token',
    better: 'lower',
    scale: 'ratio',
    endpoint: 'P5',
    absence: 'the server was not started by the harness',
    margin: { ratio: 0.05, absolute: undefined },
    definition:
      'user and system CPU time of all processes of the server in the window/tokens of the whole streams that began in it; the kernel counts it in steps of 10 ms',
    value: ({ target }: TargetTrial) =>
      target.server === undefined || target.whole < target.streams
        ? undefined
        : share(target.server.cpuNs, tokensOf(target)),
  },
  {
    id: 'target.memory',
    title: 'Server memory',
    unit: 'bytes',
    better: 'lower',
    scale: 'ratio',
    absence: 'the server was not started by the harness',
    definition:
      'sum of the proportional set sizes of all processes of the server at the end of the window',
    value: ({ target }: TargetTrial) => target.server?.pssBytes,
  },
  {
    id: 'target.memory.stream',
    title: 'Server memory per stream',
    unit: 'bytes',
    better: 'lower',
    scale: 'difference',
    absence: 'the server was not started by the harness',
    definition:
      'what the proportional set size of the server’s processes grew by from when it was ready to the end of the window/streams open then: with all that it grew by while it warmed up, an upper bound',
    value: memoryPerStream,
  },
  {
    id: 'target.whole',
    title: 'Whole streams',
    unit: 'ratio',
    better: 'higher',
    scale: 'difference',
    definition: 'streams that arrived whole/streams that began in the window',
    value: ({ target }: TargetTrial) => share(target.whole, target.streams),
  },
  {
    id: 'target.tokens.event',
    title: 'Tokens per event',
    unit: 'count',
    better: 'neither',
    scale: 'ratio',
    absence: 'the dialect does not tell how many tokens there were',
    definition: 'output tokens as the server counts them/events with text',
    value: ({ target }: TargetTrial) => share(target.outputTokens, target.tokenEvents),
  },
  {
    id: 'target.events.read',
    title: 'Events per read',
    unit: 'count',
    better: 'neither',
    scale: 'ratio',
    definition:
      'events/returns of the kernel that brought them; far above 1 where something buffers',
    value: ({ target }: TargetTrial) => share(target.events, target.reads),
  },
  {
    id: 'target.bytes.event',
    title: 'Bytes per event with text',
    unit: 'bytes',
    better: 'lower',
    scale: 'ratio',
    definition:
      'bytes of the answers, heads and framing included and TLS not/events with text; texts differ from stream to stream',
    value: ({ target }: TargetTrial) => share(target.bytesRead, target.tokenEvents),
  },
  {
    id: 'target.elu.client',
    title: 'Client event-loop utilisation',
    unit: 'ratio',
    better: 'lower',
    scale: 'ratio',
    definition: 'share of the window in which the load process’s event loop did not wait',
    value: ({ target }: TargetTrial) => target.use.eventLoopUtilisation,
  },
];

export const targetMetrics: readonly Metric[] = inOrder([...times, ...ofTrials('target', own)]);
