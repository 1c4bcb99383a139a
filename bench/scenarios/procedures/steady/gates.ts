// Judges the validity of one trial: each gate has its value and limit, so that every report can show why the trial is valid.
// Misses of environment gates are caused by the machine, of harness gates by the load generator, of correctness gates by a defect.

import { mostStreamsInBrowser, originUncertaintyNs } from '../../../contract/browser.ts';
import type { Gate } from '../../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_US } from '../../../contract/units.ts';
import { atMost, boundNs, clockGate, noteUnless, throttlingGate, tracerGate } from '../../../trial/gate.ts';
import type { MeasuredTrial } from './measure.ts';

/** Results from the stamps of the trial, computed by the code that joins them. */
export interface StampFindings {
  readonly missingStamps: number;
  readonly mostNegativeNs: number;
  readonly startLagP99Ns: number | undefined;
  /** Anderson–Darling statistic of the issued gaps between starts; undefined when it cannot be judged, with the reason. */
  readonly arrivals: { readonly statistic: number | undefined; readonly limit: number; readonly note: string | undefined };
  /** Requested connection slots, and those that had a stream in the window. */
  readonly load: { readonly asked: number; readonly tookPart: number };
  /** Delivery p99 of the slowest load process over the median one; absent with one process, undefined when it cannot be judged. */
  readonly processSpread?: { readonly ratio: number | undefined };
}

/** Largest tolerated missing share of the requested load. */
export const MISSING_LOAD = 0.05;

export function checkGates(measured: MeasuredTrial, findings: StampFindings): Gate[] {
  return [...environmentGates(measured), ...harnessGates(measured, findings), ...correctnessGates(measured, findings)];
}

function environmentGates(measured: MeasuredTrial): Gate[] {
  const { host, server, client } = measured;
  const kind = 'environment';
  const ownNs =
    host.ownNs +
    cpuNs(server.use) +
    cpuNs(client.use) +
    measured.upstreams.reduce((sum, { use }) => sum + cpuNs(use), 0) +
    (measured.canary?.cpuNs ?? 0) +
    (client.browser?.cpuNs ?? 0);
  const foreign = host.busyNs === undefined ? undefined : Math.max(0, host.busyNs - ownNs) / (host.cpus * host.wallNs);
  return [
    atMost({ id: 'N1', kind, title: 'CPU time stolen, mean', limit: 0.02, unit: 'ratio' }, host.stealMean),
    atMost({ id: 'N1max', kind, title: 'CPU time stolen, worst second', limit: 0.1, unit: 'ratio' }, host.stealMax),
    atMost({ id: 'N2', kind, title: 'CPU used by other programs', limit: 0.05, unit: 'ratio' }, foreign),
    throttlingGate(host.throttledNs),
    ...machineGates(measured),
    ...pageClockGates(measured),
  ];
}

/** Gates of any trial whose processes share a machine and a clock, whether or not it is timed. */
export function machineGates({ host, clock, tracers }: Pick<MeasuredTrial, 'host' | 'clock' | 'tracers'>): Gate[] {
  const kind = 'environment';
  const swaps = host.swappedInPages === undefined ? undefined : host.swappedInPages + (host.outOfMemoryKills ?? 0);
  return [
    clockGate(clock),
    atMost({ id: 'N5', kind, title: 'pages swapped in, out-of-memory kills', limit: 0, unit: 'count' }, swaps),
    tracerGate(tracers),
  ];
}

function harnessGates(measured: MeasuredTrial, findings: StampFindings): Gate[] {
  const { server, client, specification } = measured;
  const isStorm = specification.connecting?.kind === 'storm';
  const { processSpread } = findings;
  const kind = 'harness';
  const { use, browser } = client;
  const gcNs = use.gcMinorNs + use.gcMajorNs + use.gcOtherNs;
  const unissued = client.streamsPlanned === 0 ? 0 : Math.abs(client.streamsStarted / client.streamsPlanned - 1);
  return [
    atMost({ id: 'H1', kind, title: 'planned starts not issued', limit: 0, unit: 'ratio' }, unissued),
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      browser === undefined ? use.eventLoopUtilisation : browser.mainThreadShare,
      browser && 'of the main thread of the page',
    ),
    atMost(
      { id: 'H2max', kind, title: 'client event-loop utilisation, worst second', limit: 0.7, unit: 'ratio' },
      browser === undefined ? use.eventLoopUtilisationMax : undefined,
      browser && 'not judged: the main thread of the page is looked at over the whole window only',
    ),
    atMost(
      { id: 'H3', kind, title: 'start lag p99', limit: browser === undefined ? 5 * NS_PER_MS : PAGE_START_LAG_NS, unit: 'ns' },
      isStorm ? undefined : findings.startLagP99Ns,
      isStorm ? IN_ONE_GO : noteUnless(findings.startLagP99Ns, 'too few starts in the window'),
    ),
    atMost(
      { id: 'H4', kind, title: 'client timer lateness p99', limit: 5 * NS_PER_MS, unit: 'ns' },
      isStorm || browser !== undefined ? undefined : use.tickLatenessP99Ns,
      isStorm
        ? IN_ONE_GO
        : browser && 'not judged: a page takes its stamps without the timers of the load process; how late it began streams is H3',
    ),
    atMost(
      { id: 'H5', kind, title: 'client runnable but not running', limit: 0.05, unit: 'ratio' },
      use.runDelayNs === undefined || browser !== undefined ? undefined : use.runDelayNs / use.wallNs,
      browser && 'not judged: what the processes of the browser waited for a CPU is not seen',
    ),
    atMost(
      { id: 'H6', kind, title: 'starts as Poisson arrivals (Anderson–Darling)', limit: findings.arrivals.limit, unit: 'statistic' },
      findings.arrivals.statistic,
      findings.arrivals.note,
    ),
    atMost(
      { id: 'H7', kind, title: 'client time in garbage collection', limit: 0.02, unit: 'ratio' },
      browser === undefined ? gcNs / use.wallNs : undefined,
      browser && 'not judged: collections in the page are not seen; they are in the share of its main thread',
    ),
    atMost({ id: 'H8', kind, title: 'server event-loop utilisation, mean', limit: 0.8, unit: 'ratio' }, server.use.eventLoopUtilisation),
    atMost(
      { id: 'H10', kind, title: 'p99 of the slowest load process over the median one', limit: 2, unit: 'ratio' },
      processSpread?.ratio,
      processSpread === undefined
        ? 'one load process: there is nothing to compare it with'
        : noteUnless(processSpread.ratio, 'not judged: fewer than 1000 tokens of a load process in the window'),
    ),
    ...keptGates(measured),
    ...pageRoomGates(measured),
    loadGate(findings.load),
  ];
}

/** A page begins a stream between two frames, of 16.7 ms each; a few ms more are for delivering the command to it. */
const PAGE_START_LAG_NS = 20 * NS_PER_MS;

const IN_ONE_GO = 'not judged: all starts of a storm are one task of the event loop; how long it took is among the results';

/** A stream that opens a connection is not one on a kept connection; 1 in 100 does not affect a median. */
function keptGates({ client, specification }: MeasuredTrial): Gate[] {
  if (client.kept === undefined) return [];
  const { opened, reused } = client.kept;
  const more = Math.max(0, opened - specification.connections);
  return [
    atMost(
      { id: 'H13', kind: 'harness', title: 'streams that found no kept connection', limit: 0.01, unit: 'ratio' },
      opened + reused === 0 ? 0 : more / (opened + reused),
    ),
  ];
}

/** Resolution of this project's claims about delivery to a page. */
const PAGE_CLOCK_LIMIT_NS = 0.5 * NS_PER_MS;

/** Gates of streams that a page stamped. */
function pageClockGates({ client: { browser } }: MeasuredTrial): Gate[] {
  if (browser === undefined) return [];
  const text = { id: 'N8', kind: 'environment', title: 'uncertainty of the page’s clock', limit: PAGE_CLOCK_LIMIT_NS, unit: 'ns' } as const;
  return [atMost({ ...text, remedy: 'nothing', boundsClocks: true }, originUncertaintyNs(browser.clock))];
}

/** Largest error between a stamp of the server and one of a page; 0 without a page. */
function pageErrorNs({ client: { browser } }: MeasuredTrial): number {
  return browser === undefined ? 0 : originUncertaintyNs(browser.clock) + browser.resolutionNs;
}

/** A stream that had to wait for another to end would look slow. */
function pageRoomGates({ client: { browser }, specification }: MeasuredTrial): Gate[] {
  if (browser === undefined) return [];
  const limit = mostStreamsInBrowser(specification);
  return [atMost({ id: 'H14', kind: 'harness', title: 'streams open at once in the page', limit, unit: 'count' }, browser.mostOpenStreams)];
}

function correctnessGates(measured: MeasuredTrial, findings: StampFindings): Gate[] {
  const { clock } = measured;
  const kind = 'correctness';
  return [
    ...receiptGates(measured),
    atMost(
      { id: 'C3', kind, title: 'negative one-way delay', limit: Math.max(boundNs(clock), NS_PER_US) + pageErrorNs(measured), unit: 'ns' },
      -findings.mostNegativeNs,
    ),
    atMost({ id: 'C4', kind, title: 'stamps missing', limit: 0, unit: 'count' }, findings.missingStamps),
    ...conductGates(measured),
  ];
}

const PAGE_IS_BLIND = 'of what the server wrote: a page does not see its sockets';
const PATH_ALTERS = 'of what the server wrote: bytes are framed anew on the path';

type Told = Pick<MeasuredTrial, 'specification' | 'server' | 'client'>;

/** Gates that compare the bytes and tokens received with those sent. */
export function receiptGates({ specification, server, client, keepsBytes }: Told & Pick<MeasuredTrial, 'keepsBytes'>): Gate[] {
  const kind = 'correctness';
  const faults = client.lost + client.duplicated + client.reordered + client.corrupt + client.hashMismatches;
  // Streams of receivers that stop reading as planned do not end; both ends leave their bytes out.
  const stopped = specification.stall?.connections ?? 0;
  const allVerified = client.streamsVerified === client.streamsPlanned - stopped;
  const bytesRead = keepsBytes ? client.bytesRead : undefined;
  const oneSided = keepsBytes ? PAGE_IS_BLIND : PATH_ALTERS;
  const beside = Math.abs(server.bytesWritten - server.headBytes - client.modelBytes);
  const modelGap = beside + (bytesRead === undefined ? 0 : Math.abs(server.bytesWritten - bytesRead));
  return [
    atMost({ id: 'C1', kind, title: 'tokens lost, duplicated, reordered or corrupt; hashes that differ', limit: 0, unit: 'count' }, faults),
    atMost(
      { id: 'C2', kind, title: 'bytes beside the byte model', limit: 0, unit: 'bytes' },
      allVerified ? modelGap : undefined,
      allVerified ? (bytesRead === undefined ? oneSided : undefined) : 'only judged when every stream ended whole',
    ),
  ];
}

/** Gates that check that streams and processes behaved as planned. */
export function conductGates({ specification, server, client, clock }: Told & Pick<MeasuredTrial, 'clock'>): Gate[] {
  const kind = 'correctness';
  const failed = client.errors.reduce((sum, error) => sum + error.count, 0);
  // In a storm, failed opens are the measurement, so they do not fail the trial.
  const mostFailed = specification.connecting?.kind === 'storm' ? 1 : 0.001;
  const examples = client.errors.map((error) => `${error.cause} ×${error.count}: ${error.example}`).join('; ');
  return [
    atMost(
      { id: 'C5', kind, title: 'streams that failed', limit: mostFailed, unit: 'ratio' },
      client.streamsPlanned === 0 ? 0 : failed / client.streamsPlanned,
      examples || undefined,
    ),
    atMost({ id: 'C6', kind, title: 'tokens sent before they were due', limit: 0, unit: 'count' }, server.earlyTokens),
    tookPartGate(client),
    atMost({ id: 'C7', kind, title: 'processes in different time namespaces', limit: 0, unit: 'count' }, clock.sameTimeNamespace ? 0 : 1),
    atMost(
      { id: 'C8', kind, title: 'server and client planned different streams', limit: 0, unit: 'count' },
      server.planSha256 === undefined ? undefined : Number(server.planSha256 !== client.planSha256),
    ),
  ];
}

interface Taken {
  readonly streamsStarted: number;
  readonly tokensReceived: number;
}

/** Without streams or tokens all other gates pass vacuously: no token was lost, and none came late. */
export function tookPartGate({ streamsStarted, tokensReceived }: Taken): Gate {
  const isNothing = streamsStarted === 0 || tokensReceived === 0;
  return atMost(
    { id: 'C11', kind: 'correctness', title: 'trials in which nothing took part', limit: 0, unit: 'count' },
    Number(isNothing),
    isNothing ? `nothing took part: ${streamsStarted} streams began, ${tokensReceived} tokens were received` : undefined,
  );
}

/** The load differs from that of the load point if more than a few streams are missing. */
export function loadGate({ asked, tookPart }: StampFindings['load']): Gate {
  return atMost(
    { id: 'H15', kind: 'harness', title: 'load asked for that did not take part', limit: MISSING_LOAD, unit: 'ratio' },
    Math.max(0, 1 - tookPart / asked),
    tookPart < asked ? `${tookPart} of ${asked} streams took part` : undefined,
  );
}

function cpuNs(use: { cpuUserNs: number; cpuSystemNs: number }): number {
  return use.cpuUserNs + use.cpuSystemNs;
}
