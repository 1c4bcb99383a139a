// Parses `--source` into its part of the plan.

import type { Plan, ScenarioId } from '../contract/run-file.ts';
import { sources, type SourceName } from '../contract/upstream.ts';
import { pickName, usageError } from './quantities.ts';
import type { RunFlags } from './build-plan.ts';

/** The other scenarios inject faults, measure idle connections, or use streams that a model would not make one token at a time. */
const withUpstream: ReadonlySet<ScenarioId> = new Set(['stream']);

export function takesSource(scenario: ScenarioId): boolean {
  return withUpstream.has(scenario);
}

/** The default source is left out. @throws BenchError USAGE or UNKNOWN_NAME */
export function readSource({ source }: Pick<RunFlags, 'source'>, scenario: ScenarioId): Pick<Plan, 'source'> {
  if (source === undefined || pickName('source', source, Object.keys(sources) as SourceName[]) === 'timer') return {};
  if (!takesSource(scenario))
    throw usageError('--source', source, `timer in scenario ${scenario}; scenarios that take an upstream: ${[...withUpstream].join(', ')}`);
  return { source: 'upstream' };
}
