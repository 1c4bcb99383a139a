// Parses `--source` into its part of the plan.

import type { Plan } from '../contract/run-file.ts';
import { sources, type SourceName } from '../contract/upstream.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { parseName } from './quantities.ts';

/** The default source is left out. @throws BenchError UNKNOWN_NAME */
export function readSource({ source }: Pick<RunFlags, 'source'>): Pick<Plan, 'source'> {
  if (source === undefined) return {};
  const picked = parseName('--source', source, {
    what: 'source',
    names: Object.keys(sources) as SourceName[],
  });
  return picked === 'timer' ? {} : { source: picked };
}
