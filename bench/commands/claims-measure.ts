// Measures the runs that claims need, one after another into one folder like a suite, and publishes
// their page: a measurement that was interrupted goes on in its folder.

import { join, relative } from 'node:path';
import { pickClaims } from '../claims/claims.ts';
import type { Claim } from '../claims/claim.ts';
import { BenchError } from '../contract/errors.ts';
import { SUITE_SCHEMA_VERSION, type Suite } from '../contract/suite.ts';
import { countTrials } from '../plan/trials.ts';
import { streamduelVersion } from '../trial/environment.ts';
import { runFolderName } from '../trial/run-folder.ts';
import { loadSuite, writeSuite } from '../trial/suite-folder.ts';
import { estimateRunS, planClaims, type ClaimsPlanFlags } from './claims-plan.ts';
import type { CommandOutput } from './command-output.ts';
import { formatSeconds } from './estimate-time.ts';
import { DEFAULT_OUT, listenForInterrupts, type OpenRun } from './measure-run.ts';
import { beginPrepared, findLoads, readName, reopenRun, type PilotPlace } from './prepare-run.ts';
import { claimsJson, publishClaims, summariseClaims } from './publish-claims.ts';
import { hasSuiteFailed, publishSuite } from './publish-suite.ts';
import { measureParts } from './suite.ts';
import { explainStop } from './watch-run.ts';

export interface MeasureClaimsFlags extends ClaimsPlanFlags {
  readonly claims?: string;
  readonly out?: string;
  readonly name?: string;
  readonly continue?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

interface OpenClaims {
  readonly folder: string;
  readonly suite: Suite;
  readonly parts: readonly OpenRun[];
  /** Seconds of each part, by the plan. */
  readonly seconds: readonly number[];
}

/** Returns the exit code. @throws BenchError INTERRUPTED after the page of what was measured */
export async function measureClaims(
  asked: readonly Claim[],
  flags: MeasureClaimsFlags,
  output: CommandOutput,
): Promise<number> {
  using interruption = listenForInterrupts();
  const { signal } = interruption;
  const place = { port: 0, signal, stderr: output.stderr };
  const { folder, suite, parts, seconds } =
    flags.continue === undefined
      ? await beginClaims(asked, flags, place)
      : continueClaims(flags.continue);
  const { stopped, published } = await measureParts(parts, {
    flags,
    port: place.port,
    signal,
    output,
    announce: (index) => {
      const left = seconds.slice(index).reduce((sum, one) => sum + one, 0);
      return `run ${suite.parts[index]?.folder} (${index + 1} of ${parts.length}), about ${formatSeconds(left)} left in all`;
    },
  });
  const whole = publishSuite(folder, suite, published);
  const claims = pickClaims(suite.claims?.ids);
  const context = publishClaims(
    claims,
    published.map(({ run, analysis }) => ({ folder: run.folder, analysis })),
    {
      folder,
      command: suite.command,
      leftOut: suite.claims?.leftOut ?? [],
      labelOf: (run) => relative(folder, run),
    },
  );
  output.stdout.write(
    flags.json === true ? claimsJson(context) : summariseClaims(context, folder, output.stdout),
  );
  if (stopped !== undefined) throw explainStop(stopped, relative(process.cwd(), folder), 'claims');
  return hasSuiteFailed(whole) ? 1 : 0;
}

/** All plans are checked, and all pilots done, before the first folder is made. */
async function beginClaims(
  claims: readonly Claim[],
  flags: MeasureClaimsFlags,
  place: PilotPlace,
): Promise<OpenClaims> {
  const { runs, leftOut } = await planClaims(claims, flags);
  const prepared = [];
  for (const run of runs)
    prepared.push({ ...run, prepared: await findLoads(withWords(run.prepared, flags), place) });
  const [first] = prepared;
  const preset = first?.prepared.plan.preset ?? '';
  const name = readName(flags, `claims-${preset}`);
  const startedAt = new Date();
  const folder = join(flags.out ?? DEFAULT_OUT, runFolderName(startedAt, name));
  const parts = prepared.map((run) =>
    beginPrepared(run.prepared, {
      folder: join(folder, run.id),
      name: `${name}-${run.id}`,
      startedAt,
    }),
  );
  const suite: Suite = {
    kind: 'suite',
    schema: SUITE_SCHEMA_VERSION,
    streamduel: streamduelVersion(),
    name,
    startedAt: startedAt.toISOString(),
    command: repeatClaims(flags, { preset, seed: first?.prepared.plan.seed }),
    parts: prepared.map(({ id, prepared: { plan } }) => ({ scenario: plan.scenario, folder: id })),
    claims: { ids: claims.map(({ id }) => id), leftOut: [...leftOut] },
  };
  writeSuite(folder, suite);
  return { folder, suite, parts, seconds: prepared.map((run) => estimateRunS(run.prepared)) };
}

function withWords<Prepared extends { readonly flags: object }>(
  prepared: Prepared,
  { quiet, verbose }: MeasureClaimsFlags,
): Prepared {
  return {
    ...prepared,
    flags: {
      ...prepared.flags,
      ...(quiet !== undefined && { quiet }),
      ...(verbose !== undefined && { verbose }),
    },
  };
}

function repeatClaims(
  flags: MeasureClaimsFlags,
  { preset, seed }: { readonly preset: string; readonly seed: number | undefined },
): string {
  return [
    `streamduel claims --preset ${preset}`,
    ...claimsWords(flags),
    ...(flags.target ?? []).map((target) => `--target '${target}'`),
    ...(flags.path === undefined ? [] : [`--path ${flags.path}`]),
    `--seed ${seed}`,
  ].join(' ');
}

export function claimsWords({ claims }: Pick<MeasureClaimsFlags, 'claims'>): readonly string[] {
  return claims === undefined ? [] : ['--claims', claims];
}

/** @throws BenchError RUN_FOLDER for a suite that `claims` did not begin */
function continueClaims(folder: string): OpenClaims {
  const suite = loadSuite(folder);
  if (suite.claims === undefined)
    throw new BenchError('RUN_FOLDER', `${folder} was not begun by streamduel claims`, {
      hint: `go on with: streamduel run --continue ${folder}`,
    });
  const parts = suite.parts.map((part) => reopenRun(join(folder, part.folder), undefined));
  const seconds = parts.map(({ header: { plan }, records }) =>
    Math.max(0, estimateRunS({ plan }) * (1 - records.length / countTrials(plan))),
  );
  return { folder, suite, parts, seconds };
}
