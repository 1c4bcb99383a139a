// `streamduel claims`: measures what the claims of the article and the debate need, once, and writes
// one page: a verdict on each, its figure and its condition.

import { join } from 'node:path';
import { pickClaims } from '../claims/claims.ts';
import type { Claim } from '../claims/claim.ts';
import { readProfile } from '../claims/profile.ts';
import { BenchError } from '../contract/errors.ts';
import { inFlag, parseList } from '../plan/quantities.ts';
import { runFolderName } from '../trial/run-folder.ts';
import { describeClaimsPlan } from './claims-dry-run.ts';
import { loadRuns } from './claims-from.ts';
import { claimsWords, measureClaims, type MeasureClaimsFlags } from './claims-measure.ts';
import { planClaims } from './claims-plan.ts';
import type { CommandOutput } from './command-output.ts';
import { DEFAULT_OUT } from './measure-run.ts';
import { readName } from './prepare-run.ts';
import { claimsJson, publishClaims, summariseClaims } from './publish-claims.ts';

export interface ClaimsFlags extends MeasureClaimsFlags {
  readonly from?: readonly string[];
  /** A file that says what an application needs; read from saved runs. */
  readonly profile?: string;
  readonly dryRun?: boolean;
}

/**
 * Returns the exit code: 1 when a trial or a gate of a measured run failed. @throws BenchError, as
 * `runCommand` does
 */
export async function claimsCommand(flags: ClaimsFlags, output: CommandOutput): Promise<number> {
  refuseTogether(flags);
  const { claims: list } = flags;
  const claims =
    list === undefined
      ? pickClaims(undefined)
      : inFlag('--claims', list, () => pickClaims(parseList('--claims', list)));
  if (flags.from !== undefined) return claimsFrom(claims, flags.from, { flags, output });
  if (flags.dryRun === true) {
    output.stdout.write(describeClaimsPlan(claims, await planClaims(claims, flags)));
    return 0;
  }
  return await measureClaims(claims, flags, output);
}

/** Flags that decide what is measured, and those that choose another way to runs. */
const planning = ['preset', 'target', 'path', 'seed', 'dryRun'] as const;

/** @throws BenchError USAGE for flags that contradict each other */
function refuseTogether(flags: ClaimsFlags): void {
  const { from, continue: folder, profile } = flags;
  if (profile !== undefined && from === undefined)
    throw new BenchError('USAGE', `--profile ${profile} needs --from: it reads saved runs`, {
      hint: 'measure first: streamduel claims, then --from its folder',
    });
  if (from === undefined && folder === undefined) return;
  const way = from === undefined ? '--continue' : '--from';
  const others = [
    ...planning,
    ...(folder === undefined ? ([] as const) : (['from', 'claims', 'out', 'name'] as const)),
  ];
  const given = others.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  const words = given === 'dryRun' ? 'dry-run' : given;
  throw new BenchError('USAGE', `--${words} cannot be given with ${way}`, {
    hint:
      from === undefined
        ? 'the plan of a continued measurement is in its folder'
        : '--from measures nothing: the runs are as they were saved',
  });
}

interface ClaimsPlace {
  readonly flags: ClaimsFlags;
  readonly output: CommandOutput;
}

function claimsFrom(
  claims: readonly Claim[],
  named: readonly string[],
  { flags, output }: ClaimsPlace,
): number {
  const runs = loadRuns(named, (file) => {
    if (flags.quiet !== true) output.stderr.write(`passed over: ${file} is no folder of a run\n`);
  });
  const folder = pageFolder(flags, 'claims');
  const command = [
    'streamduel claims --from',
    ...named,
    ...claimsWords(flags),
    ...profileWords(flags),
  ].join(' ');
  const context = publishClaims(claims, runs, {
    folder,
    command,
    leftOut: [],
    labelOf: (run) => run,
    profile: flags.profile === undefined ? undefined : readProfile(flags.profile),
  });
  output.stdout.write(
    flags.json === true ? claimsJson(context) : summariseClaims(context, folder, output.stdout),
  );
  return 0;
}

function pageFolder(flags: ClaimsFlags, usual: string): string {
  return join(flags.out ?? DEFAULT_OUT, runFolderName(new Date(), readName(flags, usual)));
}

function profileWords({ profile }: ClaimsFlags): readonly string[] {
  return profile === undefined ? [] : ['--profile', profile];
}
