// Names the conditions that joined verdicts were checked against, and those that they were not:
// printed under every table of them.

import type { JoinedCondition } from './joined-runs.ts';
import type { ConditionName } from './conditions.ts';

const names: Record<ConditionName, string> = {
  pin: 'pinning to CPUs',
  path: 'the path between server and client',
};

/** No run of this program varies them. */
const NEVER = ['other CPUs', 'two hosts', 'TLS', 'HTTP/2', 'proxies', 'other runtimes'];

export function checkedSentence(
  main: JoinedCondition,
  variations: readonly { readonly varies: ConditionName }[],
): string {
  const varied = [...new Set(variations.map(({ varies }) => varies))];
  const left = (Object.keys(names) as ConditionName[]).filter((name) => !varied.includes(name));
  const occasions =
    main.runs.length === 1
      ? 'one occasion'
      : `${main.runs.length} occasions, each with a seed of its own`;
  const seeds =
    new Set(main.runs.map(({ seed }) => seed)).size === main.runs.length
      ? occasions
      : `${main.runs.length} occasions`;
  return `Checked against: ${[seeds, ...varied.map((name) => names[name])].join('; ')}. Not checked against: ${[...left.map((name) => names[name]), ...NEVER].join(', ')}.`;
}
