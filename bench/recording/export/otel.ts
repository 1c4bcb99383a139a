// OpenTelemetry spans of clients of generative models, as OTLP JSON: one span a stream, with an event
// for each moment at which text came. Names are those of the semantic conventions for GenAI of
// OpenTelemetry's repository semantic-conventions-genai, which are in development; what they have no
// name for begins with `streamduel`. Prompts and answers, which they leave to opt in, are not in it.

import { createHash } from 'node:crypto';
import type { DialectId } from '../../contract/dialects/dialect-ids.ts';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { streamduelVersion } from '../../trial/environment.ts';
import type { ExportedStream, Exporter } from './exported-stream.ts';
import { generationOf, type Generation } from './generation.ts';

type Value =
  | { readonly stringValue: string }
  | { readonly intValue: number }
  | { readonly doubleValue: number }
  | { readonly boolValue: boolean }
  | { readonly arrayValue: { readonly values: readonly Value[] } };

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

const SPAN_KIND_CLIENT = 3;
/** Sampled, by a parent that is known to be here: there is none. */
const FLAGS = 0x101;
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;

export const exportOtel: Exporter = async function* (streams) {
  const resource = {
    attributes: [text('service.name', 'streamduel')].flat(),
    droppedAttributesCount: 0,
  };
  const scope = { name: 'streamduel', version: streamduelVersion() };
  yield `{"resourceSpans":[{"resource":${JSON.stringify(resource)},"scopeSpans":[{"scope":${JSON.stringify(scope)},"spans":[`;
  let count = 0;
  for await (const stream of streams) {
    yield `${count === 0 ? '' : ','}\n${JSON.stringify(spanOf(stream, count))}`;
    count++;
  }
  yield '\n]}]}]}\n';
};

/** @param index Makes ids differ where a recording has a line twice. */
function spanOf({ record, startNs }: ExportedStream, index: number): object {
  const generation = generationOf(record);
  const { texts, requestModel } = generation;
  const operation = operationOf(generation.dialect);
  const id = createHash('sha256')
    .update(`${index} ${JSON.stringify(record)}`)
    .digest('hex');
  const at = (ns: number): string => String(startNs + BigInt(Math.round(ns)));
  const error = errorOf(record, generation);
  return {
    traceId: id.slice(0, 32),
    spanId: id.slice(32, 48),
    name: requestModel === undefined ? operation : `${operation} ${requestModel}`,
    kind: SPAN_KIND_CLIENT,
    startTimeUnixNano: at(0),
    endTimeUnixNano: at(record.end.ns),
    attributes: attributesOf(record, generation, error),
    droppedAttributesCount: 0,
    events: texts.map(({ ns, text: piece }) => ({
      name: 'streamduel.token',
      timeUnixNano: at(ns),
      attributes: whole('streamduel.token.characters', piece.length),
      droppedAttributesCount: 0,
    })),
    droppedEventsCount: 0,
    status: error === undefined ? { code: STATUS_UNSET } : { code: STATUS_ERROR, message: error },
    links: [],
    droppedLinksCount: 0,
    flags: FLAGS,
  };
}

function attributesOf(
  record: StreamRecord,
  generation: Generation,
  error: string | undefined,
): readonly Attribute[] {
  const { request, events, sentNs = 0, target, trial, imported, head } = record;
  const { dialect, finishReasons } = generation;
  const url = URL.parse(request?.url ?? '');
  const [first] = events;
  return [
    text('gen_ai.operation.name', operationOf(dialect)),
    text('gen_ai.provider.name', providerOf(dialect)),
    text('gen_ai.request.model', generation.requestModel),
    flag('gen_ai.request.stream', head === undefined ? undefined : head.framing !== 'other'),
    text('gen_ai.response.model', generation.responseModel),
    text('gen_ai.response.id', generation.responseId),
    finishReasons.length === 0
      ? []
      : [
          {
            key: 'gen_ai.response.finish_reasons',
            value: {
              arrayValue: { values: finishReasons.map((reason) => ({ stringValue: reason })) },
            },
          },
        ],
    seconds(
      'gen_ai.response.time_to_first_chunk',
      first === undefined ? undefined : first[0] - sentNs,
    ),
    whole('gen_ai.usage.input_tokens', generation.inputTokens),
    whole('gen_ai.usage.output_tokens', generation.outputTokens),
    text('server.address', url === null ? undefined : url.hostname),
    whole('server.port', url === null ? undefined : portOf(url)),
    text('error.type', error),
    text('streamduel.dialect', dialect),
    text('streamduel.target', target),
    whole('streamduel.trial', trial),
    text('streamduel.imported.from', imported?.from),
  ].flat();
}

function text(key: string, value: string | undefined): readonly Attribute[] {
  return value === undefined ? [] : [{ key, value: { stringValue: value } }];
}

function whole(key: string, value: number | undefined): readonly Attribute[] {
  return value === undefined ? [] : [{ key, value: { intValue: value } }];
}

function flag(key: string, value: boolean | undefined): readonly Attribute[] {
  return value === undefined ? [] : [{ key, value: { boolValue: value } }];
}

function seconds(key: string, ns: number | undefined): readonly Attribute[] {
  return ns === undefined ? [] : [{ key, value: { doubleValue: ns / NS_PER_S } }];
}

const operations: { readonly [Dialect in DialectId]?: string } = {
  gemini: 'generate_content',
  tgi: 'text_completion',
};

function operationOf(dialect: DialectId | undefined): string {
  return (dialect && operations[dialect]) ?? 'chat';
}

/** The conventions name vendors by the form of their API, whoever serves it. */
const providers: { readonly [Dialect in DialectId]?: string } = {
  'openai-chat': 'openai',
  responses: 'openai',
  realtime: 'openai',
  anthropic: 'anthropic',
  gemini: 'gcp.gemini',
};

function providerOf(dialect: DialectId | undefined): string {
  return (dialect && providers[dialect]) ?? dialect ?? 'unknown';
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' || protocol === 'wss:' ? 443 : 80;
}

/** `_OTHER` is the conventions' word for an error that has no name. */
function errorOf({ end, head }: StreamRecord, { isWhole }: Generation): string | undefined {
  if (isWhole) return undefined;
  if (end.cause !== undefined) return end.cause;
  if (head !== undefined && head.status >= 400) return String(head.status);
  return end.kind === 'in-order' ? '_OTHER' : end.kind;
}
