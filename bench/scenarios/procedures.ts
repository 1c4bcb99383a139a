// Leads from the name of a procedure to its code, which is loaded only when trials are carried out: rendering a saved run loads
// nothing that starts a process. To add a procedure: its name in the contract, its folder here, and its line.

import type { ProcedureId } from '../contract/procedures.ts';
import type { Plan } from '../contract/run-file.ts';
import type { TrialRunner } from '../trial/procedure.ts';
import { scenarios } from './registry.ts';

export const procedures: Readonly<Record<ProcedureId, () => Promise<{ readonly runner: TrialRunner }>>> = {
  steady: async () => await import('./procedures/steady/procedure.ts'),
  fault: async () => await import('./procedures/fault/procedure.ts'),
  ladder: async () => await import('./procedures/ladder/procedure.ts'),
  search: async () => await import('./procedures/search/procedure.ts'),
  'closed-loop': async () => await import('./procedures/closed-loop/procedure.ts'),
  page: async () => await import('./procedures/page/procedure.ts'),
};

/** The procedure by which the trials of a plan are carried out. */
export async function procedureOf({ scenario }: Pick<Plan, 'scenario'>): Promise<TrialRunner> {
  const { runner } = await procedures[scenarios[scenario].procedure]();
  return runner;
}
