// What a reader sees first: the question, how it was asked, and whether the answer may be believed.

import type { Analysis } from '../../analysis/analysis.ts';
import { payloads } from '../../contract/payload.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { formatCount, formatSetting } from '../format.ts';
import { alertBlock, code, joinBlocks } from '../markdown.ts';
import { armTitle, loadPointTitle } from '../report-context.ts';

export function renderHeadline(analysis: Analysis): string {
  return joinBlocks([`# ${question(analysis)}`, circumstances(analysis), ...banners(analysis)]);
}

function question({ plan, name }: Analysis): string {
  const titles = plan.arms.filter((arm) => arm.transport !== 'tcp').map((arm) => armTitle(arm));
  return `${titles.join(' or ')} for streaming LLM tokens? (${name})`;
}

function circumstances({ plan, startedAt, trials, loadPoints }: Analysis): string {
  const { workload } = plan;
  const firstToken = formatSetting(workload.firstTokenMedianMs * NS_PER_MS, 'ns');
  const gaps = workload.gaps.kind === 'fixed' ? 'even gaps' : `lognormal gaps (σ ${workload.gaps.sigma})`;
  return [
    `Workload ${code(workload.name)}: streams of ${formatCount(workload.tokensPerStream)} tokens at ${formatSetting(workload.tokensPerSecond, 'tokens/s')}`,
    ` with ${gaps}, the first token due after ${firstToken} (median), in payload ${code(plan.payload)} (${payloads[plan.payload].summary}).`,
    ` Load: ${loadPoints.map((point) => loadPointTitle(point)).join(', ')}.`,
    ` ${formatCount(plan.blocks)} blocks were planned, each with one trial per arm in random order, ${formatSetting(plan.windowNs, 'ns')} measured per trial;`,
    ` ${formatCount(trials.completed)} of ${formatCount(trials.planned)} trials completed. Started ${startedAt}.`,
  ].join('');
}

function banners(analysis: Analysis): readonly string[] {
  const { loadPoints, trials, plan, isComplete } = analysis;
  const invalid = loadPoints.flatMap((point) => point.invalid.map((reason) => `- ${loadPointTitle(point)}: ${reason}`));
  const limited = loadPoints.flatMap((point) => point.harnessLimited.map((reason) => `- ${loadPointTitle(point)}: ${reason}`));
  return [
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
    plan.verdicts
      ? ''
      : alertBlock('NOTE', [
          `**NO VERDICTS**: preset ${code(plan.preset)} measures too short to compare anything. It shows that everything works;` +
            ' its numbers are not results.',
        ]),
  ];
}
