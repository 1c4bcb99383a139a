// The UI message stream of the AI SDK, which an application's own route sends: parts with a start
// and an end each, `finish`, and `[DONE]`.

import type { Channel, Dialect, WireEvent } from './dialect.ts';
import { MAX_PARTS } from './delta-sums.ts';
import { openReader, type Grammar } from './grammar.ts';
import { memberAt, objectOf, parseJson, textMember } from './json-members.ts';
import { OpenParts } from './open-parts.ts';
import {
  clip,
  errorSign,
  fault,
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

interface PartType {
  readonly kind: string;
  readonly step: 'open' | 'use' | 'close';
  /** The member that names the part. */
  readonly id: 'id' | 'toolCallId';
  readonly channel?: Channel;
  /** The member that has the text. */
  readonly text?: string;
}

const textPart = (kind: string, channel: Channel): readonly [string, PartType][] => [
  [`${kind}-start`, { kind, step: 'open', id: 'id' }],
  [`${kind}-delta`, { kind, step: 'use', id: 'id', channel, text: 'delta' }],
  [`${kind}-end`, { kind, step: 'close', id: 'id' }],
];

const toolInput = 'tool-input';

const partTypes = new Map<string, PartType>([
  ...textPart('text', 'content'),
  ...textPart('reasoning', 'reasoning'),
  ['tool-input-start', { kind: toolInput, step: 'open', id: 'toolCallId' }],
  [
    'tool-input-delta',
    { kind: toolInput, step: 'use', id: 'toolCallId', channel: 'tool', text: 'inputTextDelta' },
  ],
]);

/** The input of a tool is whole, with or without deltas before it. */
const toolInputEnds: ReadonlySet<string> = new Set(['tool-input-available', 'tool-input-error']);

const structures: ReadonlySet<string> = new Set([
  'start',
  'start-step',
  'finish-step',
  'reset-step',
  'source-url',
  'source-document',
  'file',
  'reasoning-file',
  'custom',
  'message-metadata',
  'tool-approval-request',
  'tool-approval-response',
  'tool-output-available',
  'tool-output-error',
  'tool-output-denied',
]);

/** Types that an application makes up for its own parts begin with this. */
const OWN_PART = 'data-';

const isKnown = (type: string): boolean =>
  partTypes.has(type) ||
  toolInputEnds.has(type) ||
  structures.has(type) ||
  type === 'finish' ||
  type.startsWith(OWN_PART);

const keyOf = (kind: string, id: string | undefined): string => clip(`${kind} ${id ?? ''}`);

function aiSdkGrammar(): Grammar {
  const parts = new OpenParts('part');
  const toolInputs = new Set<string>();
  let hasStart = false;
  let hasFinish = false;

  const readPart = (part: PartType, json: unknown): readonly Reading[] => {
    const id = keyOf(part.kind, textMember(json, part.id));
    parts[part.step](id);
    if (part.kind === toolInput && part.step === 'open' && toolInputs.size < MAX_PARTS)
      toolInputs.add(id);
    return part.channel === undefined || part.text === undefined
      ? structure
      : orStructure(tokenOf(part.channel, textMember(json, part.text)));
  };

  const readType = (type: string, json: unknown): readonly Reading[] => {
    const part = partTypes.get(type);
    if (part !== undefined) return readPart(part, json);
    if (toolInputEnds.has(type)) {
      const id = keyOf(toolInput, textMember(json, 'toolCallId'));
      if (toolInputs.delete(id)) parts.close(id);
      return structure;
    }
    if (type === 'finish') {
      hasFinish = true;
      const reason = textMember(json, 'finishReason');
      return [
        ...usageOf(memberAt(json, 'messageMetadata', 'usage', 'outputTokens')),
        { kind: 'finish', reason, ...(reason === 'error' && { isFailed: true as const }) },
      ];
    }
    if (type === 'abort') {
      hasFinish = true;
      return [{ kind: 'finish', reason: 'abort', isFailed: true }];
    }
    if (type === 'error') return [errorSign(textMember(json, 'errorText') ?? json)];
    if (type === 'start') hasStart = true;
    return isKnown(type) ? structure : foreign(`a part of type \`${type}\``);
  };

  const read = ({ name, data }: WireEvent): readonly Reading[] => {
    const text = data.trim();
    if (text === '[DONE]') return terminator;
    if (text === '') return ping;
    const json = objectOf(parseJson(text));
    if (json === undefined) return name === 'error' ? [errorSign(text)] : unreadable(text);
    return readType(textMember(json, 'type') ?? '', json);
  };

  return {
    ends: { terminator: '`data: [DONE]`' },
    read,
    atEnd: () => ({
      faults: [
        ...parts.faults(),
        // An application may leave out both; a message that was started is to be finished.
        ...(hasStart && !hasFinish
          ? [fault(2, 'no-finish', 'a message was started and has no `finish`')]
          : []),
      ],
      isChecked: parts.isChecked,
      notCheckable: parts.isChecked ? [] : ['the stream starts no part'],
    }),
  };
}

export const aiSdk: Dialect = {
  id: 'ai-sdk',
  title: 'AI SDK UI message stream',
  framing: ['event-stream'],
  matches: (seen) => {
    if (seen.headers['x-vercel-ai-ui-message-stream'] !== undefined) return 2;
    return strongest(seen, (json) => {
      const type = textMember(json, 'type') ?? '';
      if (type.endsWith('-delta') && partTypes.has(type)) return 2;
      return isKnown(type) ? 1 : 0;
    });
  },
  open: () => openReader(aiSdkGrammar()),
  request: {
    model: 'none',
    method: 'POST',
    pathSuffix: '/api/chat',
    headers: { 'content-type': 'application/json' },
    body: {
      id: 'streamduel',
      trigger: 'submit-message',
      messages: [{ id: 'm1', role: 'user', parts: [{ type: 'text', text: '${PROMPT}' }] }],
    },
  },
};
