// Fits a workload to a trace, and prints its definition and how well it fits: `node
// bench/workloads/fit/fit-trace.ts FILE`. The definition is one that `run --workload` takes.

import { basename } from 'node:path';
import { gapVariation, meanRate } from '../../contract/arrival-model.ts';
import { BenchError } from '../../contract/errors.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { meanLength } from '../../contract/stream-lengths.ts';
import { readTrace } from '../../plan/arrivals/read-trace.ts';
import { fitLengths } from './fit-lengths.ts';
import { fitPhases, type PhasesFit } from './fit-phases.ts';
import { dispersion, distanceBetween, sampleGapsMs, variationOf } from './goodness.ts';

const MOST_ROWS = 1_000_000;
/** Fewer gaps say nothing about bursts. */
const LEAST_ROWS = 500;
const MOST_PHASES = 5;
/** With more, gaps are those of the clock. */
const MOST_SAME_TIMES = 0.1;
const STRETCHES_MS = { '1 s': 1e3, '10 s': 1e4, '60 s': 6e4 } as const;
const SAMPLES = 200_000;
const SEED = 1;

/** @throws BenchError USAGE for a trace that is too short, or whose clock is too coarse */
export async function fitTrace(path: string): Promise<object> {
  const trace = await readTrace(path, { untilNs: Infinity, mostRowsKept: MOST_ROWS });
  const { startNs, outputTokens, rows, sameTimeRows, sha256, format } = trace;
  if (rows < LEAST_ROWS)
    throw new BenchError('USAGE', `${path} has ${rows} rows; a fit takes ${LEAST_ROWS}`);
  if (sameTimeRows > MOST_SAME_TIMES * rows)
    throw new BenchError(
      'USAGE',
      `${path}: ${sameTimeRows} of ${rows} rows have the time of the row before them: its clock is too coarse to see the gaps`,
      { hint: 'replay it with run --arrivals, or give a trace with finer times' },
    );
  const gapsMs = Float64Array.from(
    startNs.slice(1),
    (ns, row) => (ns - (startNs[row] as number)) / NS_PER_MS,
  );
  const poisson = fitPhases(gapsMs, 1);
  const best = fitBest(gapsMs, poisson);
  const { lengths, ...lengthsFit } = fitLengths(outputTokens);
  const drawn = sampleGapsMs(best.model, SAMPLES, SEED);
  const both = (of: (gaps: Float64Array) => number): object => ({
    trace: round(of(gapsMs)),
    model: round(of(drawn)),
  });
  return {
    definition: {
      name: basename(path).replace(/\.[^.]*$/, ''),
      tokensPerStream: Math.round(meanLength(lengths)),
      lengths,
      arrivals: best.model,
      source: `${basename(path)}, SHA-256 ${sha256}`,
    },
    fit: {
      format,
      rows,
      startsPerSecond: {
        trace: round((1e3 * gapsMs.length) / gapsMs.reduce((sum, gap) => sum + gap, 0)),
        model: round(meanRate(best.model)),
      },
      gapVariation: { trace: round(variationOf(gapsMs)), model: round(gapVariation(best.model)) },
      gapDistance: round(distanceBetween(gapsMs, drawn)),
      poissonGapDistance: round(
        distanceBetween(gapsMs, sampleGapsMs(poisson.model, SAMPLES, SEED)),
      ),
      dispersion: Object.fromEntries(
        Object.entries(STRETCHES_MS).map(([name, ms]) => [
          name,
          both((gaps) => dispersion(gaps, ms)),
        ]),
      ),
      bicBelowPoisson: Math.round(poisson.bic - best.bic),
      lengthDistance: round(lengthsFit.distance),
      lognormalLengthDistance: round(lengthsFit.lognormalDistance),
      meanLength: {
        trace: round(outputTokens.reduce((sum, tokens) => sum + tokens, 0) / rows),
        table: round(meanLength(lengths)),
      },
    },
  };
}

/** One more phase at a time, as long as it pays for its parameters. */
function fitBest(gapsMs: Float64Array, poisson: PhasesFit): PhasesFit {
  let best = poisson;
  for (let phases = 2; phases <= MOST_PHASES; phases++) {
    const next = fitPhases(gapsMs, phases);
    if (next.bic >= best.bic) break;
    best = next;
  }
  return best;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

if (import.meta.main) {
  const [path, ...others] = process.argv.slice(2);
  if (path === undefined || others.length > 0) {
    process.stderr.write('usage: node bench/workloads/fit/fit-trace.ts FILE\n');
    process.exitCode = 2;
  } else {
    try {
      process.stdout.write(`${JSON.stringify(await fitTrace(path), undefined, 2)}\n`);
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
      process.exitCode = 1;
    }
  }
}
