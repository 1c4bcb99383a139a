// The README quotes the reference run and the harness's own figures by rendering them, so it cannot say what no run here
// said. `npm run build:readme` writes it anew; with --check it only compares.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPointTitle } from '../contract/load-point.ts';
import { analyse } from '../analysis/analyse.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { loadRun } from '../analysis/load-run.ts';
import { metricsOf } from '../analysis/metrics/registry.ts';
import { renderFaultTable } from '../report/recovery/fault-verdicts.ts';
import { left, renderTable, right } from '../report/markdown.ts';
import { herdValue } from '../report/recovery/herd.ts';
import { faultGroups, groupContenders, recoveryContext, type RecoveryContext } from '../report/recovery/recovery-context.ts';
import { contenders, type ReportContext } from '../report/report-context.ts';
import { renderMetricRows } from '../report/scenarios/arm-estimates.ts';
import { renderClaimTable } from '../report/suite/claims.ts';
import { renderVerdictMarkdown } from '../report/verdict-table.ts';
import { loadSuite } from '../trial/suite-folder.ts';

const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const README = project('README.md');
const REFERENCE = 'reports/reference/standard';
const RECONNECT = 'reports/reference/reconnect';
const HERD = 'reports/reference/herd';
const COST = 'reports/reference/cost';
const MANY = 'reports/reference/many';
/** What the programs of this folder, and `streamduel selftest --capture`, printed. */
const figures = {
  self: 'reports/reference/self.md',
  aa: 'reports/reference/aa.md',
  capture: 'reports/reference/capture.md',
} as const;

function replaceBetween(text: string, marker: string, content: string): string {
  const start = `<!-- ${marker}:start -->`;
  const end = `<!-- ${marker}:end -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`README.md has no ${marker} markers`);
  return `${text.slice(0, from + start.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
}

function machineOf({ environment }: Analysis): string {
  return `${environment.cpuModel}, ${environment.cpus} CPUs, ${environment.os}, Node ${environment.node}, ws ${environment.packages['ws']}, fastify ${environment.packages['fastify']}`;
}

function renderReference(analysis: Analysis): string {
  const { plan, command } = analysis;
  const point = analysis.loadPoints[0];
  const other = point && contenders(point)[0];
  if (point === undefined || other === undefined) throw new Error(`${REFERENCE} has no contender`);
  return [
    `The [reference run](${REFERENCE}/report.md) of ${analysis.startedAt.slice(0, 10)}: ${plan.blocks} blocks, ${loadPointTitle(point.loadPoint)}, ${plan.workload.tokensPerSecond} tokens/s each, on ${machineOf(analysis)}.`,
    renderVerdictMarkdown({ context: { analysis, metrics: metricsOf(analysis.plan.scenario) }, point, otherArm: other }),
    point.comparisons
      .filter((comparison) => comparison.otherArm === other && comparison.endpoint !== undefined)
      .map((comparison) => `- ${comparison.sentence}`)
      .join('\n'),
    `Repeated by \`${command}\`.`,
  ].join('\n\n');
}

/** A run in which something broke: what it says, between what it is and how to repeat it. */
function renderBroken(folder: string, tables: (context: RecoveryContext) => readonly string[]): string {
  const analysis = analyse(loadRun(project(folder)));
  const { plan, command, startedAt } = analysis;
  const context = recoveryContext({ analysis, metrics: metricsOf(plan.scenario) });
  if (context === undefined) throw new Error(`${folder} broke nothing`);
  return [
    `[The run](${folder}/report.md) of ${startedAt.slice(0, 10)}: ${plan.blocks} blocks, ${plan.workload.tokensPerSecond} tokens/s each, on ${machineOf(analysis)}.`,
    ...tables(context),
    `Repeated by \`${command}\`.`,
  ].join('\n\n');
}

function faultTables(context: RecoveryContext): string[] {
  return faultGroups(context).flatMap((group) => groupContenders(context, group).map((other) => renderFaultTable(context, group, other)));
}

const herdColumns = [
  ['50 % back', 'recovered.50'],
  ['95 % back', 'recovered.95'],
  ['all back', 'recovered.100'],
  ['most attempts in 100 ms', 'attempts.peak'],
  ['most accepted in 1 s', 'accepts.peak'],
] as const;

function herdTable(context: RecoveryContext): string[] {
  const places = faultGroups(context).flatMap(({ faults }) =>
    faults.flatMap((fault) => fault.arms.map((arm) => ({ context, fault, arm }))),
  );
  return [
    renderTable(
      [left('policy'), left('clients'), left('arm'), ...herdColumns.map(([title]) => right(title))],
      places.map((place) => {
        const { policy, connections } = place.fault.loadPoint;
        return [policy ?? '', String(connections), place.arm.title].concat(herdColumns.map(([, metric]) => herdValue(place, metric)));
      }),
    ),
  ];
}

/** The parts of a suite, and what they say together of the claim. */
function renderCost(): string {
  const suite = loadSuite(project(COST));
  const contexts = suite.parts.map(({ folder }) => contextOf(join(COST, folder)));
  const [first] = contexts;
  if (first === undefined) throw new Error(`${COST} has no parts`);
  return [
    `[The run](${COST}/report.md) of ${suite.startedAt.slice(0, 10)}: ${contexts.map(({ analysis: { plan } }) => `${plan.scenario} with ${plan.blocks} blocks`).join(', ')}, on ${machineOf(first.analysis)}.`,
    renderClaimTable(contexts),
    `Repeated by \`${suite.command}\`.`,
  ].join('\n\n');
}

function contextOf(folder: string): ReportContext {
  const analysis = analyse(loadRun(project(folder)));
  return { analysis, metrics: metricsOf(analysis.plan.scenario) };
}

/** One ladder of connections, as far up as it goes: what one costs, and whether the last costs as much as the first. */
function renderMany(): string {
  const context = contextOf(MANY);
  const { analysis } = context;
  const { clientProcesses = 1, serverProcesses = 1, blocks, ladder } = analysis.plan;
  const point = analysis.loadPoints[0];
  if (point === undefined || ladder === undefined) throw new Error(`${MANY} has no ladder`);
  return [
    `[The run](${MANY}/report.md) of ${analysis.startedAt.slice(0, 10)}: rungs of ${ladder.rungs.join(', ')} connections, ${serverProcesses} server and ${clientProcesses} load processes on one machine, ${blocks} blocks: intervals, but too few for verdicts.`,
    renderMetricRows(context, point, ['memory.retained', 'memory.streaming', 'memory.kernel', 'memory.flatness', 'memory.left']),
    `Repeated by \`${analysis.command}\`.`,
  ].join('\n\n');
}

export function quoteReadme(readme: string): string {
  const runs = {
    reference: renderReference(analyse(loadRun(project(REFERENCE)))),
    reconnect: renderBroken(RECONNECT, faultTables),
    herd: renderBroken(HERD, herdTable),
    cost: renderCost(),
    many: renderMany(),
  };
  const quoted = Object.entries(runs).reduce((text, [marker, content]) => replaceBetween(text, marker, content), readme);
  return Object.entries(figures).reduce(
    (text, [marker, file]) => replaceBetween(text, marker, readFileSync(project(file), 'utf8')),
    quoted,
  );
}

if (import.meta.main) {
  const before = readFileSync(README, 'utf8');
  const after = quoteReadme(before);
  if (!process.argv.includes('--check')) writeFileSync(README, after);
  else if (before !== after) {
    process.stderr.write('README.md does not quote reports/reference as it is now: npm run build:readme\n');
    process.exitCode = 1;
  }
}
