// `streamduel claims --from DIR…`: the page from saved runs and suites, without measuring.

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadRun } from '../analysis/load-run.ts';
import { BenchError, messageOf } from '../contract/errors.ts';
import { analyseRun } from '../scenarios/readings.ts';
import { isSuiteFolder, loadSuite } from '../trial/suite-folder.ts';
import type { AnalysedRun } from './read-claims.ts';

/**
 * Each run once, parts of suites included. Files among the names are passed over, so that a pattern
 * of the shell may name whole folders. @param pass Is told what was passed over. @throws BenchError
 * RUN_FOLDER
 */
export function loadRuns(
  named: readonly string[],
  pass: (file: string) => void,
): readonly AnalysedRun[] {
  const folders = named.flatMap((name): readonly string[] => {
    if (isFile(name)) {
      pass(name);
      return [];
    }
    return isSuiteFolder(name)
      ? loadSuite(name).parts.map(({ folder }) => join(name, folder))
      : [join(name)];
  });
  if (folders.length === 0)
    throw new BenchError('RUN_FOLDER', `--from ${named.join(' ')} names no folder of a run`, {
      hint: 'name folders that streamduel run or streamduel claims has written',
    });
  const unique = new Map(folders.map((folder) => [resolve(folder), folder]));
  return Array.from(unique.values(), (folder) => ({
    folder,
    analysis: analyseRun(loadRun(folder)),
  }));
}

function isFile(name: string): boolean {
  try {
    return statSync(name).isFile();
  } catch (cause) {
    throw new BenchError('RUN_FOLDER', `--from ${name} cannot be read: ${messageOf(cause)}`, {
      hint: 'name folders that streamduel run or streamduel claims has written',
      cause,
    });
  }
}
