// AIPerf's raw records (`aiperf profile --export-level raw`, profile_export_raw.jsonl): one JSON line
// a request, with every event of its answer and the time of the read that brought it.

import { z } from 'zod';
import type { WireEvent } from '../../contract/dialects/dialect.ts';
import { BenchError } from '../../contract/errors.ts';
import { problemOf, readJsonLines } from '../read-recording.ts';
import type { ImportedStream, TimedEvent } from './imported-stream.ts';

const recordSchema = z.object({
  metadata: z
    .object({
      request_start_ns: z.number().optional(),
      was_cancelled: z.boolean().optional(),
      benchmark_phase: z.string().optional(),
    })
    .optional(),
  start_perf_ns: z.number(),
  request_headers: z.record(z.string(), z.string()).nullish(),
  payload: z.unknown().optional(),
  error: z.unknown().optional(),
  responses: z.array(
    z.object({
      perf_ns: z.number(),
      packets: z.array(z.object({ name: z.string(), value: z.string().nullish() })).optional(),
    }),
  ),
});

type RawRecord = z.infer<typeof recordSchema>;

export function isAiperf(line: object): boolean {
  return 'start_perf_ns' in line && 'responses' in line;
}

export async function* importAiperf(path: string): AsyncGenerator<ImportedStream> {
  let firstNs: number | undefined;
  for await (const { line, json } of readJsonLines(path)) {
    const place = `${path}, line ${line}`;
    const { success, data, error } = recordSchema.safeParse(json);
    if (!success)
      throw new BenchError('WORKLOAD', `${place} is no raw record of AIPerf: ${problemOf(error)}`, {
        hint: 'make one with aiperf profile --streaming --export-level raw',
      });
    firstNs ??= data.start_perf_ns;
    yield streamOf(data, { place, firstNs });
  }
}

function streamOf(
  data: RawRecord,
  { place, firstNs }: { readonly place: string; readonly firstNs: number },
): ImportedStream {
  const { metadata, start_perf_ns: startNs, request_headers: headers, payload } = data;
  const events = data.responses.flatMap(({ perf_ns: ns, packets }, index): TimedEvent[] => {
    if (packets === undefined)
      throw new BenchError(
        'WORKLOAD',
        `${place}: response ${index + 1} has no packets, so it is no event of a stream`,
        { hint: 'record with aiperf profile --streaming' },
      );
    const event = eventOf(packets);
    return event === undefined ? [] : [[ns - startNs, event]];
  });
  const isCut = metadata?.was_cancelled === true || (data.error ?? undefined) !== undefined;
  const endNs = events.at(-1)?.[0] ?? 0;
  return {
    arrivalNs: Math.max(0, startNs - firstNs),
    ...(metadata?.request_start_ns !== undefined && {
      startedAt: new Date(metadata.request_start_ns / 1e6).toISOString(),
    }),
    framing: 'event-stream',
    request: {
      method: 'POST',
      headers: Object.entries(headers ?? {}),
      ...(payload !== undefined && { body: JSON.stringify(payload) }),
    },
    events,
    text: 'recorded',
    end: isCut
      ? { kind: 'cut', why: 'AIPerf says so', ns: endNs }
      : { kind: 'in-order', ns: endNs },
  };
}

function eventOf(
  packets: NonNullable<RawRecord['responses'][number]['packets']>,
): WireEvent | undefined {
  const valueOf = (name: string): string | undefined =>
    packets.find((packet) => packet.name === name)?.value ?? undefined;
  const data = packets.flatMap(({ name, value }) => (name === 'data' ? [value ?? ''] : []));
  if (data.length === 0) return undefined;
  const [name, id] = [valueOf('event'), valueOf('id')];
  return {
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    data: data.join('\n'),
  };
}
