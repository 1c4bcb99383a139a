// Quotes the reference runs and the harness's own figures in the README and docs/ by rendering
// them, so that every figure comes from a run. `npm run build:readme` writes them anew; with
// --check it only compares.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proxies, proxyNames } from '../contract/arms/proxies/proxies.ts';
import { changesOf } from '../contract/arms/proxies/proxy.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import { analyse } from '../analysis/analyse.ts';
import type { Analysis, LoadPointAnalysis } from '../analysis/analysis.ts';
import { claims, pickClaims } from '../claims/claims.ts';
import type { ClaimReading, EvidenceRun } from '../claims/claim-reading.ts';
import { evidenceRunOf, readClaims } from '../commands/read-claims.ts';
import { readCodeMeasure } from '../claims/code/read-code-measure.ts';
import { codeTable, failedCases } from '../report/claims/code-table.ts';
import { evidenceTable } from '../report/claims/claim-details.ts';
import { claimsTable } from '../report/claims/claims-table.ts';
import { armTable } from '../scenarios/matrix/arm-table.ts';
import { pairTable } from '../scenarios/matrix/pair-table.ts';
import {
  serverSentences,
  serverValues,
  serverVerdicts,
} from '../scenarios/own-servers/server-pairs.ts';
import { arrivalTable, failureTable } from '../scenarios/proxies/cell-tables.ts';
import { proxiesReading } from '../scenarios/proxies/reading.ts';
import { verdictSentences } from '../scenarios/proxies/verdict.ts';
import { loadRun } from '../analysis/load-run.ts';
import { whyNotBelieved } from '../analysis/thresholds.ts';
import { faultTable } from '../scenarios/recovery/report/fault-verdicts.ts';
import {
  flow,
  heading,
  left,
  list,
  right,
  table,
  type Content,
  type Table,
} from '../report/blocks.ts';
import { renderMarkdown } from '../report/formats/markdown.ts';
import { herdValue } from '../scenarios/recovery/report/herd.ts';
import {
  faultGroups,
  groupContenders,
  type RecoveryContext,
} from '../scenarios/recovery/report/recovery-context.ts';
import {
  armTitleOf,
  contenders,
  metricText,
  type ReportContext,
} from '../report/report-context.ts';
import { plainPaint } from '../report/paint.ts';
import type { RunReport } from '../report/scenario-parts.ts';
import { changeTable } from '../report/sections/proxies.ts';
import { renderMetricRows } from '../report/arm-estimates.ts';
import { verdictTable } from '../report/verdict-table.ts';
import { shortVerdictWords } from '../report/verdict-words.ts';
import { formatRatio, UNKNOWN } from '../report/format.ts';
import { renderFlagTable } from '../flags/flag-table.ts';
import { reportOf } from '../scenarios/parts.ts';
import { analyseRun } from '../scenarios/readings.ts';
import { recoveryReading } from '../scenarios/recovery/reading.ts';
import { loadSuite } from '../trial/suite-folder.ts';

const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const REFERENCE = 'reports/reference/standard';
const UPSTREAM = 'reports/reference/upstream';
const RECONNECT = 'reports/reference/reconnect';
const HERD = 'reports/reference/herd';
const COST = 'reports/reference/cost';
const MANY = 'reports/reference/many';
const MATRIX = 'reports/reference/matrix';
const HEAD_OF_LINE = 'reports/reference/head-of-line';
const PROXIES = 'reports/reference/proxies';
const CANCEL = 'reports/reference/cancel';
const TURNS = 'reports/reference/turns';
const VOICE = 'reports/reference/voice';
const STACKS = 'reports/reference/stacks';
const STEER = 'reports/reference/steer';

function replaceBetween(text: string, marker: string, content: string): string {
  const start = `<!-- ${marker}:start -->`;
  const end = `<!-- ${marker}:end -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`no ${marker} markers where they are expected`);
  return `${text.slice(0, from + start.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
}

function quote(content: Content): string {
  return renderMarkdown(flow(content));
}

function machineOf({ environment }: Analysis): string {
  return `${environment.cpuModel}, ${environment.cpus} CPUs, ${environment.os}, Node ${environment.node}, ws ${environment.packages['ws']}, fastify ${environment.packages['fastify']}`;
}

/** Renders the table of the headline load, and the results for its endpoints at the other loads. */
function renderReference(folder: string): string {
  const context = reportOf(analyseRun(loadRun(project(folder))));
  const { analysis } = context;
  const { plan, command, loadPoints } = analysis;
  const point = headlineOf(loadPoints);
  const other = contenders(point)[0];
  if (other === undefined) throw new Error(`${folder} has no contender`);
  const source =
    plan.source === 'upstream'
      ? 'tokens from an upstream process'
      : "tokens from the server's timer";
  return quote([
    `[The run](${folder}/report.md) of ${analysis.startedAt.slice(0, 10)}: ${plan.blocks} blocks, ${source}, ${plan.workload.tokensPerSecond} tokens/s a stream, on ${machineOf(analysis)}. At ${loadPointTitle(point.loadPoint)}:`,
    verdictTable({ context, point, otherArm: other }),
    ...(loadPoints.length > 1
      ? ['What is declared at several loads:', renderLoads(context, other)]
      : []),
    `Repeated by \`${command}\`.`,
  ]);
}

/** The load at which most endpoints are declared, among those whose numbers may be believed. */
function headlineOf(points: readonly LoadPointAnalysis[]): LoadPointAnalysis {
  const believed = points.filter(
    (point) => whyNotBelieved(point) === undefined && point.missedControls === undefined,
  );
  return (believed.length === 0 ? points : believed).reduce((best, point) =>
    countDeclared(point) > countDeclared(best) ? point : best,
  );
}

function countDeclared({ comparisons }: LoadPointAnalysis): number {
  return comparisons.filter(({ endpoint }) => endpoint !== undefined).length;
}

function renderLoads({ analysis, metrics }: ReportContext, otherArm: string): Table {
  const { loadPoints, baseline } = analysis;
  const at = (point: LoadPointAnalysis, metric: string) =>
    point.comparisons.find(
      (one) => one.otherArm === otherArm && one.metric === metric && one.endpoint !== undefined,
    );
  const declared = [
    ...new Set(loadPoints.flatMap(({ comparisons }) => comparisons.map(({ metric }) => metric))),
  ].filter((metric) => loadPoints.filter((point) => at(point, metric) !== undefined).length > 1);
  const titleOf = (arm: string): string => armTitleOf(analysis, arm);
  const titles = {
    titleOf,
    baselineTitle: armTitleOf(analysis, baseline),
    otherTitle: armTitleOf(analysis, otherArm),
  };
  return table(
    [left('endpoint'), ...loadPoints.map(({ loadPoint }) => left(loadPointTitle(loadPoint)))],
    declared.map((metric) => {
      const { title, unit } = metricText(metrics, metric);
      return [title].concat(
        loadPoints.map((point) => {
          const comparison = at(point, metric);
          if (comparison === undefined) return UNKNOWN;
          return `${formatRatio(comparison.ratio)}: ${shortVerdictWords({ comparison, unit, ...titles })}`;
        }),
      );
    }),
  );
}

/**
 * Renders a run with fault injection: its description, its tables, and the command that repeats it.
 */
function renderBroken(
  folder: string,
  tables: (context: RecoveryContext) => readonly Table[],
): string {
  const analysis = analyse(loadRun(project(folder)), recoveryReading);
  const { plan, command, startedAt } = analysis;
  const context: RecoveryContext = { ...reportOf(analysis), analysis };
  return quote([
    `[The run](${folder}/report.md) of ${startedAt.slice(0, 10)}: ${plan.blocks} blocks, ${plan.workload.tokensPerSecond} tokens/s each, on ${machineOf(analysis)}.`,
    ...tables(context),
    `Repeated by \`${command}\`.`,
  ]);
}

function faultTables(context: RecoveryContext): readonly Table[] {
  return faultGroups(context).flatMap((group) =>
    groupContenders(context, group).map((other) => faultTable(context, group, other)),
  );
}

const herdColumns = [
  ['50 % back', 'recovered.50'],
  ['95 % back', 'recovered.95'],
  ['all back', 'recovered.100'],
  ['most attempts in 100 ms', 'attempts.peak'],
  ['most accepted in 1 s', 'accepts.peak'],
] as const;

function herdTable(context: RecoveryContext): readonly Table[] {
  const places = faultGroups(context).flatMap(({ faults }) =>
    faults.flatMap((fault) => fault.arms.map((arm) => ({ context, fault, arm }))),
  );
  return [
    table(
      [left('policy'), left('clients'), left('arm'), ...herdColumns.map(([title]) => right(title))],
      places.map((place) => {
        const { policy, connections } = place.fault.loadPoint;
        return [policy ?? '', String(connections), place.arm.title].concat(
          herdColumns.map(([, metric]) => herdValue(place, metric)),
        );
      }),
    ),
  ];
}

/** The parts of a suite, and what they say together of many clients. */
function renderCost(): string {
  const suite = loadSuite(project(COST));
  const runs = suite.parts.map(({ folder }) => keptRun(`${COST}/${folder}`));
  const [first] = runs;
  const [reading] = readClaims(pickClaims(['S4']), runs, undefined);
  if (first === undefined || reading === undefined) throw new Error(`${COST} has no parts`);
  return quote([
    `[The run](${COST}/report.md) of ${suite.startedAt.slice(0, 10)}: ${runs.map(({ analysis: { plan } }) => `${plan.scenario} with ${plan.blocks} blocks`).join(', ')}, on ${machineOf(first.analysis)}.`,
    claimsTable([reading]),
    evidenceTable(reading.meanings, { pathOf: (run) => run, labelOf: (run) => basename(run) }),
    `Repeated by \`${suite.command}\`.`,
  ]);
}

function contextOf(folder: string): RunReport {
  return reportOf(analyseRun(loadRun(project(folder))));
}

/**
 * Renders one ladder of connections, up to its top: the cost of one connection, and whether the
 * last costs as much as the first.
 */
function renderMany(): string {
  const context = contextOf(MANY);
  const { analysis } = context;
  const { clientProcesses = 1, serverProcesses = 1, blocks, ladder } = analysis.plan;
  const point = analysis.loadPoints[0];
  if (point === undefined || ladder === undefined) throw new Error(`${MANY} has no ladder`);
  return quote([
    `[The run](${MANY}/report.md) of ${analysis.startedAt.slice(0, 10)}: rungs of ${ladder.rungs.join(', ')} connections, ${serverProcesses} server and ${clientProcesses} load processes on one machine, ${blocks} blocks: intervals, but too few for verdicts.`,
    renderMetricRows(context, point, [
      'memory.retained',
      'memory.streaming',
      'memory.kernel',
      'memory.flatness',
      'memory.left',
    ]),
    `Repeated by \`${analysis.command}\`.`,
  ]);
}

/** Renders all arms side by side, and what each fair pair shows. */
function renderMatrix(): string {
  const context = contextOf(MATRIX);
  const { analysis } = context;
  const [point] = analysis.loadPoints;
  if (point === undefined) throw new Error(`${MATRIX} has no load point`);
  const { plan, command } = analysis;
  return quote([
    `[The run](${MATRIX}/report.md) of ${analysis.startedAt.slice(0, 10)}: ${plan.blocks} blocks at ${loadPointTitle(point.loadPoint)}, ${plan.workload.tokensPerSecond} tokens/s each, on ${machineOf(analysis)}.`,
    armTable(context, point),
    'Each fair pair, and what it isolates:',
    pairTable(context, point),
    `Repeated by \`${command}\`.`,
  ]);
}

/** The verdict on each transport, and the cells over every path of the run. */
export function renderProxyCells(folder: string, root = project('.')): string {
  if (!existsSync(join(root, folder)))
    return quote('No run of it is kept here yet: `streamduel run proxies` makes one.');
  const analysis = analyse(loadRun(join(root, folder)), proxiesReading);
  const { plan, proxyCells, environment, command, startedAt } = analysis;
  const versions = proxyNames.flatMap((name) => environment.tools[name] ?? []);
  return quote([
    `[The run](${folder}/report.md) of ${startedAt.slice(0, 10)}: ${plan.blocks} ${plan.blocks === 1 ? 'block' : 'blocks'}, limits of idle time divided by ${plan.proxyCells?.idleScale}, on ${machineOf(analysis)}. ${[...new Set(versions)].join('; ')}.`,
    list(verdictSentences(plan, proxyCells)),
    arrivalTable(plan, proxyCells),
    failureTable(plan, proxyCells),
    `Repeated by \`${command}\`.`,
  ]);
}

/** A line for each server in which both arms were measured: its verdicts, then its values. */
export function renderStacks(folder: string, root = project('.')): string {
  return renderKeptStacks({ folder, root }, (context, point) => {
    const { plan, command, startedAt } = context.analysis;
    return [
      `[The run](${folder}/report.md) of ${startedAt.slice(0, 10)}: ${plan.blocks} blocks, a fresh server for each trial, ${plan.targets?.startsPerSecond} streams begun a second, on ${machineOf(context.analysis)}.`,
      list(serverSentences(context, point)),
      serverVerdicts(context, point),
      serverValues(context, point),
      `Repeated by \`${command}\`.`,
    ];
  });
}

/** Its verdicts alone, a line a stack. */
function renderStackVerdicts(folder: string): string {
  return renderKeptStacks({ folder, root: project('.') }, (context, point) => [
    serverVerdicts(context, point),
  ]);
}

function renderKeptStacks(
  { folder, root }: { readonly folder: string; readonly root: string },
  render: (context: RunReport, point: LoadPointAnalysis) => Content,
): string {
  if (!existsSync(join(root, folder)))
    return quote(
      'No run of it is kept here yet: `streamduel run --target servers/examples/targets.yaml` makes one.',
    );
  const context = reportOf(analyseRun(loadRun(join(root, folder))));
  const [point] = context.analysis.loadPoints;
  if (point === undefined) throw new Error(`${folder} has no load point`);
  return quote(render(context, point));
}

/** The sentences of a run, as the terminal prints them. */
function renderSaid(folder: string): string {
  if (!existsSync(project(folder))) return quote('No run of it is kept here yet.');
  const context = contextOf(folder);
  const { analysis, parts } = context;
  const { plan, command, startedAt } = analysis;
  const said = parts.terminal?.(context, plainPaint) ?? [];
  return quote([
    `[The run](${folder}/report.md) of ${startedAt.slice(0, 10)}: ${plan.blocks} ${plan.blocks === 1 ? 'block' : 'blocks'}, on ${machineOf(analysis)}.`,
    { kind: 'code', language: 'text', text: said.join('\n').trim() },
    `Repeated by \`${command}\`.`,
  ]);
}

/** Every line of each fixed configuration, with what it is for. */
function renderProxyChanges(): string {
  return quote(
    proxyNames.flatMap((name) => [
      heading(3, `${proxies[name].title}: \`${name}\``),
      changesOf(proxies[name]).length === 0
        ? `As in ${proxies[name].source}. \`${name}-fixed\` is the same: no line is known that either transport lacks.`
        : `As in ${proxies[name].source}. \`${name}-fixed\` has besides, or instead:`,
      changeTable(name),
    ]),
  );
}

/** Holds the claims against all reference runs. */
function readKeptClaims(): readonly ClaimReading[] {
  const kept = [PROXIES, HEAD_OF_LINE, CANCEL, TURNS, VOICE, STEER].filter((folder) =>
    existsSync(project(folder)),
  );
  const folders = [REFERENCE, UPSTREAM, MATRIX, MANY, HERD, RECONNECT, ...kept];
  const parts = loadSuite(project(COST)).parts.map(({ folder }) => `${COST}/${folder}`);
  return readClaims(claims, [...folders, ...parts].map(keptRun), readCodeMeasure());
}

function keptRun(folder: string): EvidenceRun {
  return evidenceRunOf({ folder, analysis: contextOf(folder).analysis });
}

function renderCode(): string {
  const code = readCodeMeasure();
  return quote([
    `Measured on ${code.measuredAt.slice(0, 10)} with Node ${code.node}, ${code.browser ?? 'no browser'}, ${code.bundler}. Clients:`,
    codeTable(code.clients),
    'Servers:',
    codeTable(code.servers),
    'Cases that one of them does not pass:',
    list(failedCases(code)),
    'Repeated by `npm run bench:code`.',
  ]);
}

const figure = (file: string) => (): string => readFileSync(project(file), 'utf8');

/** Renderers of each document's quotes, by marker. */
const quotes: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': {
    claims: () => quote(claimsTable(readKeptClaims(), { isBrief: true })),
    reference: () => renderReference(REFERENCE),
    stacks: () => renderStackVerdicts(STACKS),
  },
  'docs/results.md': {
    stacks: () => renderStacks(STACKS),
    reconnect: () => renderBroken(RECONNECT, faultTables),
    herd: () => renderBroken(HERD, herdTable),
    cost: renderCost,
    many: renderMany,
    matrix: renderMatrix,
    upstream: () => renderReference(UPSTREAM),
    cancel: () => renderSaid(CANCEL),
    turns: () => renderSaid(TURNS),
    voice: () => renderSaid(VOICE),
    code: renderCode,
    steer: () => renderSaid(STEER),
  },
  'docs/claims.md': { claims: () => quote(claimsTable(readKeptClaims())) },
  'docs/usage.md': { flags: renderFlagTable },
  'docs/proxies.md': { proxies: renderProxyChanges, cells: () => renderProxyCells(PROXIES) },
  // Output of the programs of this folder, and of `streamduel selftest --capture`.
  'docs/method.md': {
    self: figure('reports/reference/self.md'),
    aa: figure('reports/reference/aa.md'),
    capture: figure('reports/reference/capture.md'),
  },
};

export const quotingDocuments = Object.keys(quotes);

/** Returns the document's text with its quotes up to date. */
export function quoteDocument(document: string, text: string): string {
  const toRoot = document.includes('/') ? '../' : '';
  return Object.entries(quotes[document] ?? {}).reduce(
    (quoted, [marker, render]) =>
      replaceBetween(quoted, marker, render().replaceAll('](reports/', `](${toRoot}reports/`)),
    text,
  );
}

if (import.meta.main) {
  for (const document of quotingDocuments) {
    const before = readFileSync(project(document), 'utf8');
    const after = quoteDocument(document, before);
    if (!process.argv.includes('--check')) writeFileSync(project(document), after);
    else if (before !== after) {
      process.stderr.write(
        `${document} does not quote reports/reference as it is now: npm run build:readme\n`,
      );
      process.exitCode = 1;
    }
  }
}
