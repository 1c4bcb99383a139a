// Chat completions of OpenAI, and of vLLM, SGLang, LiteLLM and others that imitate them; the older
// text completions, too. A stream may hold several choices, each with a finish reason of its own.

import type { Dialect, WireEvent } from './dialect.ts';
import { MAX_PARTS } from './delta-sums.ts';
import { openReader, type EndCheck, type Grammar } from './grammar.ts';
import {
  listMember,
  member,
  memberAt,
  numberMember,
  objectOf,
  parseJson,
  textMember,
} from './json-members.ts';
import {
  errorFromData,
  errorMember,
  errorSign,
  fault,
  foreign,
  orStructure,
  ping,
  terminator,
  tokenOf,
  unreadable,
  usageOf,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';

const END_MARK = '[DONE]';

/** Reasons with which servers say that they gave up: vLLM and SGLang, and OpenRouter. */
const failedReasons: ReadonlySet<string> = new Set(['abort', 'error']);

/** Members of a delta that hold text, by what servers call them. */
const deltaTexts = [
  ['reasoning_content', 'reasoning'],
  ['reasoning', 'reasoning'],
  ['content', 'content'],
  ['refusal', 'refusal'],
] as const;

/** Mistral sends content as a list where there is reasoning in it. */
function contentPart(part: unknown): readonly Reading[] {
  const thoughts = listMember(part, 'thinking').flatMap((thought) =>
    tokenOf('reasoning', textMember(thought, 'text')),
  );
  return [...thoughts, ...tokenOf('content', textMember(part, 'text'))];
}

function deltaTokens(delta: unknown): readonly Reading[] {
  // Some servers send the same reasoning under both names.
  const hasBoth =
    textMember(delta, 'reasoning_content') !== undefined &&
    textMember(delta, 'reasoning_content') === textMember(delta, 'reasoning');
  const texts = deltaTexts.flatMap(([name, channel]) =>
    hasBoth && name === 'reasoning' ? [] : tokenOf(channel, textMember(delta, name)),
  );
  const calls = [...listMember(delta, 'tool_calls'), { function: member(delta, 'function_call') }];
  const tools = calls.flatMap((call) => [
    ...tokenOf('tool', textMember(member(call, 'function'), 'arguments')),
    ...tokenOf('tool', textMember(member(call, 'custom'), 'input')),
  ]);
  const audio = member(delta, 'audio');
  return [
    ...texts,
    ...listMember(delta, 'content').flatMap(contentPart),
    ...tools,
    ...tokenOf('audio', textMember(audio, 'transcript') ?? textMember(audio, 'data')),
  ];
}

/** Whether each chunk says how many tokens it holds, as vLLM does if it is asked for. */
class TokenIds {
  #counted = 0;
  #isEverywhere = true;

  add(choice: unknown, hasText: boolean): void {
    const ids = member(choice, 'token_ids');
    if (Array.isArray(ids)) this.#counted += ids.length;
    else if (hasText) this.#isEverywhere = false;
  }

  check(outputTokens: number | undefined): EndCheck {
    if (!this.#isEverywhere || this.#counted === 0 || outputTokens === undefined)
      return {
        faults: [],
        isChecked: false,
        notCheckable: ['no chunk says which tokens it holds, as `token_ids` of vLLM does'],
      };
    const faults =
      this.#counted === outputTokens
        ? []
        : [
            fault(
              3,
              'token-count',
              `the chunks hold ${this.#counted} tokens, where the usage has ${outputTokens}`,
            ),
          ];
    return { faults, isChecked: true, notCheckable: [] };
  }
}

function chatGrammar(): Grammar {
  const isFinished = new Map<number, boolean>();
  const tokenIds = new TokenIds();
  let outputTokens: number | undefined;

  const readChoice = (choice: unknown): readonly Reading[] => {
    const index = numberMember(choice, 'index') ?? 0;
    const tokens = [
      ...deltaTokens(member(choice, 'delta')),
      ...tokenOf('content', textMember(choice, 'text')),
    ];
    tokenIds.add(choice, tokens.length > 0);
    // Some imitations send an empty one until there is a reason.
    const reason = textMember(choice, 'finish_reason') || undefined;
    const isLate = tokens.length > 0 && isFinished.get(index) === true;
    if (isFinished.has(index) || isFinished.size < MAX_PARTS)
      isFinished.set(index, (isFinished.get(index) ?? false) || reason !== undefined);
    return [
      ...tokens,
      ...(isLate
        ? [fault(2, 'after-end', `tokens of choice ${index} came after its finish_reason`)]
        : []),
      ...(reason === undefined
        ? []
        : [
            {
              kind: 'finish' as const,
              reason,
              ...(failedReasons.has(reason) && { isFailed: true as const }),
            },
          ]),
    ];
  };

  const read = ({ name, data }: WireEvent): readonly Reading[] => {
    const text = data.trim();
    if (text === END_MARK) return terminator;
    if (name === 'error') return [errorFromData(text)];
    if (text === '') return ping;
    const chunk = objectOf(parseJson(text));
    if (chunk === undefined) return unreadable(text);
    const error = errorMember(chunk);
    if (error !== undefined) return [errorSign(error)];
    if (textMember(chunk, 'object') === 'error') return [errorSign(chunk)];
    const usage = numberMember(member(chunk, 'usage'), 'completion_tokens');
    outputTokens = usage ?? outputTokens;
    if (!Array.isArray(chunk['choices']) && usage === undefined)
      return foreign('an event without `choices`');
    return orStructure([...listMember(chunk, 'choices').flatMap(readChoice), ...usageOf(usage)]);
  };

  return {
    ends: { finish: 'a `finish_reason`', terminator: '`data: [DONE]`' },
    read,
    atEnd: () => {
      const { faults, ...check } = tokenIds.check(outputTokens);
      const unfinished = [...isFinished].filter(([, isDone]) => !isDone).map(([index]) => index);
      // Without any finish_reason the stream has not ended, which is said already.
      const isPartly = unfinished.length > 0 && unfinished.length < isFinished.size;
      return {
        ...check,
        faults: isPartly
          ? [...faults, fault(2, 'no-finish', unfinishedChoices(unfinished))]
          : faults,
      };
    },
  };
}

const unfinishedChoices = (indices: readonly number[]): string =>
  `${indices.length} choice(s) without a \`finish_reason\`, the first is ${indices[0]}`;

const chunkObjects: ReadonlySet<unknown> = new Set(['chat.completion.chunk', 'text_completion']);

export const openaiChat: Dialect = {
  id: 'openai-chat',
  title: 'OpenAI chat completions; vLLM, SGLang, LiteLLM and others that imitate them',
  framing: ['event-stream'],
  matches: (seen) =>
    strongest(seen, (json) => {
      if (chunkObjects.has(member(json, 'object'))) return 2;
      // Some imitations leave `object` out.
      const [first] = listMember(json, 'choices');
      return memberAt(first, 'delta') === undefined ? 0 : 2;
    }),
  open: () => openReader(chatGrammar()),
  request: {
    model: 'gpt-4o-mini',
    method: 'POST',
    pathSuffix: '/chat/completions',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ${OPENAI_API_KEY}' },
    body: {
      model: '${MODEL}',
      messages: [{ role: 'user', content: '${PROMPT}' }],
      stream: true,
      // Obfuscation pads each delta, which would falsify its bytes.
      stream_options: { include_usage: true, include_obfuscation: false },
    },
  },
};
