// Detailed results of the serving benchmarks of vLLM (`vllm bench serve --save-result
// --save-detailed`) and SGLang (`bench_serving --output-details`): the time to the first token and
// the gaps after it, of each request, in seconds. One JSON object, or one a line.

import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { BenchError } from '../../contract/errors.ts';
import { readTokenFile } from '../../contract/tokens.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { problemOf } from '../read-recording.ts';
import { eventsWithText } from './made-events.ts';
import type { ImportedStream } from './imported-stream.ts';
import { readJsonValues } from './read-json.ts';

const resultSchema = z.object({
  ttfts: z.array(z.number()),
  itls: z.array(z.array(z.number())),
  generated_texts: z.array(z.string()).optional(),
  errors: z.array(z.string().nullable()).optional(),
  start_times: z.array(z.number()).optional(),
});

type Result = z.infer<typeof resultSchema>;

export function isServingBenchmark(value: object): boolean {
  return 'itls' in value || 'ttfts' in value;
}

/** A gap that is longer is no gap of a model, but a number in another unit. */
const LONGEST_GAP_S = 300;

export async function* importServingBenchmark(path: string): AsyncGenerator<ImportedStream> {
  for await (const { json, place } of readJsonValues(path)) {
    const result = parseResult(json, place);
    const firstS = Math.min(...(result.start_times ?? [0]));
    for (const [index, ttftS] of result.ttfts.entries()) {
      const gapsS = result.itls[index] ?? [];
      checkGaps(gapsS, ttftS, `${place}, itls[${index}]`);
      yield streamOf(result, { index, timesNs: timesOf(ttftS, gapsS), firstS });
    }
  }
}

function parseResult(json: unknown, place: string): Result {
  const { success, data, error } = resultSchema.safeParse(json);
  if (!success)
    throw new BenchError('WORKLOAD', `${place}: ${problemOf(error)}`, {
      hint: 'the gaps are in detailed results only: vllm bench serve --save-result --save-detailed, or sglang.bench_serving --output-details',
    });
  for (const name of ['itls', 'generated_texts', 'errors', 'start_times'] as const)
    if (data[name] !== undefined && data[name].length !== data.ttfts.length)
      throw new BenchError(
        'WORKLOAD',
        `${place}: ${name} is of ${data[name].length} requests, and ttfts of ${data.ttfts.length}`,
      );
  return data;
}

function streamOf(
  { start_times: starts, generated_texts: texts, errors }: Result,
  {
    index,
    timesNs,
    firstS,
  }: { readonly index: number; readonly timesNs: readonly number[]; readonly firstS: number },
): ImportedStream {
  const text = texts?.[index] ?? '';
  const isFailed = (errors?.[index] ?? '') !== '';
  const endNs = timesNs.at(-1) ?? 0;
  return {
    arrivalNs: Math.round(((starts?.[index] ?? firstS) - firstS) * NS_PER_S),
    framing: 'event-stream',
    dialect: 'openai-chat',
    events: eventsWithText(timesNs, text === '' ? bundledText(timesNs.length) : text),
    text: text === '' ? 'bundled' : 'resplit',
    end: isFailed
      ? { kind: 'cut', why: 'the benchmark says that it failed', ns: endNs }
      : { kind: 'in-order', ns: endNs },
  };
}

function timesOf(ttftS: number, gapsS: readonly number[]): readonly number[] {
  let atS = ttftS;
  return [ttftS, ...gapsS.map((gapS) => (atS += gapS))].map((s) => Math.round(s * NS_PER_S));
}

const FEWEST_TO_JUDGE = 8;

function checkGaps(gapsS: readonly number[], ttftS: number, place: string): void {
  const negative = [ttftS, ...gapsS].findIndex((gapS) => !(gapS >= 0));
  if (negative !== -1)
    throw new BenchError(
      'WORKLOAD',
      `${place}: ${negative === 0 ? `the first token is at ${ttftS} s` : `gap ${negative} is ${gapsS[negative - 1]} s`}, which is negative`,
    );
  const sorted = gapsS.toSorted((a, b) => a - b);
  const medianS = sorted[Math.floor(sorted.length / 2)] ?? 0;
  if (medianS > LONGEST_GAP_S)
    throw new BenchError('WORKLOAD', `${place}: a median gap of ${medianS} s`, {
      hint: 'these benchmarks write seconds: divide what is in ms by 1000, or in ns by 1e9',
    });
  const neverFalls = gapsS.every((gapS, index) => index === 0 || gapS >= (gapsS[index - 1] ?? 0));
  if (gapsS.length < FEWEST_TO_JUDGE || !neverFalls || (sorted.at(-1) ?? 0) < 1.5 * medianS) return;
  throw new BenchError(
    'WORKLOAD',
    `${place}: its ${gapsS.length} values never fall, from ${sorted[0]} to ${sorted.at(-1)} s: they are times since a start, and not gaps`,
    { hint: 'itls must hold the time from each token to the next' },
  );
}

const bundledPath = fileURLToPath(new URL('../../workloads/tokens.json', import.meta.url));
let bundled: readonly string[] | undefined;

/** Of this project's texts: the trace has times and no text. */
function bundledText(tokens: number): string {
  bundled ??= readTokenFile(bundledPath).segments.flatMap((segment) => segment.tokens);
  const source = bundled;
  return Array.from({ length: tokens }, (_, index) => source[index % source.length]).join('');
}
