// Leads from the name of a procedure to its code, which is loaded only when trials are carried out:
// rendering a saved run loads nothing that starts a process. To add a procedure: its name in the
// contract, its folder here, and its line.

import type { ProcedureId } from '../contract/procedures.ts';
import type { Plan } from '../contract/run-file.ts';
import type { TrialRunner } from '../trial/procedure.ts';
import { scenarios } from './registry.ts';

export const procedures: Readonly<
  Record<ProcedureId, () => Promise<{ readonly runner: TrialRunner }>>
> = {
  steady: async () => await import('./steady/procedure.ts'),
  fault: async () => await import('./recovery/procedure/procedure.ts'),
  ladder: async () => await import('./memory/procedure/procedure.ts'),
  search: async () => await import('./capacity/procedure/procedure.ts'),
  'closed-loop': async () => await import('./completions/procedure/procedure.ts'),
  'proxy-cells': async () => await import('./proxies/procedure/procedure.ts'),
  duplex: async () => await import('./voice/procedure/procedure.ts'),
  conversation: async () => await import('./turns/procedure/procedure.ts'),
  stops: async () => await import('./cancel/procedure/procedure.ts'),
  steers: async () => await import('./steer/procedure/procedure.ts'),
  page: async () => await import('./browser-limits/procedure/procedure.ts'),
  target: async () => await import('./own-servers/procedure/procedure.ts'),
};

/** The procedure by which the trials of a plan are carried out. */
export async function procedureOf({ scenario }: Pick<Plan, 'scenario'>): Promise<TrialRunner> {
  const { runner } = await procedures[scenarios[scenario].procedure]();
  return runner;
}
