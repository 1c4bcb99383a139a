// Metrics of turns. A turn counts from when its client begins to render the request; the first turn
// is left out where single turns are timed, because it opens a connection under all conditions.

import type { Metric, TurnsMetric } from '../../analysis/metrics/metric.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';
import { transports } from '../../contract/arms/transports.ts';
import { median } from '../../analysis/statistics/moments.ts';
import type { TurnsTrial } from '../../contract/run-file.ts';
import { TURN_MARGIN } from './effect-verdict.ts';

export const TURN = 'turn.p50';
export const CONVERSATION = 'turn.conversation';
/** It is known where turns take as little time as they can: see `reading.ts`. */
export const CPU = 'turn.cpu.server';

const NO_MARGIN = { ratio: undefined, absolute: undefined } as const;
const UNFINISHED = 'a turn had no whole reply';

type Client = TurnsTrial['turns']['client'];
type Turn = Client['turns'][number];

/** Undefined unless every turn had its reply. */
function ofWhole({ turns: { client } }: TurnsTrial): Client | undefined {
  return client.turns.length > 1 && client.turns.every(({ isWhole }) => isWhole)
    ? client
    : undefined;
}

/** Median over the turns after the first, of which there are too few for an estimate of another quantile. */
function laterMedian(
  moment: 'firstTokenNs' | 'lastTokenNs',
): (trial: TurnsTrial) => number | undefined {
  return (trial) => {
    const turns = ofWhole(trial)?.turns.slice(1) ?? [];
    return median(turns.flatMap((turn) => sinceStart(turn, turn[moment]) ?? []));
  };
}

const sinceStart = ({ startNs }: Turn, at: number | undefined): number | undefined =>
  at === undefined ? undefined : at - startNs;

const timed = {
  unit: 'ns',
  better: 'lower',
  scale: 'ratio',
  absence: UNFINISHED,
} as const;

const counted = {
  better: 'lower',
  scale: 'ratio',
  isExact: true,
  absence: UNFINISHED,
} as const;

const own: readonly TurnsMetric[] = [
  {
    ...timed,
    id: TURN,
    title: 'Turn, p50',
    endpoint: 'P3',
    margin: TURN_MARGIN,
    definition:
      'from the client beginning to render the request of a turn to the last token of its reply, median over the turns after the first',
    value: laterMedian('lastTokenNs'),
  },
  {
    ...timed,
    id: 'turn.first.p50',
    title: 'First token of a turn, p50',
    definition: 'the same to the first token',
    value: laterMedian('firstTokenNs'),
  },
  {
    ...timed,
    id: CONVERSATION,
    title: 'Whole conversation',
    definition: 'from the first request to the last token of the last turn',
    value: (trial) => {
      const turns = ofWhole(trial)?.turns ?? [];
      const [first, last] = [turns[0], turns.at(-1)];
      return first === undefined || last?.lastTokenNs === undefined
        ? undefined
        : last.lastTokenNs - first.startNs;
    },
  },
  {
    ...counted,
    id: 'turn.bytes.up',
    title: 'Bytes up, whole conversation',
    unit: 'bytes',
    margin: { ratio: 0.05, absolute: undefined },
    definition:
      'all bytes that the client’s sockets sent: requests or masked frames, and handshakes of WebSockets',
    value: (trial) => ofWhole(trial)?.turns.reduce((sum, { bytesUp }) => sum + bytesUp, 0),
  },
  {
    ...counted,
    id: 'turn.requests',
    title: 'HTTP requests',
    unit: 'count',
    scale: 'difference',
    margin: NO_MARGIN,
    definition: 'one for each turn by POST; over WebSocket the upgrade of each connection',
    value: (trial) => {
      const client = ofWhole(trial);
      return transports[trial.arm.transport].protocol === 'websocket'
        ? client?.connectionsOpened
        : client?.turns.length;
    },
  },
  {
    ...counted,
    id: 'turn.connections',
    title: 'Connections opened',
    unit: 'count',
    scale: 'difference',
    margin: NO_MARGIN,
    definition: 'TCP connections of the conversation',
    value: (trial) => ofWhole(trial)?.connectionsOpened,
  },
  {
    ...timed,
    id: CPU,
    title: 'Server CPU per turn',
    absence: 'it is read where the round trip is shortest',
    definition:
      'user and system time of the server from the first request to the end/turns; timers that run while the server waits are in it',
    value: (trial) => {
      const turns = ofWhole(trial)?.turns.length;
      const { cpuUserNs, cpuSystemNs } = trial.turns.server.use;
      return turns === undefined ? undefined : (cpuUserNs + cpuSystemNs) / turns;
    },
  },
];

export const turnsMetrics: readonly Metric[] = inOrder(ofTrials('turns', own));
