// Renders two texts that prevent over-interpretation of the result: how to read the table, and what
// it cannot say.

import type { Analysis } from '../../analysis/analysis.ts';
import { paths } from '../../contract/arms/paths.ts';
import { clientStacks } from '../../contract/arms/stacks.ts';
import { browserLimits } from '../browser.ts';
import { contentLimit } from '../chunk-words.ts';
import { section } from '../blocks.ts';
import { absences, listWords, transportsOf } from '../mechanisms.ts';
import { list, type Block } from '../blocks.ts';
import { armTitleOf, isEqualArmsRun } from '../report-context.ts';
import type { RunReport } from '../scenario-parts.ts';

export function renderHowToRead(context: RunReport): readonly Block[] {
  return section('How to read this', [list(readingOf(context))]);
}

function readingOf({ analysis, parts }: RunReport): readonly string[] {
  if (parts.comparesNothing === true) return [];
  if (isEqualArmsRun(analysis)) return ofEqualArms;
  return parts.reading?.(analysis) ?? ofVerdicts(analysis);
}

function ofVerdicts(analysis: Analysis): readonly string[] {
  const baseline = armTitleOf(analysis, analysis.baseline);
  const isOfPairs = analysis.loadPoints.some(({ comparisons }) =>
    comparisons.some(({ baselineArm }) => baselineArm !== undefined),
  );
  const divisor = isOfPairs ? 'the arm that it is held against' : `${baseline}, the baseline`;
  return [
    `**Ratio**: the other arm divided by ${divisor}, paired block by block. Below 1 the other arm's number is smaller, which is better` +
      ' for every endpoint in the table unless its definition says otherwise.',
    '**Interval** (95 % CI): the ratios that the blocks are compatible with. Its unit is the trial, a fresh pair of processes; many tokens in one trial do not narrow it.',
    ...(analysis.copy === undefined
      ? []
      : [
          `**A/A floor**: how far the same interval reaches between two equal arms, ${baseline} and its copy. This machine resolves nothing finer with so many blocks.`,
        ]),
    '**Margin**: fixed before the run. A difference inside it does not matter in practice, whether or not it was detected.',
    '**Equivalent**: the whole interval lies within the margin. **Inconclusive**: neither a difference nor equivalence was shown; more blocks may show either.',
    '**Not resolvable**: this machine is too noisy for this endpoint at this number of blocks.',
  ];
}

const ofEqualArms: readonly string[] = [
  '**Copy against baseline**: the ratio of the two, or their difference for what may be zero; with its 95 % interval, paired block by block. The truth is 1, or 0.',
  '**Half-width**: how far that interval reaches. A run with as many blocks between different arms is about as wide.',
  '**Smallest difference found**: a true difference of that size is found in 80 of 100 such runs, at p < 0.05 and before any correction for the number of endpoints.',
  '**Claim**: whether the harness would have said that the two differ (Holm-adjusted p < 0.05).',
];

export function renderLimits({ analysis, parts }: RunReport): readonly Block[] {
  const { environment, plan } = analysis;
  const cpus = `${environment.cpus} CPU${environment.cpus === 1 ? '' : 's'}`;
  const [client, ...otherClients] = new Set(plan.arms.map((arm) => arm.client));
  const limit =
    client === undefined || otherClients.length > 0 || plan.targets !== undefined
      ? undefined
      : clientStacks[client].limit;
  const standards = [
    ...new Set(
      transportsOf(plan.arms).flatMap(({ isNullArm, standard }) => (isNullArm ? [] : [standard])),
    ),
  ];
  return section('What this result does not say', [
    `It is about these implementations, in these versions, on this machine.${standards.length === 0 ? '' : ` It is not about ${listWords(standards)} in general.`}`,
    list([
      ...(parts.machineLimits?.(plan, cpus) ?? [
        ...new Set(plan.arms.map(({ path }) => paths[path].network)),
        `Both ends shared ${cpus}. Much of the work of receiving is charged to the sender there, so CPU per token is not that of a server alone.`,
        ...absences(plan.arms, {
          consequence: 'Each of them can outweigh the difference between the transports.',
        }),
      ]),
      ...(parts.limits?.(analysis) ?? []),
      ...(limit === undefined
        ? []
        : [
            `${limit}${parts.takesProbeOnly === true ? '' : ' Measure those with `--client library`.'}`,
          ]),
      ...browserLimits(analysis),
      ...(plan.targets === undefined && parts.hasOwnForms !== true
        ? [contentLimit(plan, plan.arms)]
        : []),
      'There is no overall winner: which endpoint matters depends on what you build.',
    ]),
  ]);
}
