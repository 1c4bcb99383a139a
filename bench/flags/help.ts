// Help of `run`: the flags that the default scenario takes, by group; and for one scenario its
// question, its sizes by preset and the flags that it takes.

import type { ScenarioId } from '../contract/run-file.ts';
import { NS_PER_S } from '../contract/units.ts';
import { presetNames, presets, type Preset, type PresetName } from '../plan/presets.ts';
import { DEFAULT_SCENARIO, scenarioNames, scenarios } from '../scenarios/registry.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { flagGroups, type FlagGroup, type FlagKind } from './flag.ts';
import { flagNames, flagOf, flagWords, type FlagName } from './run-flags.ts';
import { whyRefused } from './taken.ts';
import { alignRows, wrapText } from './text-columns.ts';

const groupNames = Object.keys(flagGroups) as FlagGroup[];

/** Help of `run`, or of the scenarios that are named. */
export function renderRunHelp(names: readonly ScenarioId[]): string {
  return names.length === 0
    ? renderCommonHelp()
    : names.map((name) => renderScenarioHelp(scenarios[name])).join('\n');
}

function renderCommonHelp(): string {
  const common = flagNames.filter((name) => isTaken(name, scenarios[DEFAULT_SCENARIO]));
  const others = flagNames.filter((name) => !common.includes(name));
  return [
    'Usage: streamduel run [scenario...] [flags]\n',
    'Compares transports, writes a run folder and prints the verdict table.\n',
    `Scenarios (default: ${DEFAULT_SCENARIO}; several make a suite: one folder, one report):`,
    alignRows(scenarioNames.map((name) => [name, scenarios[name].summary])),
    ...renderGroups(common),
    'Flags of other scenarios:',
    alignRows(others.map((name) => [headOf(name), takers(name).join(', ')])),
    wrapText(
      'streamduel run <scenario> --help shows its question, its sizes and its flags; streamduel list what there is to choose from.',
    ),
    runExamples,
  ].join('\n');
}

function renderScenarioHelp(scenario: Scenario): string {
  const taken = flagNames.filter((name) => isTaken(name, scenario));
  const own = taken.filter((name) => ['named', 'faults'].includes(flagOf(name).rule ?? 'all'));
  const defaults = ownDefaults(scenario).filter(
    ([name, value]) => value !== undefined && taken.includes(name),
  );
  const refused = flagNames.filter((name) => !taken.includes(name));
  return [
    `Usage: streamduel run ${scenario.name} [flags]\n`,
    wrapText(scenario.question),
    'Sizes by preset:',
    alignRows(sizeRows(scenario)),
    ...(defaults.length === 0
      ? []
      : ['Defaults of its own:', wrapText(defaults.map(writeDefault).join(' '), '  ')]),
    ...(own.length === 0 ? [] : [`Flags of ${scenario.name}:`, alignRows(own.map(rowOf))]),
    ...renderGroups(taken.filter((name) => !own.includes(name))),
    ...(refused.length === 0
      ? []
      : [
          'Refused here:',
          wrapText(refused.map((name) => `--${flagWords(name)}`).join(', '), '  '),
        ]),
  ].join('\n');
}

function renderGroups(names: readonly FlagName[]): string[] {
  return groupNames.flatMap((group) => {
    const rows = names.filter((name) => flagOf(name).group === group).map(rowOf);
    return rows.length === 0 ? [] : [`${flagGroups[group]}:`, alignRows(rows)];
  });
}

function isTaken(name: FlagName, scenario: Scenario): boolean {
  return whyRefused(name, scenario) === undefined;
}

function takers(name: FlagName): ScenarioId[] {
  return scenarioNames.filter((one) => isTaken(name, scenarios[one]));
}

function rowOf(name: FlagName): readonly [string, string] {
  return [headOf(name), describeFlag(name)];
}

/** `--rate <n>`, `--pin, --no-pin`: a flag as help writes it. */
export function headOf(name: FlagName): string {
  const { value, isNegatable } = flagOf(name);
  const words = flagWords(name);
  if (isNegatable === true) return `--${words}, --no-${words}`;
  return value === undefined ? `--${words}` : `--${words} <${value}>`;
}

/** Kinds whose form is not plain from their placeholder. */
const formed: ReadonlySet<FlagKind> = new Set(['list', 'texts', 'duration', 'size']);

/**
 * Its help with an example and the default: `measured window of a trial, e.g. 10s (default: by
 * preset)`.
 */
export function describeFlag(name: FlagName): string {
  const { help, usual, example, choices, kind, value } = flagOf(name);
  const needsExample = choices === undefined && (formed.has(kind) || value?.includes('[') === true);
  const shown = needsExample && example !== undefined ? `, e.g. ${example}` : '';
  return `${help}${shown}${usual === undefined ? '' : ` (default: ${usual})`}`;
}

/** Values that the scenario has in place of the preset's and the workload's. */
function ownDefaults({
  breaks,
  measures,
}: Scenario): readonly (readonly [FlagName, string | number | undefined])[] {
  const workload = measures?.workload ?? breaks;
  const arms = (measures ?? breaks)?.transports;
  return [
    ['transports', typeof arms === 'string' ? arms : arms?.join(',')],
    ['policy', breaks?.policies.join(',')],
    ['rate', workload?.tokensPerSecond],
    ['tokens', measures?.workload.tokensPerStream],
    ['payload', measures?.payload],
  ];
}

function writeDefault([name, value]: readonly [FlagName, string | number | undefined]): string {
  return `--${flagWords(name)} ${value}`;
}

type Cell = (preset: PresetName) => string;

/** A row of titles, then one a preset. */
function sizeRows(scenario: Scenario): readonly (readonly string[])[] {
  const { breaks, measures } = scenario;
  const sizeOf = (
    preset: PresetName,
  ): Pick<Preset, 'connections' | 'blocks' | 'warmupNs' | 'windowNs'> =>
    measures?.sizes[preset] ?? presets[preset];
  const lanesOf = (preset: PresetName): number | undefined =>
    (breaks ?? measures)?.sizes[preset].lanes;
  const columns: readonly (readonly [title: string, cell: Cell, isShown: boolean])[] = [
    ['', (preset) => preset, true],
    ['connections', (preset) => describeLoad(scenario, preset), true],
    ['blocks', (preset) => String((breaks?.sizes[preset] ?? sizeOf(preset)).blocks), true],
    ['warm-up', (preset) => `${sizeOf(preset).warmupNs / NS_PER_S} s`, isTaken('warmup', scenario)],
    [
      'window',
      (preset) => `${sizeOf(preset).windowNs / NS_PER_S} s`,
      isTaken('duration', scenario),
    ],
    ['trials at a time', (preset) => String(lanesOf(preset)), lanesOf('quick') !== undefined],
  ];
  const shown = columns.filter(([, , isShown]) => isShown);
  return [
    shown.map(([title]) => title),
    ...presetNames.map((preset) => shown.map(([, cell]) => cell(preset))),
  ];
}

function describeLoad({ breaks, measures }: Scenario, preset: PresetName): string {
  const { loads, connections }: Preset = presets[preset];
  const own = (breaks ?? measures)?.sizes[preset].connections;
  if (own !== undefined || loads === undefined) return (own ?? connections).join(', ');
  return `${loads.map((share) => `${100 * share} %`).join(', ')} of capacity`;
}

const runExamples = `Examples:
  streamduel run                                     the quick preset: a verdict in two minutes
  streamduel run --preset standard --name before     for decisions
  streamduel run --dry-run --preset standard         what it would measure, and how long that takes
  streamduel run --connections 100,500,2000          sweep the load
  streamduel run --client library --payload openai   what a Node consumer of an OpenAI-like API sees
  streamduel run --client browser                    what a page in Chromium sees
  streamduel run --aa                                with the noise floor beside each verdict
  streamduel run --precision cpu.server.token:5%     until server CPU per token is known to 5 %
  streamduel run --fail-if 'delivery.p99 > 50ms'     exit 1 beyond a threshold
  streamduel run --config bench.yaml                 with the flags of a file
  streamduel run reconnect                           what each fault does to the streams
  streamduel run reconnect --faults kill,blackhole --policy both
  streamduel run herd --connections 2000             2,000 clients lose their server at once
  streamduel run browser-limits                      how many streams one browser opens
  streamduel run memory capacity                     two scenarios, one report
`;
