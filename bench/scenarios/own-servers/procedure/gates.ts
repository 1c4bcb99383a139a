// Judges the validity of one trial on a target. Its server may be anywhere and do as it likes; the
// load process must have kept its plan, and a failed stream must never pass for a fast one.

import type { Gate } from '../../../contract/run-file.ts';
import { quantileOf } from '../../../contract/distribution.ts';
import { summariseDistribution } from '../../../analysis/statistics/summarise-distribution.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { code } from '../../../report/inline.ts';
import { atMost } from '../../../trial/gate.ts';
import {
  cpuNs,
  otherProgramsGate,
  stealGates,
  swapGate,
  throttlingGate,
  tracerGate,
} from '../../../trial/machine-gates.ts';
import { tookPartGate } from '../../../trial/stream-gates.ts';
import type { MeasuredTarget } from './measured-target.ts';

/**
 * Share of streams that are not whole. Figures are of whole streams, so that with a tenth missing a
 * median is one of the quantiles from 0.45 to 0.55 of all.
 */
const MOST_FAILED = 0.1;
/** A start that is later adds to what is counted from it. */
const START_LAG_NS = 5 * NS_PER_MS;

export function checkTargetGates(measured: MeasuredTarget): Gate[] {
  return [...environmentGates(measured), ...harnessGates(measured), ...correctnessGates(measured)];
}

/** The processes of a server that was not started here are other programs that must run. */
function environmentGates({ host, tally, tracers, server }: MeasuredTarget): Gate[] {
  return [
    ...stealGates(host),
    // The readings of the host have the use of the server's processes already.
    ...(server === undefined ? [] : [otherProgramsGate(host, cpuNs(tally.use))]),
    throttlingGate(host),
    swapGate(host),
    tracerGate(tracers),
  ];
}

function harnessGates({ tally }: MeasuredTarget): Gate[] {
  const kind = 'harness';
  const { use, streams, startsPlanned, startsDropped } = tally;
  const gcNs = use.gcMinorNs + use.gcMajorNs + use.gcOtherNs;
  const lags = summariseDistribution(
    Float64Array.from(streams, ({ startNs, plannedNs }) => startNs - plannedNs),
  );
  return [
    atMost(
      { id: 'H1', kind, title: 'planned starts not issued', limit: 0, unit: 'ratio' },
      startsPlanned === 0 ? 0 : startsDropped / startsPlanned,
      startsDropped === 0
        ? undefined
        : `${startsDropped} of ${startsPlanned} starts were due while as many streams were open as --connections allows: raise it, or lower --rate`,
    ),
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      use.eventLoopUtilisation,
    ),
    atMost(
      {
        id: 'H2max',
        kind,
        title: 'client event-loop utilisation, worst second',
        limit: 0.7,
        unit: 'ratio',
      },
      use.eventLoopUtilisationMax,
    ),
    atMost(
      { id: 'H3', kind, title: 'start lag p95', limit: START_LAG_NS, unit: 'ns' },
      quantileOf(lags, 0.95),
      lags === undefined ? 'no stream began in the window' : undefined,
    ),
    atMost(
      { id: 'H5', kind, title: 'client runnable but not running', limit: 0.05, unit: 'ratio' },
      use.runDelayNs === undefined ? undefined : use.runDelayNs / use.wallNs,
    ),
    atMost(
      { id: 'H7', kind, title: 'client garbage collection', limit: 0.02, unit: 'ratio' },
      gcNs / use.wallNs,
    ),
  ];
}

function correctnessGates({ tally }: MeasuredTarget): Gate[] {
  const { streams, causes } = tally;
  const failed = streams.filter(({ isWhole }) => !isWhole).length;
  const examples = causes
    .map(({ cause, count, example }) => `${cause} ×${count}: ${code(example)}`)
    .join('; ');
  return [
    atMost(
      {
        id: 'C5',
        kind: 'correctness',
        title: 'streams that failed',
        limit: MOST_FAILED,
        unit: 'ratio',
      },
      streams.length === 0 ? 0 : failed / streams.length,
      examples || undefined,
    ),
    tookPartGate({
      streamsStarted: streams.length,
      tokensReceived: streams.reduce((sum, { tokenEvents }) => sum + tokenEvents, 0),
    }),
  ];
}
