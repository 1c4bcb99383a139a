// Renders the top of the report: the question, the conditions of the run, and whether the answer can be trusted.

import type { Analysis } from '../../analysis/analysis.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { payloads } from '../../contract/payload.ts';
import { sources } from '../../contract/upstream.ts';
import type { ScenarioId } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { formatCount, formatSetting } from '../format.ts';
import { INJECTED, injectedArms } from '../injections.ts';
import { alertBlock, code, joinBlocks } from '../markdown.ts';
import { armTitle, isContestant, isEqualArmsRun } from '../report-context.ts';
import { faultCircumstances } from '../recovery/circumstances.ts';
import { partsOf } from '../scenario-parts.ts';
import { trialsSentence } from '../stopping-words.ts';

export function renderHeadline(analysis: Analysis): string {
  return joinBlocks([
    `# ${question(analysis)} (${analysis.name})`,
    faultCircumstances(analysis) ?? ownCircumstances(analysis) ?? circumstances(analysis),
    ...banners(analysis),
  ]);
}

function question(analysis: Analysis): string {
  const { plan } = analysis;
  const titles = plan.arms.filter(isContestant).map((arm) => armTitle(arm));
  if (plan.arms.some((arm) => arm.injection !== undefined)) return `Does the harness find what was injected? ${titles.join(', ')}`;
  const isEqual = isEqualArmsRun(analysis);
  if (analysis.pilot !== undefined)
    return `How many blocks does it take to compare ${titles.join(' and ')}${isEqual ? ' with itself' : ''}?`;
  if (isEqual) return `How much noise does the harness find between two equal arms (${titles.join(', ')})?`;
  return `${titles.join(' or ')} ${conditions[plan.scenario]}?`;
}

const conditions: Record<ScenarioId, string> = {
  stream: 'for streaming LLM tokens',
  reconnect: 'when connections break',
  herd: 'when a server dies and every client comes back at once',
  memory: 'for many connections: what does each cost',
  capacity: 'for as many streams as one server carries',
  connect: 'for streams that begin',
  fanout: 'for one source with many subscribers',
  'slow-reader': 'when clients stop reading',
  burst: 'for tokens that come several at once',
  completions: 'for whole streams, one after another',
  'browser-limits': 'for as many streams as one browser opens to one origin',
};

function ownCircumstances(analysis: Analysis): string | undefined {
  const own = partsOf(analysis)?.circumstances?.(analysis);
  return own === undefined ? undefined : `${own} ${trialsSentence(analysis)} Started ${analysis.startedAt}.`;
}

function circumstances(analysis: Analysis): string {
  const { plan, startedAt, loadPoints } = analysis;
  const { workload } = plan;
  const firstToken = formatSetting(workload.firstTokenMedianMs * NS_PER_MS, 'ns');
  const gaps = workload.gaps.kind === 'fixed' ? 'even gaps' : `lognormal gaps (σ ${workload.gaps.sigma})`;
  return [
    `Workload ${code(workload.name)}: streams of ${formatCount(workload.tokensPerStream)} tokens at ${formatSetting(workload.tokensPerSecond, 'tokens/s')}`,
    ` with ${gaps}, the first token due after ${firstToken} (median), in payload ${code(plan.payload)} (${payloads[plan.payload].summary}).`,
    ` Load: ${loadPoints.map((point) => loadPointTitle(point.loadPoint)).join(', ')}.`,
    ...(plan.source === 'upstream' ? [` Each token comes from ${code('--source upstream')}: ${sources.upstream}.`] : []),
    ` ${trialsSentence(analysis, `${formatSetting(plan.windowNs, 'ns')} measured per trial`)} Started ${startedAt}.`,
  ].join('');
}

function banners(analysis: Analysis): readonly string[] {
  const { loadPoints, trials, plan, isComplete, pilot } = analysis;
  const injected = injectedArms(analysis);
  const invalid = loadPoints.flatMap((point) => point.invalid.map((reason) => `- ${loadPointTitle(point.loadPoint)}: ${reason}`));
  const limited = loadPoints.flatMap((point) => point.harnessLimited.map((reason) => `- ${loadPointTitle(point.loadPoint)}: ${reason}`));
  return [
    partsOf(analysis)?.banner?.(analysis) ?? '',
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
