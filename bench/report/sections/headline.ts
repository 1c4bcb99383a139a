// Renders the top of the report: the question, the conditions of the run, and whether the answer
// can be trusted.

import { loadPointTitle } from '../../contract/load-point.ts';
import { formatCount } from '../format.ts';
import { INJECTED, injectedArms } from '../injections.ts';
import { alert, flow, heading, list, type Block, type Content } from '../blocks.ts';
import { code } from '../inline.ts';
import { LIMITED_IN_PART, limitedPairs, limitedWords } from '../missed-controls.ts';
import { armTitle, isContestant, isEqualArmsRun } from '../report-context.ts';
import type { RunReport } from '../scenario-parts.ts';
import { trialsSentence } from '../stopping-words.ts';

export function renderHeadline(context: RunReport): readonly Block[] {
  const { analysis, parts } = context;
  return flow([
    heading(1, `${question(context)} (${analysis.name})`),
    `${parts.circumstances(analysis)} ${trialsSentence(context)} Started ${analysis.startedAt}.`,
    ...(parts.conditions?.(analysis) ?? []),
    ...banners(context),
  ]);
}

function question({ analysis, parts }: RunReport): string {
  const { plan } = analysis;
  const titles = plan.arms.filter(isContestant).map((arm) => armTitle(arm));
  if (plan.arms.some((arm) => arm.injection !== undefined))
    return `Does the harness find what was injected? ${titles.join(', ')}`;
  const isEqual = isEqualArmsRun(analysis);
  if (analysis.pilot !== undefined)
    return `How many blocks does it take to compare ${titles.join(' and ')}${isEqual ? ' with itself' : ''}?`;
  if (isEqual)
    return `How much noise does the harness find between two equal arms (${titles.join(', ')})?`;
  return parts.heading?.(analysis) ?? `${titles.join(' or ')} ${parts.title}?`;
}

function banners(context: RunReport): readonly Content[] {
  const { analysis, parts } = context;
  const { loadPoints, trials, plan, isComplete, pilot } = analysis;
  const injected = injectedArms(analysis);
  const invalid = loadPoints.flatMap((point) =>
    point.invalid.map((reason) => `${loadPointTitle(point.loadPoint)}: ${reason}`),
  );
  const limited = loadPoints.flatMap((point) =>
    point.harnessLimited.map((reason) => `${loadPointTitle(point.loadPoint)}: ${reason}`),
  );
  const limitedInPart = loadPoints.flatMap((point) =>
    limitedPairs(context, point).map(
      (pair) =>
        `${loadPointTitle(point.loadPoint)}, ${pair.title}: ${limitedWords(pair)}. Missed: ${pair.reasons.join('; ')}.`,
    ),
  );
  return [
    parts.banner?.(analysis) ?? [],
    injected.length === 0 ? [] : alert('caution', [`**${INJECTED}.**`, list(injected)]),
    invalid.length === 0
      ? []
      : alert('caution', [
          '**INVALID**: a check of correctness failed, so these load points prove nothing.',
          list(invalid),
        ]),
    limited.length === 0
      ? []
      : alert('warning', [
          '**HARNESS-LIMITED**: at these load points the harness itself was too busy; the numbers may be its own. Repeat with less load.',
          list(limited),
        ]),
    limitedInPart.length === 0
      ? []
      : alert('warning', [
          `**${LIMITED_IN_PART}**: these pairs of arms differ in what the harness alone should decide, so what depends on it has no verdict between the two. Everything else stands.`,
          list(limitedInPart),
        ]),
    isComplete
      ? []
      : alert(
          'warning',
          `**INCOMPLETE**: the run stopped early; ${formatCount(trials.completed + trials.failed)} of ${formatCount(trials.planned)} trials ran.` +
            ' What follows is what there is.',
        ),
    pilot === undefined
      ? []
      : alert(
          'note',
          '**PILOT**: this run says how many blocks a comparison needs. It compares nothing, and its blocks are not results.',
        ),
    plan.verdicts || pilot !== undefined
      ? []
      : alert(
          'note',
          `**NO VERDICTS**: preset ${code(plan.preset)} measures too short to compare anything. It shows that everything works;` +
            ' its numbers are not results.',
        ),
  ];
}
