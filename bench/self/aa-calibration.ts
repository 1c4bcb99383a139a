// `npm run bench:aa [runs]`: many A/A runs of the quick preset, alternately over SSE and WebSocket. Between two equal arms
// every claim is false, so their number is the harness's own rate of false claims. Prints a Markdown table; exits with 1 when
// more than one endpoint in twenty claims a difference.

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { analyse } from '../analysis/analyse.ts';
import type { NoiseFloor } from '../analysis/analysis.ts';
import { loadRun } from '../analysis/load-run.ts';
import { endpoints } from '../analysis/metrics/registry.ts';
import { median } from '../analysis/statistics/moments.ts';
import { judgeUniformity } from '../analysis/statistics/uniformity.ts';
import { canPin, listenForInterrupts, measureRun, openRun } from '../commands/measure-run.ts';
import { silentProgress } from '../commands/progress.ts';
import type { TransportId } from '../contract/transports.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { parseCount } from '../plan/quantities.ts';
import { formatPercent, formatValue } from '../report/format.ts';

const RUNS = parseCount('bench:aa', process.argv[2] ?? '20', 1, 1000);
const MOST_CLAIMS = 0.05;
const contenders = ['sse', 'ws'] as const satisfies readonly TransportId[];

interface Calibration {
  readonly transport: TransportId;
  readonly seed: number;
  readonly floors: readonly NoiseFloor[];
  /** Blocks measured again because the machine disturbed them. */
  readonly repeats: number;
}

async function calibrate(transport: TransportId, seed: number, folder: string): Promise<Calibration> {
  const flags = { preset: 'quick', transports: transport, aa: true };
  const { plan } = await buildPlan([], flags, { randomSeed: () => seed, canPin: canPin() });
  const run = openRun(plan, { name: `aa-${seed}`, command: '', out: folder });
  using interruption = listenForInterrupts();
  await measureRun(run, { port: 0, verbose: false, signal: interruption.signal, progress: silentProgress });
  const { loadPoints, repeats } = analyse(loadRun(run.folder));
  return { transport, seed, floors: loadPoints[0]?.noiseFloors ?? [], repeats: repeats.length };
}

/** Narrow unless the endpoint is compared by difference. */
function halfWidthText(floors: readonly NoiseFloor[]): string {
  const ratios = floors.flatMap(({ halfWidthRatio }) => halfWidthRatio ?? []);
  if (ratios.length > 0) return `±${formatPercent(median(ratios), 2)}`;
  return `±${formatValue(median(floors.flatMap(({ halfWidth }) => halfWidth ?? [])), 'ns')}`;
}

function describeEndpoints(runs: readonly Calibration[]): string[][] {
  return endpoints.map(({ id, title }) => {
    const floors = runs.flatMap(({ floors: all }) => all.filter(({ metric, adjustedP }) => metric === id && adjustedP !== undefined));
    const { significant, count, uniformityP, hasTooMany } = judgeUniformity(floors.flatMap(({ signFlipP }) => signFlipP ?? []));
    return [
      title,
      `${floors.filter(({ claims }) => claims).length} of ${floors.length}`,
      `${significant} of ${count}${hasTooMany ? ' (too many)' : ''}`,
      uniformityP === undefined ? '–' : uniformityP.toFixed(2),
      halfWidthText(floors),
    ];
  });
}

const folder = mkdtempSync(join(tmpdir(), 'aa-'));
const runs: Calibration[] = [];
try {
  for (let run = 0; run < RUNS; run++) {
    const transport = contenders[run % contenders.length] as TransportId;
    const calibration = await calibrate(transport, run + 1, folder);
    runs.push(calibration);
    const claims = calibration.floors.filter(({ claims: isClaimed }) => isClaimed).map(({ metric }) => metric);
    process.stderr.write(
      `A/A run ${run + 1} of ${RUNS} over ${transport}: ${claims.length === 0 ? 'no claim' : `claims ${claims.join(', ')}`}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// A number that is missing claims nothing, and must not count as an endpoint that was quiet.
const floors = runs.flatMap((run) => run.floors.filter(({ adjustedP }) => adjustedP !== undefined));
const planned = RUNS * endpoints.length;
const claims = floors.filter((floor) => floor.claims).length;
const header = ['endpoint', 'claims of a difference', 'p < 0.05 before correction', 'p-values even (KS)', 'noise floor, median half-width'];
process.stdout.write(
  `${RUNS} A/A runs of \`--preset quick\`, alternately SSE with SSE and WebSocket with WebSocket: ${claims} of ${floors.length} endpoints${floors.length === planned ? '' : ` (${planned - floors.length} were not measured)`} claimed a difference` +
    ` (${formatPercent(claims / floors.length, 2)}; limit ${formatPercent(MOST_CLAIMS, 2)}). ${runs.reduce((sum, { repeats }) => sum + repeats, 0)} blocks were repeated because the machine disturbed them.\n\n` +
    `${markdownTable([header, ...describeEndpoints(runs)])}\n\n` +
    `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} CPUs, Node ${process.version}\n`,
);
process.exitCode = floors.length === planned && claims <= MOST_CLAIMS * planned ? 0 : 1;
