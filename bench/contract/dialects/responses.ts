// The Responses API of OpenAI, as an event stream and over its WebSocket, which sends the same
// objects. It tells the most of itself: every event has a number, every part its whole text.

import type { Cursor, Dialect, WireEvent } from './dialect.ts';
import { openReader, type EndCheck, type Grammar } from './grammar.ts';
import { member, memberAt, numberMember, objectOf, parseJson, textMember } from './json-members.ts';
import {
  errorSign,
  foreign,
  ping,
  structure,
  terminator,
  unreadable,
  usageOf,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';
import { SequenceNumbers } from './sequence-numbers.ts';
import { SpokenParts } from './spoken-parts.ts';

/** Events with which a stream begins, or that may come alone. */
const firstTypes: ReadonlySet<string> = new Set(['response.created', 'response.queued', 'error']);

function responsesGrammar(): Grammar {
  const numbers = new SequenceNumbers();
  const parts = new SpokenParts();
  let responseId: string | undefined;
  let isComplete = false;

  const readEnd = (type: string, json: unknown): readonly Reading[] | undefined => {
    const response = member(json, 'response');
    const usage = usageOf(memberAt(response, 'usage', 'output_tokens'));
    const error = member(response, 'error');
    switch (type) {
      case 'response.completed':
        isComplete = true;
        return [...usage, { kind: 'finish', reason: 'completed' }];
      case 'response.incomplete':
        return [...usage, { kind: 'finish', reason: incompleteReason(response) }];
      case 'response.failed':
        return [
          ...usage,
          ...(error === undefined ? [] : [errorSign(error)]),
          { kind: 'finish', reason: 'failed', isFailed: true },
        ];
      case 'response.cancelled':
        return [...usage, { kind: 'finish', reason: 'cancelled', isFailed: true }];
      default:
        return undefined;
    }
  };

  const read = ({ name, data }: WireEvent): readonly Reading[] => {
    const text = data.trim();
    if (text === '[DONE]') return terminator;
    if (text === '') return ping;
    const json = objectOf(parseJson(text));
    if (json === undefined) return name === 'error' ? [errorSign(text)] : unreadable(text);
    const type = textMember(json, 'type') ?? name ?? '';
    const number = numberMember(json, 'sequence_number');
    if (number !== undefined) numbers.add(number, firstTypes.has(type));
    responseId = textMember(member(json, 'response'), 'id') ?? responseId;
    // Over the WebSocket the error is a member, in an event stream it is the event.
    if (type === 'error') return [errorSign(member(json, 'error') ?? json)];
    if (type === 'keepalive') return ping;
    return (
      parts.read(type, json) ??
      readEnd(type, json) ??
      (type.startsWith('response.') ? structure : foreign(`an event of type \`${type}\``))
    );
  };

  return {
    ends: { finish: '`response.completed`, `response.incomplete` or `response.failed`' },
    read,
    atEnd: () => joinChecks(numbers, parts.check(isComplete)),
    startingAfter: () => startingAfter(responseId, numbers.last),
  };
}

function incompleteReason(response: unknown): string {
  const reason = textMember(member(response, 'incomplete_details'), 'reason');
  return reason === undefined ? 'incomplete' : `incomplete: ${reason}`;
}

function joinChecks(numbers: SequenceNumbers, parts: EndCheck): EndCheck {
  return {
    faults: [...numbers.faults(), ...parts.faults],
    isChecked: numbers.isChecked || parts.isChecked,
    notCheckable: [
      ...(numbers.isChecked ? [] : ['no event has a `sequence_number` that counts']),
      ...parts.notCheckable,
    ],
  };
}

function startingAfter(
  responseId: string | undefined,
  sequenceNumber: number | undefined,
): Cursor['startingAfter'] {
  return responseId === undefined || sequenceNumber === undefined
    ? undefined
    : { responseId, sequenceNumber };
}

const headers = {
  'content-type': 'application/json',
  authorization: 'Bearer ${OPENAI_API_KEY}',
} as const;

export const responses: Dialect = {
  id: 'responses',
  title: 'OpenAI Responses, as an event stream or over a WebSocket',
  framing: ['event-stream', 'messages'],
  matches: (seen) =>
    strongest(seen, (json, { name }) => {
      const type = textMember(json, 'type') ?? '';
      // Events of the Realtime API have names of the same kind, and an id each.
      if (member(json, 'event_id') !== undefined) return 0;
      if (type.startsWith('response.')) return 2;
      return name?.startsWith('response.') === true ? 1 : 0;
    }),
  open: () => openReader(responsesGrammar()),
  request: {
    model: 'gpt-4o-mini',
    method: 'POST',
    pathSuffix: '/responses',
    headers,
    body: {
      model: '${MODEL}',
      input: '${PROMPT}',
      stream: true,
      stream_options: { include_obfuscation: false },
    },
    messages: [{ type: 'response.create', model: '${MODEL}', input: '${PROMPT}', store: false }],
  },
};
