// The Realtime API of OpenAI, over its WebSocket: the events of one response. The socket stays open
// after `response.done`.

import type { Dialect, WireEvent } from './dialect.ts';
import { openReader, type Grammar } from './grammar.ts';
import { member, memberAt, objectOf, parseJson, textMember } from './json-members.ts';
import { errorSign, foreign, structure, unreadable, usageOf, type Reading } from './readings.ts';
import { strongest } from './seen-events.ts';
import { SpokenParts } from './spoken-parts.ts';

/** Beginnings of the types of events without text. */
const families = [
  'response.',
  'session.',
  'conversation.',
  'input_audio_buffer.',
  'output_audio_buffer.',
  'rate_limits.',
  'mcp_list_tools.',
] as const;

function realtimeGrammar(): Grammar {
  const parts = new SpokenParts();
  let isComplete = false;

  const readDone = (json: unknown): readonly Reading[] => {
    const response = member(json, 'response');
    const status = textMember(response, 'status');
    isComplete = status === 'completed';
    const error = memberAt(response, 'status_details', 'error');
    const isFailed = status === 'failed' || status === 'cancelled';
    return [
      ...usageOf(memberAt(response, 'usage', 'output_tokens')),
      ...(isFailed && error !== undefined ? [errorSign(error)] : []),
      { kind: 'finish', reason: status, ...(isFailed && { isFailed }) },
    ];
  };

  const read = ({ data }: WireEvent): readonly Reading[] => {
    const json = objectOf(parseJson(data));
    if (json === undefined) return unreadable(data);
    const type = textMember(json, 'type') ?? '';
    if (type === 'error') return [errorSign(member(json, 'error') ?? json)];
    if (type === 'response.done') return readDone(json);
    return (
      parts.read(type, json) ??
      (families.some((family) => type.startsWith(family))
        ? structure
        : foreign(`an event of type \`${type}\``))
    );
  };

  return {
    ends: { finish: '`response.done`' },
    read,
    atEnd: () => parts.check(isComplete),
  };
}

export const realtime: Dialect = {
  id: 'realtime',
  title: 'OpenAI Realtime, over a WebSocket',
  framing: ['messages'],
  matches: (seen) =>
    seen.framing === 'messages'
      ? strongest(seen, (json) => {
          const type = textMember(json, 'type') ?? '';
          if (member(json, 'event_id') === undefined) return 0;
          return families.some((family) => type.startsWith(family)) ? 2 : 1;
        })
      : 0,
  open: () => openReader(realtimeGrammar()),
  request: {
    model: 'gpt-realtime',
    method: 'GET',
    pathSuffix: '/realtime?model=${MODEL}',
    headers: { authorization: 'Bearer ${OPENAI_API_KEY}' },
    messages: [
      { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } },
      {
        type: 'conversation.item.create',
        item: {
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: '${PROMPT}' }],
        },
      },
      { type: 'response.create' },
    ],
  },
};
