// Turns a trace of another tool into records, by its format: the one that the user names, or the one
// that its first line or value shows.

import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BenchError } from '../../contract/errors.ts';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import { importAimock, isAimock } from './aimock.ts';
import { importAiperf, isAiperf } from './aiperf.ts';
import { importHar, isHar } from './har.ts';
import { recordOfImport, type Importer } from './imported-stream.ts';
import { readJson } from './read-json.ts';
import { importServingBenchmark, isServingBenchmark } from './serving-benchmark.ts';
import { traceFormatNames, type TraceFormat } from './trace-formats.ts';

interface Format {
  readonly matches: (value: object) => boolean;
  readonly importer: Importer;
}

const servingBenchmark: Format = {
  matches: isServingBenchmark,
  importer: importServingBenchmark,
};

const formats: Record<TraceFormat, Format> = {
  aiperf: { matches: isAiperf, importer: importAiperf },
  vllm: servingBenchmark,
  sglang: servingBenchmark,
  aimock: { matches: isAimock, importer: importAimock },
  har: { matches: isHar, importer: importHar },
};

/**
 * @param from Undefined to find it out. @throws BenchError WORKLOAD that names the file, and the
 * line or member; USAGE where the format is not known.
 */
export async function* importTrace(
  path: string,
  from: TraceFormat | undefined,
): AsyncGenerator<StreamRecord> {
  if (!existsSync(path)) throw new BenchError('USAGE', `there is no file ${path}`);
  const format = from ?? (await detectFormat(path));
  let streams = 0;
  for await (const stream of formats[format].importer(path)) {
    streams++;
    yield recordOfImport(stream, { from: format, place: `${path}, stream ${streams}` });
  }
  if (streams === 0) throw new BenchError('WORKLOAD', `${path} is empty: it holds no stream`);
}

async function detectFormat(path: string): Promise<TraceFormat> {
  const first = await firstLine(path);
  if (first === undefined) throw new BenchError('WORKLOAD', `${path} is empty: it holds no stream`);
  const value = parseObject(first) ?? (/^\s*[{[]/.test(first) ? readJson(path) : undefined);
  if (typeof value !== 'object' || value === null) throw unknown(path, 'it is no JSON');
  const found = traceFormatNames.find((name) => formats[name].matches(value));
  if (found !== undefined) return found;
  if ('version' in value && 'events' in value)
    throw new BenchError('USAGE', `${path} is a recording already`, {
      hint: `replay it: streamduel run --workload ${path}`,
    });
  if ('output_length' in value || 'timestamp' in value)
    throw unknown(
      path,
      `it holds arrivals and lengths, but no gap between tokens; streamduel run --arrivals ${path} begins streams at its times`,
    );
  throw unknown(path, `its members are ${Object.keys(value).slice(0, 8).join(', ')}`);
}

async function firstLine(path: string): Promise<string | undefined> {
  const input = createReadStream(path, 'utf8');
  try {
    for await (const line of createInterface({ input })) if (line.trim() !== '') return line;
    return undefined;
  } finally {
    input.destroy();
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function unknown(path: string, why: string): BenchError {
  return new BenchError('USAGE', `${path} is of none of the formats that hold gaps: ${why}`, {
    hint: `formats: ${traceFormatNames.join(', ')}; name one with --from`,
  });
}
