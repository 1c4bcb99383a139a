// `streamduel compare A [B…]`: compares saved runs, or the arms of one; suites scenario by
// scenario. Reads folders and writes nothing to them.

import { styleText } from 'node:util';
import { BenchError } from '../contract/errors.ts';
import { pickName } from '../plan/quantities.ts';
import { parseRegressionGates } from '../plan/regression-gates.ts';
import { renderBlocksPage } from '../report/page/render-page.ts';
import { allMetrics } from '../scenarios/readings.ts';
import { renderMarkdown } from '../report/formats/markdown.ts';
import { isSuiteFolder } from '../trial/suite-folder.ts';
import { compareRunFolders, type Compared, type CompareOptions } from './compare-runs.ts';
import { compareSuites } from './compare-suites.ts';
import type { CommandOutput } from './command-output.ts';

const compareFormats = ['text', 'md', 'html', 'json'] as const;

type CompareFormat = (typeof compareFormats)[number];

export interface CompareFlags {
  readonly baseline?: string;
  /** Each is `[metric:]margin`. */
  readonly failIfWorse?: readonly string[];
  readonly format?: string;
}

/**
 * Returns the exit code: 1 when a gate failed. @throws BenchError USAGE for wrong flags and runs
 * that cannot be compared.
 */
export async function compareCommand(
  folders: readonly string[],
  flags: CompareFlags,
  output: CommandOutput,
): Promise<number> {
  const [first, ...others] = folders;
  if (first === undefined) throw new BenchError('USAGE', 'compare needs at least one run folder');
  const format = pickName('format', flags.format ?? 'text', compareFormats);
  const gates = parseRegressionGates(flags.failIfWorse ?? []);
  if (flags.baseline !== undefined && others.length > 0) {
    throw new BenchError(
      'USAGE',
      `--baseline ${flags.baseline}: it names an arm of one run, and ${folders.length} runs are given`,
      {
        hint: 'between runs each arm is compared with itself, and the run named first is the old one',
      },
    );
  }
  const compared = compareAll([first, ...others], {
    gates,
    paint: (style, text) => styleText(style, text, { stream: output.stdout }),
    baseline: flags.baseline,
  });
  if (gates.length > 0 && compared.gates.length === 0) {
    throw new BenchError(
      'USAGE',
      '--fail-if-worse has nothing to stand on: no two arms here may get a verdict',
      {
        hint: 'the null arm and copies of an arm get none; name runs, or a --baseline, with contenders',
      },
    );
  }
  output.stdout.write(await printAs(format, compared));
  return compared.gates.some(({ state }) => state === 'failed') ? 1 : 0;
}

function compareAll(folders: readonly [string, ...string[]], options: CompareOptions): Compared {
  const suites = folders.filter(isSuiteFolder);
  if (suites.length === 0) return compareRunFolders(folders, options);
  const run = folders.find((folder) => !suites.includes(folder));
  if (run === undefined) return compareSuites(folders, options);
  throw new BenchError('USAGE', `${suites[0]} is a suite of several scenarios, ${run} is not`, {
    hint: 'name the part of the suite that has the same scenario: a folder inside it',
  });
}

async function printAs(format: CompareFormat, compared: Compared): Promise<string> {
  const { text, blocks, illustrated, value } = compared;
  if (format === 'json') return `${JSON.stringify(value, undefined, 2)}\n`;
  if (format === 'html') {
    const { charts, blocks: all } = await illustrated();
    return renderBlocksPage(all, { charts, metrics: allMetrics });
  }
  return format === 'md' ? `${renderMarkdown(blocks())}\n` : text();
}
