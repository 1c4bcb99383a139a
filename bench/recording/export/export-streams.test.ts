import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { afterAll, describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import { readTrace } from '../../plan/arrivals/read-trace.ts';
import { importTrace } from '../import/import-trace.ts';
import { deltasOf, type RecordedDeltas } from '../recorded-deltas.ts';
import { recordedChat } from '../recording-fixture.ts';
import { recordedStreams } from './export-fixture.ts';
import type { ExportFormat } from './export-formats.ts';
import { exporters } from './export-streams.ts';
import { placeInTime } from './exported-stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function exported(
  format: ExportFormat,
  records: readonly StreamRecord[] = recordedStreams,
): Promise<{ text: string; remarks: readonly string[] }> {
  const remarks: string[] = [];
  const remark = (what: string): void => void remarks.push(what);
  // oxlint-disable-next-line require-await -- the interface is of files, which wait
  const all = async function* (): AsyncGenerator<StreamRecord> {
    yield* records;
  };
  let text = '';
  for await (const piece of exporters[format](placeInTime(all(), remark), remark)) text += piece;
  return { text, remarks };
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function deltas(record: StreamRecord): RecordedDeltas {
  const found = deltasOf(record, 'here');
  if ('why' in found) throw new Error(found.why);
  return found;
}

describe('HAR', () => {
  /** The validator of the format's authors; it has no types. */
  const validator = createRequire(import.meta.url)('har-validator/lib/promise') as {
    readonly har: (value: unknown) => Promise<unknown>;
  };

  it('is valid by the schema of HAR 1.2', async () => {
    const { text } = await exported('har');
    const value: unknown = JSON.parse(text);
    await expect(validator.har(value)).resolves.toBe(value);
    await expect(validator.har({ log: { version: '1.2' } })).rejects.toThrow('validation failed');
  });

  it('is imported again with the same texts, and with the same times to the quarter of a µs', async () => {
    const { text } = await exported('har');
    const again: StreamRecord[] = [];
    for await (const record of importTrace(write('all.har', text), undefined)) again.push(record);
    const [chat, socket] = recordedStreams;
    expect(again.map((record) => deltas(record).tokens)).toEqual([
      ['One', ' two', ' 水', ' four'],
      ['Wind', ' turns'],
    ]);
    for (const [index, before] of [chat!, socket!].entries()) {
      const was = deltas(before).offsetsNs;
      const is = deltas(again[index]!).offsetsNs;
      expect(is).toHaveLength(was.length);
      for (const [token, ns] of is.entries())
        expect(Math.abs(ns - was[token]!)).toBeLessThanOrEqual(500);
    }
    expect(deltas(again[0]!).offsetsNs[1]).toBe(deltas(again[0]!).offsetsNs[2]);
    // The turn of a WebSocket begins with its first message.
    expect(again[1]!.arrivalNs).toBeCloseTo(1_500_000_500 + 4_000_000, -3);
    expect(again[1]!.request?.messages).toEqual(socket!.request?.messages);
    expect(again[0]!.request?.body).toBeUndefined();
  });

  it('has binary messages as base64, and the body of an event stream', async () => {
    const binary: StreamRecord = {
      ...recordedStreams[1]!,
      events: [[5_000_000, Buffer.from([0, 255, 7]).toString('base64'), 'binary']],
    };
    const { text } = await exported('har', [binary, recordedStreams[0]!]);
    const [first, second] = (
      JSON.parse(text) as {
        log: {
          entries: {
            _webSocketMessages?: unknown[];
            response: { content: { text?: string } };
          }[];
        };
      }
    ).log.entries;
    expect(first!._webSocketMessages?.at(-1)).toMatchObject({ opcode: 2, data: 'AP8H' });
    expect(second!.response.content.text).toContain('data: [DONE]\n\n');
  });

  it('says what it has no place for', async () => {
    const lines: StreamRecord = {
      ...recordedStreams[0]!,
      head: { ...recordedStreams[0]!.head!, framing: 'lines', contentType: 'application/x-ndjson' },
      events: [[1, Buffer.from('{"a":1}').toString('base64')]],
    };
    const { text, remarks } = await exported('har', [lines]);
    expect(remarks).toEqual([
      'are lines: HAR has no place for the times of lines, and holds their body alone',
    ]);
    expect(text).toContain(String.raw`"text":"{\"a\":1}"`);
  });
});

/** Seconds and ns, as the SDK has it. */
const time = (ns: string): [number, number] => [
  Number(BigInt(ns) / 1_000_000_000n),
  Number(BigInt(ns) % 1_000_000_000n),
];

describe('OpenTelemetry', () => {
  interface Span {
    readonly traceId: string;
    readonly spanId: string;
    readonly name: string;
    readonly kind: number;
    readonly startTimeUnixNano: string;
    readonly endTimeUnixNano: string;
    readonly attributes: readonly Attribute[];
    readonly events: readonly {
      readonly name: string;
      readonly timeUnixNano: string;
      readonly attributes: readonly Attribute[];
    }[];
    readonly status: { readonly code: number; readonly message?: string };
  }
  interface Attribute {
    readonly key: string;
    readonly value: {
      readonly stringValue?: string;
      readonly intValue?: number;
      readonly doubleValue?: number;
      readonly boolValue?: boolean;
      readonly arrayValue?: { readonly values: readonly { readonly stringValue: string }[] };
    };
  }
  interface Request {
    readonly resourceSpans: readonly [
      {
        readonly scopeSpans: readonly [
          { readonly scope: { name: string; version: string }; readonly spans: readonly Span[] },
        ];
      },
    ];
  }

  const valuesOf = (attributes: readonly Attribute[]): Record<string, unknown> =>
    Object.fromEntries(
      attributes.map(({ key, value }) => [
        key,
        value.stringValue ??
          value.intValue ??
          value.doubleValue ??
          value.boolValue ??
          value.arrayValue?.values.map(({ stringValue }) => stringValue),
      ]),
    );

  it('is what the SDK of OpenTelemetry itself writes for the same spans', async () => {
    const request = JSON.parse((await exported('otel')).text) as Request;
    const [{ scope, spans }] = request.resourceSpans[0].scopeSpans;
    const resource = {
      attributes: { 'service.name': 'streamduel' },
      getRawAttributes: () => [['service.name', 'streamduel']],
      asyncAttributesPending: false,
    };
    const same = spans.map((span) => ({
      name: span.name,
      kind: span.kind - 1,
      spanContext: () => ({ traceId: span.traceId, spanId: span.spanId, traceFlags: 1 }),
      startTime: time(span.startTimeUnixNano),
      endTime: time(span.endTimeUnixNano),
      status: span.status,
      attributes: valuesOf(span.attributes),
      links: [],
      events: span.events.map(({ name, timeUnixNano, attributes }) => ({
        name,
        time: time(timeUnixNano),
        attributes: valuesOf(attributes),
      })),
      resource,
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    }));
    const written = JsonTraceSerializer.serializeRequest(same as never);
    expect(JSON.parse(Buffer.from(written!).toString())).toEqual(request);
  });

  it('has what the conventions for GenAI name, and the time of each piece of text', async () => {
    const request = JSON.parse((await exported('otel')).text) as Request;
    const [chat, socket, refused] = request.resourceSpans[0].scopeSpans[0].spans;
    const startNs = BigInt(Date.parse('2026-11-30T10:00:00.125Z')) * 1_000_000n;
    expect(chat).toMatchObject({
      name: 'chat words-1',
      kind: 3,
      startTimeUnixNano: String(startNs),
      endTimeUnixNano: String(startNs + 61_250_000n),
      status: { code: 0 },
    });
    expect(valuesOf(chat!.attributes)).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'words-1',
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'words-1b',
      'gen_ai.response.id': 'c-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': (21_000_300 - 2_345_678) / 1e9,
      'gen_ai.usage.input_tokens': 7,
      'gen_ai.usage.output_tokens': 4,
      'server.address': 'models.example',
      'server.port': 443,
      'streamduel.dialect': 'openai-chat',
      'streamduel.target': 'mine',
      'streamduel.trial': 3,
    });
    expect(chat!.events.map(({ timeUnixNano }) => BigInt(timeUnixNano) - startNs)).toEqual([
      21_000_300n,
      40_500_000n,
      40_500_000n,
      61_250_000n,
    ]);
    // Two dates of whole milliseconds are not what places streams of one trial.
    expect(BigInt(socket!.startTimeUnixNano) - startNs).toBe(1_500_000_500n);
    expect(valuesOf(socket!.attributes)).toMatchObject({
      'gen_ai.request.model': 'words-2',
      'gen_ai.response.id': 'r-9',
      'gen_ai.usage.input_tokens': 3,
      'server.port': 8080,
    });
    expect(refused).toMatchObject({ name: 'chat', status: { code: 2, message: 'refused' } });
    expect(valuesOf(refused!.attributes)).toMatchObject({ 'error.type': 'refused' });
    expect(new Set([chat, socket, refused].map((span) => span!.traceId)).size).toBe(3);
    for (const { traceId, spanId } of [chat!, socket!, refused!])
      expect(`${traceId} ${spanId}`).toMatch(/^[\da-f]{32} [\da-f]{16}$/);
  });

  it('has neither a prompt nor an answer', async () => {
    const { text } = await exported('otel');
    expect(text).not.toMatch(/ four|Wind|turns/);
  });
});

describe('Mooncake', () => {
  it('is read by --arrivals with the times and lengths that were recorded', async () => {
    const { text, remarks } = await exported('mooncake');
    const trace = await readTrace(write('trace.jsonl', text), {
      untilNs: 1e12,
      mostRowsKept: 100,
    });
    expect(trace).toMatchObject({
      format: 'mooncake',
      rows: 2,
      startNs: [0, 1_500_000_500],
      inputTokens: [7, 3],
      outputTokens: [4, 2],
    });
    expect(remarks).toEqual(['brought no token, and are left out']);
  });

  it('is in the order of time, counts what the server does not, and says so', async () => {
    const late = recordedChat([[3, 'a']], { arrivalNs: 5e6 });
    const early = recordedChat([
      [3, 'b'],
      [4, 'c'],
    ]);
    const { text, remarks } = await exported('mooncake', [late, early]);
    expect(text).toBe(
      '{"timestamp":0,"input_length":0,"output_length":2}\n{"timestamp":5,"input_length":0,"output_length":1}\n',
    );
    expect(new Set(remarks)).toEqual(
      new Set([
        'have no date: their times count from 1970-01-01',
        'do not tell how long their prompt was: their input_length is 0',
        'do not tell their number of tokens: their output_length counts events with text',
      ]),
    );
  });
});

it.each(['har', 'otel', 'mooncake'] as const)(
  'no secret that somebody wrote into a recording is in %s',
  async (format) => {
    const careless: StreamRecord = {
      ...recordedStreams[0]!,
      request: {
        url: 'https://user:hunter2@models.example/v1?api_key=sk-query&n=4',
        method: 'POST',
        headers: [
          ['Authorization', 'Bearer sk-header'],
          ['X-Api-Key', 'sk-own'],
        ],
      },
      head: { ...recordedStreams[0]!.head!, headers: { 'set-cookie': 'session=sk-cookie' } },
    };
    const { text } = await exported(format, [careless]);
    expect(text).not.toMatch(/hunter2|sk-(?:query|header|own|cookie)/);
  },
);

const at = (startedAt: string, arrivalNs: number): StreamRecord => ({
  ...recordedChat([[1, 'a']]),
  startedAt,
  arrivalNs,
});

it('streams of several recordings in one file are placed by their dates', async () => {
  const { text } = await exported('mooncake', [
    at('2026-11-30T10:00:00.000Z', 0),
    at('2026-11-30T10:00:00.020Z', 20_400_000),
    at('2026-11-30T10:00:09.000Z', 0),
  ]);
  const times = text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { timestamp: number }).timestamp);
  expect(times).toEqual([0, 20.4, 9000]);
});
