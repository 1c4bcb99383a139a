// What another person needs to measure the same again: machine, versions, command, seeds, and how long it takes.

import type { Analysis } from '../../analysis/analysis.ts';
import { formatCount, formatSetting, formatValue, formatWallTime, UNKNOWN } from '../format.ts';
import { code, foldedBlock, joinBlocks, left, renderTable, section } from '../markdown.ts';

export function renderEnvironment({ environment, streamduel }: Analysis): string {
  const { settings, packages, tools } = environment;
  return section('Environment', [
    renderTable(
      [left('what'), left('value')],
      [
        ['streamduel', streamduel],
        ['Node.js', `${environment.node} (V8 ${environment.v8})`],
        ['operating system', environment.os],
        ['CPU', `${environment.cpus} × ${environment.cpuModel}`],
        ['memory', formatValue(environment.memoryBytes, 'bytes')],
        ['virtualised', environment.virtualised ?? UNKNOWN],
        ['open files allowed', formatCount(environment.fileDescriptorLimit)],
        ['git commit', environment.gitCommit ?? UNKNOWN],
        ['lockfile SHA-256', environment.lockfileSha256 ?? UNKNOWN],
      ],
    ),
    foldedBlock(
      'Packages, kernel settings and tools',
      joinBlocks([nameTable('package', packages), nameTable('setting', settings), nameTable('tool', tools)]),
    ),
  ]);
}

export function renderRepetition({ plan, planSha256, command }: Analysis): string {
  return section('Repeat it', [
    `\`\`\`sh\n${command}\n\`\`\``,
    'The seed fixes token texts, due times, stream starts, the order of arms and what else was drawn. Runs with the same plan hash planned the same trials.',
    renderTable(
      [left('what'), left('value')],
      [
        ['seed', String(plan.seed)],
        ['plan SHA-256', code(planSha256)],
        ['tokens SHA-256', code(plan.workload.tokensSha256)],
        ['preset', plan.preset],
        ['blocks', `${formatCount(plan.blocks)} measured, ${formatCount(plan.burnInBlocks)} burn-in`],
        ['warm-up, window', `${formatSetting(plan.warmupNs, 'ns')}, ${formatSetting(plan.windowNs, 'ns')}`],
        ['pinned to CPUs', plan.pin ? 'yes, swapped every block' : 'no'],
      ],
    ),
  ]);
}

export function renderCost({ costNs, trials }: Analysis): string {
  return section('Cost', [
    `The ${formatCount(trials.completed)} completed trials took ${formatWallTime(costNs.wall)} of wall time, burn-in included;` +
      ` ${formatCount(trials.failed)} failed.` +
      (costNs.medianTrialOverhead === undefined
        ? ''
        : ` Starting, checking and stopping the processes took ${formatValue(costNs.medianTrialOverhead, 'ns')} of a trial (median).`),
  ]);
}

function nameTable(what: string, values: Readonly<Record<string, string>>): string {
  return renderTable(
    [left(what), left('value')],
    Object.entries(values).map(([name, value]) => [name, value]),
  );
}
