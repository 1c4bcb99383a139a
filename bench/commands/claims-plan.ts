// The plan of `streamduel claims`: the union of the runs that the claims need, each once.

import { claimRunIds, claimRuns, type ClaimRunId } from '../claims/claim-runs.ts';
import type { Claim } from '../claims/claim.ts';
import { BenchError } from '../contract/errors.ts';
import { parseName } from '../plan/quantities.ts';
import { DEFAULT_PATH } from '../contract/arms/paths.ts';
import { presetNames, type PresetName } from '../plan/presets.ts';
import { countTrials } from '../plan/trials.ts';
import { takesInSuite } from '../flags/taken.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import type { LeftOutRun } from '../report/claims/claims-context.ts';
import { scenarios } from '../scenarios/registry.ts';
import { NS_PER_S } from '../contract/units.ts';
import { estimateTrialS } from './estimate-time.ts';
import { drawSeed, prepareRun, type PreparedRun } from './prepare-run.ts';

/** Flags of `claims` that decide what is measured. */
export interface ClaimsPlanFlags {
  readonly preset?: string;
  readonly target?: readonly string[];
  readonly path?: string;
  readonly seed?: string;
}

interface PlannedRun {
  readonly id: ClaimRunId;
  readonly prepared: PreparedRun;
}

export interface ClaimsPlan {
  readonly runs: readonly PlannedRun[];
  readonly leftOut: readonly LeftOutRun[];
}

/**
 * A run that this machine cannot measure, or not over the path, is left out with its reason. @throws BenchError USAGE or
 * UNKNOWN_NAME; the reason of the first run where none can be measured
 */
export async function planClaims(
  claims: readonly Claim[],
  flags: ClaimsPlanFlags,
): Promise<ClaimsPlan> {
  const preset = parseName('--preset', flags.preset ?? 'quick', {
    what: 'preset',
    names: presetNames,
  });
  const ids = neededRuns(claims, flags);
  refuseLost(ids, claims, flags);
  const seed = flags.seed ?? String(drawSeed());
  const leftOut = ids.flatMap((id) => {
    const why = claimRuns[id].leftOut?.[preset];
    return why === undefined ? [] : [{ run: id, why }];
  });
  const runs: PlannedRun[] = [];
  const refusals: { readonly id: ClaimRunId; readonly error: BenchError }[] = [];
  for (const id of ids.filter((one) => claimRuns[one].leftOut?.[preset] === undefined)) {
    try {
      const own = flagsOf(id, { ...flags, seed }, preset);
      runs.push({ id, prepared: await prepareRun([claimRuns[id].scenario], own) });
    } catch (error) {
      if (!(error instanceof BenchError) || !isOfRun(error)) throw error;
      refusals.push({ id, error });
    }
  }
  const [first] = refusals;
  if (runs.length === 0 && first !== undefined) throw first.error;
  return {
    runs,
    leftOut: [
      ...leftOut,
      ...refusals.map(({ id, error: { message, hint } }) => ({
        run: id,
        why: hint === undefined ? message : `${message} (${hint})`,
      })),
    ],
  };
}

/** Whether the machine cannot measure this run, or its client cannot take the path. */
function isOfRun({ code, message }: BenchError): boolean {
  return (
    code === 'MISSING_PROGRAM' ||
    code === 'LIMIT' ||
    (code === 'USAGE' && message.startsWith('--path '))
  );
}

function neededRuns(claims: readonly Claim[], { target }: ClaimsPlanFlags): readonly ClaimRunId[] {
  const needed = new Set(claims.flatMap(({ runs }) => runs));
  const ids = claimRunIds.filter(
    (id) => needed.has(id) && (claimRuns[id].needsTarget !== true || target !== undefined),
  );
  if (ids.length > 0) return ids;
  const names = claims.map(({ id }) => id).join(', ');
  throw new BenchError('USAGE', `${names} needs no run: its code is counted already`, {
    hint: `read it beside saved runs: streamduel claims --claims ${names.replaceAll(', ', ',')} --from FOLDER`,
  });
}

/** @throws BenchError USAGE for --target or --path where none of the runs takes it */
function refuseLost(
  ids: readonly ClaimRunId[],
  claims: readonly Claim[],
  { target, path }: ClaimsPlanFlags,
): void {
  const names = claims.map(({ id }) => id).join(', ');
  const isLostTarget =
    target !== undefined && !ids.some((id) => claimRuns[id].needsTarget === true);
  const isLostPath =
    path !== undefined && path !== DEFAULT_PATH && !ids.some((id) => takesPath(id));
  if (!isLostTarget && !isLostPath) return;
  const flag = isLostTarget ? `--target ${target[0] ?? ''}` : `--path ${path ?? ''}`;
  const takers = claimRunIds.filter((id) =>
    isLostTarget ? claimRuns[id].needsTarget === true : takesPath(id),
  );
  throw new BenchError('USAGE', `${flag}: no run of ${names} takes it`, {
    hint: `runs that take it: ${takers.join(', ')}`,
  });
}

function takesPath(id: ClaimRunId): boolean {
  return takesInSuite('path', scenarios[claimRuns[id].scenario]);
}

function flagsOf(
  id: ClaimRunId,
  { target, path, seed }: ClaimsPlanFlags,
  preset: PresetName,
): RunFlags {
  const { flags, presets, needsTarget } = claimRuns[id];
  return {
    ...flags,
    ...presets?.[preset],
    preset,
    ...(seed !== undefined && { seed }),
    ...(path !== undefined && takesPath(id) && { path }),
    ...(needsTarget === true && target !== undefined && { target }),
  };
}

/** Seconds that the trials of a run take, without its pilot. */
export function estimateRunS({ plan }: Pick<PreparedRun, 'plan'>): number {
  return plan.stop === undefined
    ? countTrials(plan) * estimateTrialS(plan)
    : plan.stop.maxTimeNs / NS_PER_S;
}
