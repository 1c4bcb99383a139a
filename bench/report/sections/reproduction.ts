// Lists everything needed to repeat the measurement: machine, versions, command, seeds, and how
// long it takes.

import type { Analysis, SetupFactor } from '../../analysis/analysis.ts';
import { DEFAULT_PATH, paths } from '../../contract/arms/paths.ts';
import { formatCount, formatSetting, formatValue, formatWallTime, UNKNOWN } from '../format.ts';
import { details, left, section, shellCode, table, type Block, type Table } from '../blocks.ts';
import { code } from '../inline.ts';
import type { RunReport } from '../scenario-parts.ts';

export function renderEnvironment({ environment, streamduel }: Analysis): readonly Block[] {
  const { settings, packages, tools } = environment;
  return section('Environment', [
    table(
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
    details('Packages, kernel settings and tools', [
      nameTable('package', packages),
      nameTable('setting', settings),
      nameTable('tool', tools),
    ]),
  ]);
}

export function renderRepetition({ analysis, parts }: RunReport): readonly Block[] {
  const { plan, planSha256, command, stop } = analysis;
  return section('Repeat it', [
    shellCode(command),
    'The seed fixes token texts, due times, stream starts, the order of arms and what else was drawn. Runs with the same plan hash planned the same trials.',
    setupSentence(analysis),
    table(
      [left('what'), left('value')],
      [
        ['seed', String(plan.seed)],
        ['plan SHA-256', code(planSha256)],
        ['tokens SHA-256', code(plan.workload.tokensSha256)],
        ['preset', plan.preset],
        [
          'blocks',
          `${formatCount(stop?.blocks ?? plan.blocks)} measured, ${formatCount(plan.burnInBlocks)} burn-in`,
        ],
        ...(parts.settings?.(analysis) ?? windowRows(plan)),
        ...(plan.browser === undefined ? [] : [['browser', code(plan.browser)]]),
        ...(plan.source === undefined ? [] : [['tokens from', code(plan.source)]]),
        ...processRows(plan),
        ...pathRows(plan),
        ['pinned to CPUs', plan.pin ? 'yes, swapped every block' : 'no'],
      ],
    ),
  ]);
}

function windowRows({ warmupNs, windowNs }: Analysis['plan']): string[][] {
  return [
    ['warm-up, window', `${formatSetting(warmupNs, 'ns')}, ${formatSetting(windowNs, 'ns')}`],
  ];
}

/** Empty with one process of each kind that connects from the usual address. */
function processRows({
  clientProcesses = 1,
  serverProcesses = 1,
  clientAddresses,
}: Analysis['plan']): string[][] {
  const servers =
    serverProcesses === 1
      ? '1 server process'
      : `${serverProcesses} server processes, each on its own port`;
  const clients = clientProcesses === 1 ? '1 load process' : `${clientProcesses} load processes`;
  const addresses = clientAddresses === undefined ? undefined : clientAddresses * clientProcesses;
  return [
    ...(clientProcesses === 1 ? [] : [['processes', `${servers}; ${clients}`]]),
    ...(addresses === undefined
      ? []
      : [['connections from', `${addresses} loopback addresses: one has too few local ports`]]),
  ];
}

/** Empty for loopback. */
function pathRows({ arms }: Analysis['plan']): string[][] {
  const named = new Set(arms.map(({ path }) => path).filter((path) => path !== DEFAULT_PATH));
  return named.size === 0
    ? []
    : [['path', [...named].map((path) => `${path}: ${paths[path].summary}`).join('; ')]];
}

const factorWords: Record<SetupFactor, string> = {
  environmentPadding: 'the size of the environment',
  hashSeed: 'V8’s hash seed',
  randomSeed: 'V8’s random seed',
  workingDirectory: 'the length of the working directory',
  serverFirst: 'whether server or client is started first',
  cpus: 'which CPU each is bound to',
  port: 'the port',
};

/**
 * Innocuous differences of the set-up bias results when they are constant (Mytkowicz et al., ASPLOS
 * 2009).
 */
function setupSentence({ setup }: Analysis): string {
  if (setup.length === 0) return '';
  const words = setup.map((factor) => factorWords[factor]);
  return `Varied from trial to trial, so that no accident of the set-up favours an arm: ${words.join(', ')}. Each value is saved with its trial in ${code('run.ndjson')}.`;
}

export function renderCost({ costNs, trials, repeats }: Analysis): readonly Block[] {
  const included = repeats.length === 0 ? 'burn-in' : 'burn-in and repeated blocks';
  return section('Cost', [
    `The ${formatCount(trials.completed)} completed trials took ${formatWallTime(costNs.wall)} of wall time, ${included} included;` +
      ` ${formatCount(trials.failed)} failed.` +
      (costNs.medianTrialOverhead === undefined
        ? ''
        : ` Starting, checking and stopping the processes took ${formatValue(costNs.medianTrialOverhead, 'ns')} of a trial (median).`),
  ]);
}

function nameTable(what: string, values: Readonly<Record<string, string>>): Table {
  return table(
    [left(what), left('value')],
    Object.entries(values).map(([name, value]) => [name, value]),
  );
}
