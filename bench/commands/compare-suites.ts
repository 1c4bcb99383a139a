// Compares suites part by part, which is scenario by scenario where each is measured once: nothing
// is compared, or corrected for multiple tests, across parts.

import { join } from 'node:path';
import { BenchError } from '../contract/errors.ts';
import { deepen, flow, heading, within, type Block } from '../report/blocks.ts';
import { loadSuite } from '../trial/suite-folder.ts';
import { compareRunFolders, type Compared, type CompareOptions } from './compare-runs.ts';

/** @throws BenchError USAGE for suites of different scenarios. */
export function compareSuites(
  folders: readonly [string, ...string[]],
  options: CompareOptions,
): Compared {
  const [old, ...others] = folders;
  const first = partsOf(old);
  const rest = others.map((folder) => ({ folder, parts: partsOf(folder) }));
  for (const { folder, parts } of rest)
    refuseOthers({ folder: old, parts: first }, { folder, parts });
  const compared = [...first].map(([scenario, folder]) => ({
    scenario,
    comparison: compareRunFolders(
      [folder, ...rest.map(({ parts }) => parts.get(scenario) ?? '')],
      options,
    ),
  }));
  const titles = compared.map(({ scenario }) => scenario).join(', ');
  const documentOf = (blocksOf: (index: number) => readonly Block[]): readonly Block[] =>
    flow([
      heading(1, `Scenario by scenario: ${titles}`),
      'Each scenario is a family of tests of its own.',
      compared.map(({ scenario }, index) => [
        heading(2, `Scenario ${scenario}`),
        deepen(blocksOf(index), 2),
      ]),
    ]);
  return {
    gates: compared.flatMap(({ comparison }) => comparison.gates),
    text: () =>
      compared
        .map(
          ({ scenario, comparison }) =>
            `${options.paint('bold', `scenario ${scenario}`)}\n\n${comparison.text()}`,
        )
        .join('\n'),
    blocks: () => documentOf((index) => compared[index]?.comparison.blocks() ?? []),
    illustrated: async () => {
      const parts = await Promise.all(
        compared.map(async ({ scenario, comparison }) => {
          const { blocks, charts } = await comparison.illustrated();
          // Charts of two scenarios may have one name.
          return {
            blocks: within(scenario, blocks),
            charts: charts.map((chart) => Object.assign({}, chart, { folder: scenario })),
          };
        }),
      );
      return {
        blocks: documentOf((index) => parts[index]?.blocks ?? []),
        charts: parts.flatMap(({ charts }) => charts),
      };
    },
    value: {
      schema: 1,
      kind: 'suite-comparison',
      parts: compared.map(({ scenario, comparison }) =>
        Object.assign({ scenario }, comparison.value),
      ),
    },
  };
}

/** Folders of the parts by their names, which are those of the scenarios in a plain suite. */
type Parts = ReadonlyMap<string, string>;

function partsOf(folder: string): Parts {
  return new Map(loadSuite(folder).parts.map((part) => [part.folder, join(folder, part.folder)]));
}

interface SuiteParts {
  readonly folder: string;
  readonly parts: Parts;
}

function refuseOthers(old: SuiteParts, recent: SuiteParts): void {
  const names = ({ parts }: SuiteParts): string => [...parts.keys()].toSorted().join(', ');
  if (names(old) === names(recent)) return;
  throw new BenchError(
    'USAGE',
    `${old.folder} and ${recent.folder} cannot be compared: the scenarios are ${names(old)} in the old suite and ${names(recent)} in the new one`,
    { hint: 'compare the parts that both have: the folders inside' },
  );
}
