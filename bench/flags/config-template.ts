// A commented template of a configuration file, with every flag that one may have and a right value
// for each.

import { scenarioNames } from '../scenarios/registry.ts';
import { configFlags, SCENARIO_KEY } from './config-values.ts';
import { flagGroups, type FlagGroup } from './flag.ts';
import { DEFAULT_SCENARIO } from '../scenarios/registry.ts';
import { describeFlag } from './help.ts';
import { flagOf, flagWords, type FlagName } from './run-flags.ts';
import { wrapText } from './text-columns.ts';

export function renderConfigTemplate(): string {
  const groups = (Object.keys(flagGroups) as FlagGroup[]).map(renderGroup);
  return [
    '# Flags of `streamduel run --config FILE`, by their names without the dashes, as YAML or JSON.',
    '# A flag on the command line wins over the file. Remove the # before what you need.',
    '',
    wrapText(`scenarios to measure, one or a list: ${scenarioNames.join(', ')}`, '# ').trimEnd(),
    `${SCENARIO_KEY}: ${DEFAULT_SCENARIO}`,
    ...groups,
    '',
  ].join('\n');
}

function renderGroup(group: FlagGroup): string {
  const flags = configFlags.filter((name) => flagOf(name).group === group);
  return [
    '',
    `# ${flagGroups[group]}`,
    ...flags.flatMap((name) => [
      '',
      wrapText(describeFlag(name), '# ').trimEnd(),
      `# ${exampleLine(name)}`,
    ]),
  ].join('\n');
}

/** `fail-if: delivery.p99 > 50ms`: a line that a configuration file may have. */
export function exampleLine(name: FlagName): string {
  const { example = 'true' } = flagOf(name);
  // A text that YAML would take for a mapping is quoted.
  const isPlain = !/^[{[]|: /.test(example);
  return `${flagWords(name)}: ${isPlain ? example : `'${example}'`}`;
}
