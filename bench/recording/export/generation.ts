// Reads from a recorded stream the generation that it carried: its model, its counts of tokens, how
// it finished, and which events brought text.

import { DialectWatch } from '../../contract/dialect-watch.ts';
import type { DialectId } from '../../contract/dialects/dialect-ids.ts';
import { parsePointer, valueAt } from '../../contract/dialects/json-pointer.ts';
import { decodeEvent } from '../../contract/recording/event-text.ts';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';

export interface Generation {
  /** Undefined where no answer streamed. */
  readonly dialect: DialectId | undefined;
  readonly requestModel: string | undefined;
  readonly responseModel: string | undefined;
  readonly responseId: string | undefined;
  readonly finishReasons: readonly string[];
  /** As the server counts them; undefined where it does not tell. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** Events with text: ns since the stream was asked for, and the text of all its channels. */
  readonly texts: readonly { readonly ns: number; readonly text: string }[];
  readonly isWhole: boolean;
}

/** The dialects name these facts in such places of an event’s JSON. */
const places = {
  model: ['/model', '/response/model', '/message/model', '/modelVersion'],
  id: ['/id', '/response/id', '/message/id', '/responseId'],
  inputTokens: [
    '/usage/prompt_tokens',
    '/usage/input_tokens',
    '/response/usage/input_tokens',
    '/message/usage/input_tokens',
    '/usageMetadata/promptTokenCount',
    '/prompt_eval_count',
  ],
} as const;

export function generationOf(record: StreamRecord): Generation {
  const { head, request, events, end, dialect } = record;
  const requestModel = firstOf(
    [request?.body, ...(request?.messages ?? [])].map((text) => parseJson(text)),
    places.model,
    isText,
  );
  if (head === undefined || head.framing === 'other')
    return {
      dialect: undefined,
      requestModel,
      responseModel: undefined,
      responseId: undefined,
      finishReasons: [],
      inputTokens: undefined,
      outputTokens: undefined,
      texts: [],
      isWhole: false,
    };
  const known = dialect === 'pointers' ? undefined : dialect;
  const watch = new DialectWatch({ headers: head.headers, framing: head.framing, dialect: known });
  const messages = events.map((event) => decodeEvent(event, head.framing));
  for (const message of messages) watch.read(message);
  const answers = messages.map(({ data, isBinary }) =>
    isBinary === true ? undefined : parseJson(data),
  );
  const signs = watch.signs.flat();
  return {
    dialect: dialect ?? watch.dialect,
    requestModel,
    responseModel: firstOf(answers, places.model, isText),
    responseId: firstOf(answers, places.id, isText),
    finishReasons: signs.flatMap((sign) =>
      sign.kind === 'finish' && sign.reason !== undefined ? [sign.reason] : [],
    ),
    inputTokens: firstOf(answers.toReversed(), places.inputTokens, isCount),
    outputTokens: signs.findLast((sign) => sign.kind === 'usage')?.outputTokens,
    texts: events.flatMap(([ns], index) => {
      const text = (watch.signs[index] ?? [])
        .map((sign) => (sign.kind === 'token' ? sign.text : ''))
        .join('');
      return text === '' ? [] : [{ ns, text }];
    }),
    isWhole: record.isWhole ?? watch.reader.judge(end, { hasHalfEvent: false }).isWhole,
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

function firstOf<T>(
  documents: readonly unknown[],
  pointers: readonly string[],
  is: (value: unknown) => value is T,
): T | undefined {
  for (const document of documents)
    for (const pointer of pointers) {
      const value = valueAt(document, parsePointer(pointer) ?? []);
      if (is(value)) return value;
    }
  return undefined;
}
