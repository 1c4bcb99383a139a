// Ollama's own API: a line of JSON for each chunk, of `/api/chat` and of `/api/generate`.

import type { Dialect, WireEvent } from './dialect.ts';
import { openReader, type Grammar } from './grammar.ts';
import {
  listMember,
  member,
  numberMember,
  objectOf,
  parseJson,
  renderJson,
  textMember,
} from './json-members.ts';
import {
  errorMember,
  errorSign,
  foreign,
  orStructure,
  tokenOf,
  unreadable,
  usageOf,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';

function read({ data }: WireEvent): readonly Reading[] {
  const line = objectOf(parseJson(data));
  if (line === undefined) return unreadable(data);
  const error = errorMember(line);
  if (error !== undefined) return [errorSign(error)];
  if (typeof line['done'] !== 'boolean') return foreign('a line without `done`');
  const message = member(line, 'message');
  const tokens = [
    ...tokenOf('reasoning', textMember(message, 'thinking') ?? textMember(line, 'thinking')),
    ...tokenOf('content', textMember(message, 'content') ?? textMember(line, 'response')),
    ...listMember(message, 'tool_calls').flatMap((call) => tokenOf('tool', renderJson(call))),
  ];
  if (!line['done']) return orStructure(tokens);
  return [
    ...tokens,
    ...usageOf(numberMember(line, 'eval_count')),
    { kind: 'finish', reason: textMember(line, 'done_reason') },
  ];
}

const grammar: Grammar = {
  ends: { finish: 'a line with `"done": true`' },
  read,
  atEnd: () => ({
    faults: [],
    isChecked: false,
    notCheckable: ['`eval_count` counts tokens, of which a line can hold several'],
  }),
};

export const ollama: Dialect = {
  id: 'ollama',
  title: 'Ollama /api/chat and /api/generate',
  framing: ['lines'],
  matches: (seen) =>
    seen.framing === 'lines'
      ? strongest(seen, (json) =>
          typeof json?.['done'] === 'boolean' &&
          (member(json, 'message') !== undefined || member(json, 'response') !== undefined)
            ? 2
            : 0,
        )
      : 0,
  open: () => openReader(grammar),
  request: {
    model: 'llama3.2',
    method: 'POST',
    pathSuffix: '/api/chat',
    headers: { 'content-type': 'application/json' },
    body: { model: '${MODEL}', messages: [{ role: 'user', content: '${PROMPT}' }], stream: true },
  },
};
