// The command line that measures a plan again: printed in every report.

import { isCopy, writtenTransport } from '../contract/arms/arms.ts';
import type { Plan, PrecisionStop } from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { scenarios } from '../scenarios/registry.ts';
import { repeatBreaking } from './breaking.ts';
import { DEFAULT_BACKPRESSURE_BYTES, EXTRA_SHARE } from './build-plan.ts';
import { repeatSearch } from './objectives.ts';
import { repeatPath } from './path.ts';
import { repeatProcesses } from './processes.ts';

/** The command that measures the same plan again. */
export function repeatCommand(plan: Plan, flags: { readonly workload?: string; readonly failIf?: readonly string[] }): string {
  const words = [
    `streamduel run ${plan.scenario}`,
    `--preset ${plan.preset}`,
    ...repeatArms(plan),
    ...repeatLoads(plan),
    ...repeatBreaking(plan, scenarios[plan.scenario].breaks?.canChooseFaults === true),
    `--workload ${flags.workload ?? plan.workload.name}`,
    ...(isUnused('rate', plan) ? [] : [`--rate ${plan.workload.tokensPerSecond}`]),
    ...(plan.recovery === undefined && !isUnused('tokens', plan) ? [`--tokens ${plan.workload.tokensPerStream}`] : []),
    `--payload ${plan.payload}`,
    ...repeatSearch(plan),
    `--blocks ${plan.blocks}`,
    ...(plan.recovery === undefined && !isUnused('warmup', plan) ? [`--warmup ${plan.warmupNs / NS_PER_MS}ms`] : []),
    ...(plan.recovery === undefined && !isUnused('duration', plan) ? [`--duration ${plan.windowNs / NS_PER_MS}ms`] : []),
    ...(plan.backpressureBytes === DEFAULT_BACKPRESSURE_BYTES ? [] : [`--backpressure ${plan.backpressureBytes}B`]),
    ...(plan.arms.some(isCopy) ? ['--aa'] : []),
    ...repeatStop(plan.stop),
    ...(plan.isPilot === true ? ['--pilot'] : []),
    ...repeatRerun(plan),
    ...(plan.source === undefined ? [] : [`--source ${plan.source}`]),
    ...repeatProcesses(plan),
    ...repeatPath(plan),
    plan.pin ? '--pin' : '--no-pin',
    ...(plan.keepStamps ? ['--stamps'] : []),
    ...(plan.canary === undefined ? [] : ['--canary']),
    ...(plan.browser === undefined ? [] : [`--browser ${plan.browser}`]),
    `--seed ${plan.seed}`,
    ...(flags.failIf ?? []).map((text) => `--fail-if '${text}'`),
  ];
  return words.join(' ');
}

function repeatRerun({ recovery, verdicts, extraBlocks, blocks }: Plan): string[] {
  if (recovery !== undefined || !verdicts || blocks * EXTRA_SHARE < 1) return [];
  return [extraBlocks === undefined ? '--no-rerun' : '--rerun'];
}

function isUnused(flag: 'rate' | 'tokens' | 'warmup' | 'duration', { scenario }: Plan): boolean {
  return scenarios[scenario].measures?.unused?.includes(flag) === true;
}

function repeatLoads({ loads, ladder, loadPoints }: Plan): string[] {
  if (loads === undefined)
    return [`--connections ${[...new Set(ladder?.rungs ?? loadPoints.map((point) => point.connections))].join(',')}`];
  return [
    `--loads ${loadPoints.map(({ share = 1 }) => `${Number((100 * share).toFixed(6))}%`).join(',')}`,
    `--carries ${loads.carriedStreams}`,
  ];
}

function repeatArms({ arms }: Plan): string[] {
  const own = arms.filter((arm) => !isCopy(arm));
  const clients = new Set(own.map(({ client }) => client));
  if (clients.size > 1) return [`--transports ${own.map((arm) => `${writtenTransport(arm)}/${arm.client}`).join(',')}`];
  return [`--transports ${own.map(writtenTransport).join(',')}`, `--client ${own[0]?.client}`];
}

function repeatStop(stop: PrecisionStop | undefined): string[] {
  if (stop === undefined) return [];
  const names = stop.metrics.length === 0 ? '' : `${stop.metrics.join(',')}:`;
  return [`--precision ${names}${Number((100 * stop.ratio).toFixed(6))}%`, `--max-time ${stop.maxTimeNs / NS_PER_S}s`];
}
