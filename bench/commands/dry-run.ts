// `streamduel run --dry-run`: the plan in words, without a measurement.

import { leftOutWords } from '../contract/left-out.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import type { Plan } from '../contract/run-file.ts';
import type { TargetsPlan } from '../contract/target.ts';
import { armName, isCopy, type Arm } from '../contract/arms/arms.ts';
import { NS_PER_S } from '../contract/units.ts';
import { repeatCommand, repeatSuite } from '../flags/repeat.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { readScenarios } from '../flags/suite.ts';
import { arrivalSummary, lengthWords } from '../report/arrival-words.ts';
import { alignRows } from '../flags/text-columns.ts';
import { countTrials } from '../plan/trials.ts';
import { estimateTrialS, formatSeconds } from './estimate-time.ts';
import { DEFAULT_OUT } from './measure-run.ts';
import { prepareRun, readName, usualName, type PreparedRun } from './prepare-run.ts';
import { prepareParts } from './suite.ts';

/**
 * Makes every check that a run makes before its first trial. @throws BenchError as `prepareRun`
 * does
 */
export async function dryRun(scenarios: readonly string[], flags: RunFlags): Promise<string> {
  if (scenarios.length < 2) {
    const prepared = await prepareRun(scenarios, flags);
    const folder = `${flags.out ?? DEFAULT_OUT}/<time>-${readName(flags, usualName(prepared.plan))}`;
    return `${describePlan(prepared)}\nIts folder: ${folder}\nThe same plan again: ${repeatCommand(prepared.plan, flags)}\n`;
  }
  const named = readScenarios(scenarios);
  const parts = await prepareParts(named, flags);
  const [first] = parts as [PreparedRun, ...PreparedRun[]];
  return `${parts.map(describePlan).join('\n')}\nThe same suite again: ${repeatSuite(named, flags, first.plan)}\n`;
}

/** The plan of one scenario as aligned lines. */
export function describePlan({
  plan,
  needsPilot,
  leftOut,
}: Pick<PreparedRun, 'plan' | 'needsPilot' | 'leftOut'>): string {
  const { scenario, preset, arms, loadPoints, recovery } = plan;
  return [
    `scenario ${scenario}, preset ${preset}\n`,
    alignRows([
      ['arms', arms.map(describeArm).join(', ')],
      ...(leftOut.length === 0 ? [] : [['left out', leftOutWords(leftOut)] as const]),
      ['load', needsPilot ? describePilot(plan) : loadPoints.map(loadPointTitle).join('; ')],
      ...(recovery?.absent ?? []).map(
        ({ fault, why, remedy }) => ['left out', `${fault}: ${why}; ${remedy}`] as const,
      ),
      plan.targets === undefined
        ? ['workload', describeWorkload(plan)]
        : ['requests', describeRequests(plan, plan.targets)],
      ...(plan.arrivals === undefined
        ? []
        : [['arrivals', arrivalSummary(plan.arrivals)] as const]),
      ['trials', describeTrials(plan)],
      ['time', describeTime(plan, needsPilot)],
    ]),
  ].join('');
}

function describeArm(arm: Arm, index: number): string {
  if (isCopy(arm)) return `${armName(arm)} (noise floor)`;
  return index === 0 ? `${armName(arm)} (baseline)` : armName(arm);
}

function describeWorkload(plan: Plan): string {
  const { name, tokensPerSecond } = plan.workload;
  return `${name}: ${tokensPerSecond} tokens/s, ${lengthWords(plan)} a stream, payload ${plan.payload}`;
}

/** People pay for some of them. */
function describeRequests(plan: Plan, { startsPerSecond, prompts }: TargetsPlan): string {
  const { warmupNs, windowNs } = plan;
  const perTrial = (startsPerSecond * (warmupNs + windowNs)) / NS_PER_S;
  const all = Math.round(perTrial * countTrials(plan));
  return `about ${all} in all: ${startsPerSecond} a second, ${prompts.length === 1 ? '1 prompt' : `${prompts.length} prompts`}`;
}

function describePilot({ loadPoints }: Plan): string {
  const shares = loadPoints.map(({ share = 1 }) => `${Math.round(100 * share)} %`);
  return `${shares.join(', ')} of what the weaker arm carries, which a pilot of a few short trials finds out first`;
}

function describeTrials(plan: Plan): string {
  const { arms, loadPoints, blocks, burnInBlocks, warmupNs, windowNs, recovery, lanes = 1 } = plan;
  const perBlock = arms.length * loadPoints.length;
  const burnIn = burnInBlocks === 0 ? '' : ` and ${burnInBlocks} of burn-in`;
  const length =
    recovery === undefined
      ? `${warmupNs / NS_PER_S} s of warm-up and a window of ${windowNs / NS_PER_S} s`
      : 'one fault';
  const beside = lanes === 1 ? '' : `, ${lanes} side by side`;
  return `${countTrials(plan)}: ${blocks === 1 ? '1 block' : `${blocks} blocks`}${burnIn}, ${perBlock} trials each${beside}, with ${length}`;
}

function describeTime(plan: Plan, needsPilot: boolean): string {
  const { stop } = plan;
  if (stop !== undefined)
    return `until the intervals are as narrow as asked, at most ${formatSeconds(stop.maxTimeNs / NS_PER_S)}`;
  return `about ${formatSeconds(countTrials(plan) * estimateTrialS(plan))}${needsPilot ? ', and the pilot' : ''}`;
}
