// The Messages API of Anthropic. An answer is made of content blocks, each with a start and a stop;
// the usage is that of the whole answer so far, each time.

import type { Channel, Dialect, WireEvent } from './dialect.ts';
import { openReader, type Grammar } from './grammar.ts';
import { member, memberAt, numberMember, objectOf, parseJson, textMember } from './json-members.ts';
import { OpenParts } from './open-parts.ts';
import {
  errorSign,
  foreign,
  orStructure,
  ping,
  structure,
  terminator,
  tokenOf,
  unreadable,
  usageOf,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';

/** A delta of each type has its text in this field. Signatures and citations have no model text. */
const deltaTexts = new Map<string, readonly [member: string, Channel]>([
  ['text_delta', ['text', 'content']],
  ['thinking_delta', ['thinking', 'reasoning']],
  ['input_json_delta', ['partial_json', 'tool']],
]);

function readDelta(delta: unknown): readonly Reading[] {
  const found = deltaTexts.get(textMember(delta, 'type') ?? '');
  if (found === undefined) return structure;
  const [name, channel] = found;
  return orStructure(tokenOf(channel, textMember(delta, name)));
}

function anthropicGrammar(): Grammar {
  const blocks = new OpenParts('content block');

  const readType = (type: string, json: unknown): readonly Reading[] => {
    const index = String(numberMember(json, 'index') ?? 'without an index');
    switch (type) {
      case 'content_block_start':
        blocks.open(index);
        return orStructure(tokenOf('content', textMember(member(json, 'content_block'), 'text')));
      case 'content_block_delta':
        blocks.use(index);
        return readDelta(member(json, 'delta'));
      case 'content_block_stop':
        blocks.close(index);
        return structure;
      case 'message_delta': {
        const reason = textMember(member(json, 'delta'), 'stop_reason');
        return orStructure([
          ...usageOf(memberAt(json, 'usage', 'output_tokens')),
          ...(reason === undefined ? [] : [{ kind: 'finish' as const, reason }]),
        ]);
      }
      case 'message_start':
        return structure;
      case 'message_stop':
        return terminator;
      case 'ping':
        return ping;
      case 'error':
        return [errorSign(member(json, 'error') ?? json)];
      default:
        // The API asks its clients to pass over events that they do not know.
        return foreign(`an event of type \`${type}\``);
    }
  };

  const read = ({ name, data }: WireEvent): readonly Reading[] => {
    if (data.trim() === '') return ping;
    const json = objectOf(parseJson(data));
    if (json === undefined) return name === 'error' ? [errorSign(data)] : unreadable(data);
    return readType(textMember(json, 'type') ?? name ?? '', json);
  };

  return {
    ends: { finish: 'a `stop_reason`', terminator: '`message_stop`' },
    read,
    atEnd: () => ({
      faults: blocks.faults(),
      isChecked: blocks.isChecked,
      notCheckable: blocks.isChecked ? [] : ['the stream starts no content block'],
    }),
  };
}

const ownTypes: ReadonlySet<string> = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
]);

export const anthropic: Dialect = {
  id: 'anthropic',
  title: 'Anthropic Messages',
  framing: ['event-stream'],
  matches: (seen) =>
    strongest(seen, (json, { name }) => {
      if (ownTypes.has(textMember(json, 'type') ?? '')) return 2;
      return name !== undefined && ownTypes.has(name) ? 1 : 0;
    }),
  open: () => openReader(anthropicGrammar()),
  request: {
    model: 'claude-haiku-4-5',
    method: 'POST',
    pathSuffix: '/v1/messages',
    headers: {
      'content-type': 'application/json',
      'x-api-key': '${ANTHROPIC_API_KEY}',
      'anthropic-version': '2023-06-01',
    },
    body: {
      model: '${MODEL}',
      max_tokens: 1024,
      messages: [{ role: 'user', content: '${PROMPT}' }],
      stream: true,
    },
  },
};
