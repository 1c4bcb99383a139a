// What a reader sees first: the question, how it was asked, and whether the answer may be believed.

import type { Analysis } from '../../analysis/analysis.ts';
import { payloads } from '../../contract/payload.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { formatCount, formatSetting } from '../format.ts';
import { INJECTED, injectedArms } from '../injections.ts';
import { alertBlock, code, joinBlocks } from '../markdown.ts';
import { armTitle, isContestant, isEqualArmsRun, loadPointTitle } from '../report-context.ts';
import { blockCount } from '../stopping-words.ts';

export function renderHeadline(analysis: Analysis): string {
  return joinBlocks([`# ${question(analysis)} (${analysis.name})`, circumstances(analysis), ...banners(analysis)]);
}

function question(analysis: Analysis): string {
  const { plan } = analysis;
  const titles = plan.arms.filter(isContestant).map((arm) => armTitle(arm));
  if (plan.arms.some((arm) => arm.injection !== undefined)) return `Does the harness find what was injected? ${titles.join(', ')}`;
  const isEqual = isEqualArmsRun(analysis);
  if (analysis.pilot !== undefined)
    return `How many blocks does it take to compare ${titles.join(' and ')}${isEqual ? ' with itself' : ''}?`;
  if (isEqual) return `How much noise does the harness find between two equal arms (${titles.join(', ')})?`;
  return `${titles.join(' or ')} for streaming LLM tokens?`;
}

function circumstances(analysis: Analysis): string {
  const { plan, startedAt, trials, loadPoints } = analysis;
  const { workload } = plan;
  const firstToken = formatSetting(workload.firstTokenMedianMs * NS_PER_MS, 'ns');
  const gaps = workload.gaps.kind === 'fixed' ? 'even gaps' : `lognormal gaps (σ ${workload.gaps.sigma})`;
  return [
    `Workload ${code(workload.name)}: streams of ${formatCount(workload.tokensPerStream)} tokens at ${formatSetting(workload.tokensPerSecond, 'tokens/s')}`,
    ` with ${gaps}, the first token due after ${firstToken} (median), in payload ${code(plan.payload)} (${payloads[plan.payload].summary}).`,
    ` Load: ${loadPoints.map((point) => loadPointTitle(point)).join(', ')}.`,
    ` ${blockWords(analysis)}, each with one trial per arm in random order, ${formatSetting(plan.windowNs, 'ns')} measured per trial;`,
    ` ${formatCount(trials.completed)} of ${formatCount(trials.planned)} trials completed${repeatWords(analysis)}. Started ${startedAt}.`,
  ].join('');
}

function blockWords(analysis: Analysis): string {
  const { plan, stop } = analysis;
  if (stop === undefined) return `${formatCount(plan.blocks)} blocks were planned`;
  return stop.isReached ? `A stopping rule ended it after ${blockCount(analysis)} blocks` : `${blockCount(analysis)} blocks were measured`;
}

function repeatWords({ repeats }: Analysis): string {
  if (repeats.length === 0) return '';
  return `, those of ${repeats.length === 1 ? 'a block that was' : `${formatCount(repeats.length)} blocks that were`} measured again included`;
}

function banners(analysis: Analysis): readonly string[] {
  const { loadPoints, trials, plan, isComplete, pilot } = analysis;
  const injected = injectedArms(analysis);
  const invalid = loadPoints.flatMap((point) => point.invalid.map((reason) => `- ${loadPointTitle(point)}: ${reason}`));
  const limited = loadPoints.flatMap((point) => point.harnessLimited.map((reason) => `- ${loadPointTitle(point)}: ${reason}`));
  return [
    injected.length === 0 ? '' : alertBlock('CAUTION', [`**${INJECTED}.**`, '', ...injected.map((arm) => `- ${arm}`)]),
    invalid.length === 0
      ? ''
      : alertBlock('CAUTION', ['**INVALID**: a check of correctness failed, so these load points prove nothing.', '', ...invalid]),
    limited.length === 0
      ? ''
      : alertBlock('WARNING', [
          '**HARNESS-LIMITED**: at these load points the harness itself was too busy; the numbers may be its own. Repeat with less load.',
          '',
          ...limited,
        ]),
    isComplete
      ? ''
      : alertBlock('WARNING', [
          `**INCOMPLETE**: the run stopped early; ${formatCount(trials.completed + trials.failed)} of ${formatCount(trials.planned)} trials ran.` +
            ' What follows is what there is.',
        ]),
    pilot === undefined
      ? ''
      : alertBlock('NOTE', [
          '**PILOT**: this run says how many blocks a comparison needs. It compares nothing, and its blocks are not results.',
        ]),
    plan.verdicts || pilot !== undefined
      ? ''
      : alertBlock('NOTE', [
          `**NO VERDICTS**: preset ${code(plan.preset)} measures too short to compare anything. It shows that everything works;` +
            ' its numbers are not results.',
        ]),
  ];
}
