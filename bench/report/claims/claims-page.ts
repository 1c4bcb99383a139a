// The page of claims: one table, then each claim with its evidence, and the runs that it stands on.
// It names no winner: a claim is about one thing, under the conditions of its runs.

import { whyUnread } from '../../claims/trusted.ts';
import type { ClaimVerdict, EvidenceRun } from '../../claims/claim-reading.ts';
import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import {
  alert,
  flow,
  heading,
  left,
  list,
  right,
  section,
  shellCode,
  table,
  type Block,
  type Content,
} from '../blocks.ts';
import { formatCount } from '../format.ts';
import { renderHtmlPage } from '../formats/html-page.ts';
import { renderMarkdown } from '../formats/markdown.ts';
import { claimDetails, runLink } from './claim-details.ts';
import type { ClaimsContext } from './claims-context.ts';
import { claimsTable } from './claims-table.ts';
import { profileSection } from './profile-section.ts';

/** As Markdown: the same runs give the same text, to the byte. */
export function renderClaimsReport(context: ClaimsContext): string {
  return `${renderMarkdown(claimsBlocks(context))}\n`;
}

/** As one HTML file. */
export function renderClaimsPage(context: ClaimsContext): string {
  return renderHtmlPage({ blocks: claimsBlocks(context), svgOf: () => undefined });
}

const QUESTION = 'Why does ChatGPT stream over SSE and not WebSocket, and is each reason true?';

function claimsBlocks(context: ClaimsContext): readonly Block[] {
  const { readings, runs, command, profile } = context;
  return flow([
    heading(1, QUESTION),
    `Each sentence of the article and of the debate, held against ${formatCount(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}: **${countVerdicts(readings)}**. A verdict is about these implementations on the machines of these runs, and none of them says which transport to use.`,
    claimsTable(readings, { isBrief: true, leadsToSections: true }),
    alarm(context),
    profile === undefined ? [] : profileSection(profile),
    section('How to read it', list(rules)),
    readings.map((reading) => claimDetails(reading, context)),
    section('Runs', [runsTable(context), 'Repeat this page:', shellCode(command)]),
  ]);
}

/** `2 supported, 11 depend on a condition, 5 open` */
function countVerdicts(readings: ClaimsContext['readings']): string {
  const counts = Map.groupBy(readings, ({ verdict }) => verdict);
  return verdictOrder
    .flatMap(([verdict, words]) => {
      const count = counts.get(verdict)?.length ?? 0;
      return count === 0 ? [] : [`${count} ${words(count)}`];
    })
    .join(', ');
}

const verdictOrder: readonly (readonly [ClaimVerdict, (count: number) => string])[] = [
  ['supported', () => 'supported'],
  ['refuted', () => 'refuted'],
  ['depends', (count) => `${count === 1 ? 'depends' : 'depend'} on a condition`],
  ['open', () => 'open'],
];

const rules = [
  '**supported**, **refuted**: all that the claim can mean was settled, and to the same side. **depends on …**: some of it holds, and some does not, makes no difference that matters, or is open. **open**: nothing was settled.',
  'A row of evidence repeats one verdict of its run, and judges no number again. It decides where the verdict is shown: beyond its margin, with p < 0.05 after Holm’s correction over the run, and beside the other tests that bear on the claim (Bonferroni).',
  'What is counted of trials, blocks or proxies decides where the exact interval of its share (Clopper and Pearson) excludes one half: six of six at the least.',
  'Nothing decides where a gate was missed by one of its arms, counted bytes included; nor a run with an injected effect, a pilot, or a plan too short for verdicts.',
  'Counted code decides where lines and branches are both fewer by a quarter at least, of programs that pass the same cases.',
  '**no difference that matters**: a difference beyond the margin of the endpoint was excluded. It is neither for nor against a claim that one transport is better.',
];

function alarm({ runs, leftOut, labelOf }: ClaimsContext): Content {
  const missed = runs.flatMap(({ folder, analysis }) => {
    const gates = analysis.loadPoints.reduce((sum, point) => sum + missedGates(point), 0);
    return gates === 0
      ? []
      : [`${labelOf(folder)}: ${gates} ${gates === 1 ? 'gate was' : 'gates were'} missed`];
  });
  const unread = runs.flatMap(({ folder, analysis }) => {
    const why = whyUnread(analysis);
    return why === undefined ? [] : [`${labelOf(folder)} decides nothing: ${why}`];
  });
  return [
    missed.length === 0
      ? []
      : alert('caution', ['Rows of these runs are void where a gate was missed:', list(missed)]),
    unread.length === 0 ? [] : alert('caution', [list(unread)]),
    leftOut.length === 0
      ? []
      : alert('note', ['Not measured:', list(leftOut.map(({ run, why }) => `${run}: ${why}`))]),
  ];
}

function missedGates({ gates }: LoadPointAnalysis): number {
  return gates.filter(({ state }) => state === 'failed').length;
}

function runsTable(context: ClaimsContext): Content {
  return table(
    [
      left('run'),
      left('scenario'),
      left('started'),
      right('trials'),
      left('machine'),
      left('software'),
    ],
    context.runs.map((run) => [
      runLink(run.folder, context),
      `${run.analysis.plan.scenario}, ${run.analysis.plan.preset}`,
      run.analysis.startedAt,
      trialWords(run),
      machineWords(run),
      softwareWords(run),
    ]),
  );
}

function trialWords({ analysis: { trials, isComplete } }: EvidenceRun): string {
  const count = `${formatCount(trials.completed)} of ${formatCount(trials.planned)}`;
  return isComplete ? count : `${count}, INCOMPLETE`;
}

function machineWords({ analysis: { environment } }: EvidenceRun): string {
  return `${environment.cpuModel}, ${environment.cpus} CPUs, ${environment.os}`;
}

function softwareWords({ analysis: { environment } }: EvidenceRun): string {
  const { node, packages } = environment;
  return [
    `Node ${node}`,
    ...Object.entries(packages).map(([name, version]) => `${name} ${version}`),
  ].join(', ');
}
