// The table of flags in docs/usage.md.

import { scenarioNames, scenarios } from '../scenarios/registry.ts';
import { describeFlag, headOf } from './help.ts';
import { flagNames, type FlagName } from './run-flags.ts';
import { whyRefused } from './taken.ts';

export function renderFlagTable(): string {
  const rows = flagNames.map((name) => [
    `\`${headOf(name).replace(', ', '`, `')}\``,
    describeFlag(name),
    describeTakers(name),
  ]);
  return [['flag', 'meaning', 'scenarios'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function describeTakers(name: FlagName): string {
  const taken = scenarioNames.filter((one) => whyRefused(name, scenarios[one]) === undefined);
  const others = scenarioNames.filter((one) => !taken.includes(one));
  if (others.length === 0) return 'all';
  return taken.length > others.length ? `all but ${others.join(', ')}` : taken.join(', ');
}
