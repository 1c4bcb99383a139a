// Judges the validity of one steady trial. Misses of environment gates are caused by the machine,
// of harness gates by the load generator, of correctness gates by a defect.

import { mostStreamsInPage } from '../../contract/arms/arms.ts';
import { originUncertaintyNs } from '../../contract/browser.ts';
import type { Gate } from '../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_US } from '../../contract/units.ts';
import { atMost, noteUnless } from '../../trial/gate.ts';
import {
  boundNs,
  cpuNs,
  machineGates,
  otherProgramsGate,
  stealGates,
  throttlingGate,
} from '../../trial/machine-gates.ts';
import { conductGates, receiptGates, unissuedGate } from '../../trial/stream-gates.ts';
import type { MeasuredSteady } from './measure.ts';
import { replayGates, type ReplayFindings } from './replay-gates.ts';
import {
  IN_ONE_GO,
  poissonGate,
  populationGate,
  startGate,
  type StartFindings,
} from './start-gates.ts';

/** Results from the stamps of the trial, computed by the code that joins them. */
export interface StampFindings extends StartFindings {
  readonly missingStamps: number;
  readonly mostNegativeNs: number;
  /**
   * Delivery p99 of the slowest load process over the median one; absent with one process,
   * undefined when it cannot be judged.
   */
  readonly processSpread?: { readonly ratio: number | undefined };
  /** Set where recorded streams are replayed. */
  readonly replay?: ReplayFindings;
}

export function checkSteadyGates(measured: MeasuredSteady, findings: StampFindings): Gate[] {
  return [
    ...environmentGates(measured),
    ...harnessGates(measured, findings),
    ...correctnessGates(measured, findings),
  ];
}

function environmentGates(measured: MeasuredSteady): Gate[] {
  const { host, server, client, upstreams, canary } = measured;
  const ofTrialNs =
    cpuNs(server.use) +
    cpuNs(client.use) +
    upstreams.reduce((sum, { use }) => sum + cpuNs(use), 0) +
    (canary?.cpuNs ?? 0) +
    (client.browser?.cpuNs ?? 0);
  return [
    ...stealGates(host),
    otherProgramsGate(host, ofTrialNs),
    throttlingGate(host),
    ...machineGates(measured),
    ...pageClockGates(measured),
  ];
}

function harnessGates(measured: MeasuredSteady, findings: StampFindings): Gate[] {
  const { server, client, specification } = measured;
  const isStorm = specification.connecting?.kind === 'storm';
  const { processSpread } = findings;
  const kind = 'harness';
  const { use, browser } = client;
  const gcNs = use.gcMinorNs + use.gcMajorNs + use.gcOtherNs;
  return [
    unissuedGate(client),
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      browser === undefined ? use.eventLoopUtilisation : browser.mainThreadShare,
      browser && 'of the main thread of the page',
    ),
    atMost(
      {
        id: 'H2max',
        kind,
        title: 'client event-loop utilisation, worst second',
        limit: 0.7,
        unit: 'ratio',
      },
      browser === undefined ? use.eventLoopUtilisationMax : undefined,
      browser && 'not judged: the main thread of the page is looked at over the whole window only',
    ),
    startGate(measured, findings),
    atMost(
      { id: 'H4', kind, title: 'client timer lateness p99', limit: 5 * NS_PER_MS, unit: 'ns' },
      isStorm || browser !== undefined ? undefined : use.tickLatenessP99Ns,
      isStorm
        ? IN_ONE_GO
        : browser &&
            'not judged: a page takes its stamps without the timers of the load process; how late it began streams is H3',
    ),
    atMost(
      { id: 'H5', kind, title: 'client runnable but not running', limit: 0.05, unit: 'ratio' },
      use.runDelayNs === undefined || browser !== undefined
        ? undefined
        : use.runDelayNs / use.wallNs,
      browser && 'not judged: what the processes of the browser waited for a CPU is not seen',
    ),
    poissonGate(measured, findings),
    atMost(
      { id: 'H7', kind, title: 'client time in garbage collection', limit: 0.02, unit: 'ratio' },
      browser === undefined ? gcNs / use.wallNs : undefined,
      browser &&
        'not judged: collections in the page are not seen; they are in the share of its main thread',
    ),
    atMost(
      { id: 'H8', kind, title: 'server event-loop utilisation, mean', limit: 0.8, unit: 'ratio' },
      server.use.eventLoopUtilisation,
    ),
    atMost(
      {
        id: 'H10',
        kind,
        title: 'p99 of the slowest load process over the median one',
        limit: 2,
        unit: 'ratio',
      },
      processSpread?.ratio,
      processSpread === undefined
        ? 'one load process: there is nothing to compare it with'
        : noteUnless(
            processSpread.ratio,
            'not judged: fewer than 1000 tokens of a load process in the window',
          ),
    ),
    ...keptGates(measured),
    ...sessionGates(measured),
    ...pageRoomGates(measured),
    ...(findings.replay === undefined ? [] : replayGates(findings.replay)),
    populationGate(measured, findings),
  ];
}

/**
 * A stream that opens a connection is not one on a kept connection; 1 in 100 does not affect a
 * median.
 */
function keptGates({ client, specification }: MeasuredSteady): Gate[] {
  if (client.kept === undefined) return [];
  const { opened, reused } = client.kept;
  const more = Math.max(0, opened - specification.connections);
  return [
    atMost(
      {
        id: 'H13',
        kind: 'harness',
        title: 'streams that found no kept connection',
        limit: 0.01,
        unit: 'ratio',
      },
      opened + reused === 0 ? 0 : more / (opened + reused),
    ),
  ];
}

/** A whole handshake among resumed ones; a session that is offered and not resumed fails its stream. */
function sessionGates({ client: { tlsSessions } }: MeasuredSteady): Gate[] {
  if (tlsSessions === undefined) return [];
  const { resumed, whole } = tlsSessions;
  return [
    atMost(
      {
        id: 'H16',
        kind: 'harness',
        title: 'connections that had no TLS session to resume',
        limit: 0.01,
        unit: 'ratio',
      },
      resumed + whole === 0 ? 0 : whole / (resumed + whole),
    ),
  ];
}

/** Resolution of this project's claims about delivery to a page. */
const PAGE_CLOCK_LIMIT_NS = 0.5 * NS_PER_MS;

/** Gates of streams that a page stamped. */
function pageClockGates({ client: { browser } }: MeasuredSteady): Gate[] {
  if (browser === undefined) return [];
  const text = {
    id: 'N8',
    kind: 'environment',
    title: 'uncertainty of the page’s clock',
    limit: PAGE_CLOCK_LIMIT_NS,
    unit: 'ns',
  } as const;
  return [
    atMost({ ...text, remedy: 'nothing', boundsClocks: true }, originUncertaintyNs(browser.clock)),
  ];
}

/** Largest error between a stamp of the server and one of a page; 0 without a page. */
function pageErrorNs({ client: { browser } }: MeasuredSteady): number {
  return browser === undefined ? 0 : originUncertaintyNs(browser.clock) + browser.resolutionNs;
}

/** A stream that had to wait for another to end would look slow. */
function pageRoomGates({ client: { browser }, specification }: MeasuredSteady): Gate[] {
  if (browser === undefined) return [];
  const limit = mostStreamsInPage(specification);
  if (limit === undefined) return [];
  return [
    atMost(
      {
        id: 'H14',
        kind: 'harness',
        title: 'streams open at once in the page',
        limit,
        unit: 'count',
      },
      browser.mostOpenStreams,
    ),
  ];
}

function correctnessGates(measured: MeasuredSteady, findings: StampFindings): Gate[] {
  const { clock } = measured;
  const kind = 'correctness';
  return [
    ...receiptGates(measured),
    atMost(
      {
        id: 'C3',
        kind,
        title: 'negative one-way delay',
        limit: Math.max(boundNs(clock), NS_PER_US) + pageErrorNs(measured),
        unit: 'ns',
      },
      -findings.mostNegativeNs,
    ),
    atMost(
      { id: 'C4', kind, title: 'stamps missing', limit: 0, unit: 'count' },
      findings.missingStamps,
    ),
    ...conductGates(measured),
  ];
}
