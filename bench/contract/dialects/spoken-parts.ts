// The deltas of an answer's parts and their whole texts, as the Responses and the Realtime API of
// OpenAI name them: `<part>.delta`, then `<part>.done`.

import type { Channel } from './dialect.ts';
import { DeltaSums } from './delta-sums.ts';
import type { EndCheck } from './grammar.ts';
import { numberMember, textMember } from './json-members.ts';
import { clip, fault, orStructure, structure, tokenOf, type Reading } from './readings.ts';

interface PartKind {
  readonly channel: Channel;
  /** The member of the `done` event that has the whole text; undefined where none has it. */
  readonly whole: string | undefined;
}

const partKinds: Readonly<Record<string, PartKind>> = {
  'response.output_text': { channel: 'content', whole: 'text' },
  'response.text': { channel: 'content', whole: 'text' },
  'response.refusal': { channel: 'refusal', whole: 'refusal' },
  'response.reasoning_text': { channel: 'reasoning', whole: 'text' },
  'response.reasoning_summary_text': { channel: 'reasoning', whole: 'text' },
  'response.function_call_arguments': { channel: 'tool', whole: 'arguments' },
  'response.mcp_call_arguments': { channel: 'tool', whole: 'arguments' },
  'response.custom_tool_call_input': { channel: 'tool', whole: 'input' },
  'response.code_interpreter_call_code': { channel: 'tool', whole: 'code' },
  'response.audio': { channel: 'audio', whole: undefined },
  'response.output_audio': { channel: 'audio', whole: undefined },
  'response.audio.transcript': { channel: 'audio', whole: undefined },
  'response.audio_transcript': { channel: 'audio', whole: 'transcript' },
  'response.output_audio_transcript': { channel: 'audio', whole: 'transcript' },
};

/** By type, so that no type of a server is taken apart. */
const deltaTypes = new Map(
  Object.entries(partKinds).map(([part, kind]) => [`${part}.delta`, { part, ...kind }]),
);
const doneTypes = new Map(
  Object.entries(partKinds).map(([part, kind]) => [`${part}.done`, { part, ...kind }]),
);

/** Events of one part have these in common. */
const places = ['output_index', 'content_index', 'summary_index'] as const;

function keyOf(part: string, json: unknown): string {
  const indices = places.map((place) => numberMember(json, place));
  // An item has an index wherever APIs number them; its id is the second choice, since gateways
  // may give each event another.
  const item = indices[0] === undefined ? clip(textMember(json, 'item_id') ?? '') : '';
  return `${part} ${item} ${indices.map((index) => String(index)).join(' ')}`;
}

export class SpokenParts {
  readonly #sums = new DeltaSums();

  /** Returns undefined for an event of no part. */
  read(type: string, json: unknown): readonly Reading[] | undefined {
    const delta = deltaTypes.get(type);
    if (delta !== undefined) {
      const text = textMember(json, 'delta') ?? '';
      if (delta.whole !== undefined && text !== '') this.#sums.add(keyOf(delta.part, json), text);
      return orStructure(tokenOf(delta.channel, text));
    }
    const done = doneTypes.get(type);
    return done === undefined
      ? undefined
      : [...this.#compare(done, keyOf(done.part, json), json), ...structure];
  }

  /** @param isComplete Whether the server says that nothing was left out. */
  check(isComplete: boolean): EndCheck {
    if (!this.#sums.isChecked)
      return {
        faults: [],
        isChecked: false,
        notCheckable: ['no event has the whole text of a part'],
      };
    const { openParts } = this.#sums;
    const faults =
      isComplete && openParts > 0
        ? [fault(3, 'part-open', `${openParts} part(s) without their whole text`)]
        : [];
    return { faults, isChecked: true, notCheckable: [] };
  }

  #compare({ channel, whole }: PartKind, key: string, json: unknown): readonly Reading[] {
    const text = whole === undefined ? undefined : textMember(json, whole);
    // The input of a tool may come whole, without deltas; the content of an answer does not.
    if (text === undefined || (channel !== 'content' && !this.#sums.has(key))) return [];
    // An empty part has neither deltas nor a text.
    return text === '' && !this.#sums.has(key) ? [] : this.#sums.compare(key, text);
  }
}
