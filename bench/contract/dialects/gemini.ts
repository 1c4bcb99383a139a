// Gemini's streamGenerateContent as an event stream. Nothing follows the last chunk but the end of
// the response, so a reader reads up to that.

import type { Dialect, WireEvent } from './dialect.ts';
import { MAX_PARTS } from './delta-sums.ts';
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
  errorFromData,
  errorMember,
  errorSign,
  fault,
  foreign,
  orStructure,
  ping,
  tokenOf,
  unreadable,
  usageOf,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';

/** The default of the field, which says nothing. */
const UNSPECIFIED = 'FINISH_REASON_UNSPECIFIED';

function partTokens(part: unknown): readonly Reading[] {
  const channel = member(part, 'thought') === true ? 'reasoning' : 'content';
  const call = member(part, 'functionCall');
  const inline = member(part, 'inlineData');
  const isAudio = textMember(inline, 'mimeType')?.startsWith('audio/') === true;
  return [
    ...tokenOf(channel, textMember(part, 'text')),
    ...(call === undefined ? [] : tokenOf('tool', renderJson(call))),
    ...(isAudio ? tokenOf('audio', textMember(inline, 'data')) : []),
  ];
}

/** Thoughts are tokens of the answer that `candidatesTokenCount` leaves out. */
function outputTokens(chunk: unknown): number | undefined {
  const usage = member(chunk, 'usageMetadata');
  const spoken = numberMember(usage, 'candidatesTokenCount');
  const thought = numberMember(usage, 'thoughtsTokenCount');
  return spoken === undefined && thought === undefined ? undefined : (spoken ?? 0) + (thought ?? 0);
}

function geminiGrammar(): Grammar {
  const isFinished = new Map<number, boolean>();

  const readCandidate = (candidate: unknown): readonly Reading[] => {
    const index = numberMember(candidate, 'index') ?? 0;
    const tokens = listMember(member(candidate, 'content'), 'parts').flatMap(partTokens);
    const reason = textMember(candidate, 'finishReason');
    const isEnd = reason !== undefined && reason !== UNSPECIFIED;
    const wasFinished = isFinished.get(index) === true;
    if (isFinished.has(index) || isFinished.size < MAX_PARTS)
      isFinished.set(index, wasFinished || isEnd);
    return [
      ...tokens,
      ...(wasFinished && tokens.length > 0
        ? [fault(2, 'after-end', `tokens of candidate ${index} came after its finishReason`)]
        : []),
      ...(wasFinished && isEnd ? [fault(3, 'repeated-end', 'the end came more than once')] : []),
      ...(isEnd ? [{ kind: 'finish' as const, reason }] : []),
    ];
  };

  const read = ({ name, data }: WireEvent): readonly Reading[] => {
    if (data.trim() === '') return ping;
    if (name === 'error') return [errorFromData(data)];
    const chunk = objectOf(parseJson(data));
    if (chunk === undefined) return unreadable(data);
    const error = errorMember(chunk);
    if (error !== undefined) return [errorSign(error)];
    // A prompt that was blocked has no candidates: this is the whole answer.
    const blocked = textMember(member(chunk, 'promptFeedback'), 'blockReason');
    const isOwn = ['candidates', 'usageMetadata', 'promptFeedback', 'modelVersion'].some(
      (own) => member(chunk, own) !== undefined,
    );
    if (!isOwn) return foreign('an event without `candidates`');
    return orStructure([
      ...listMember(chunk, 'candidates').flatMap(readCandidate),
      ...usageOf(outputTokens(chunk)),
      ...(blocked === undefined ? [] : [{ kind: 'finish' as const, reason: blocked }]),
    ]);
  };

  return {
    ends: { finish: 'a `finishReason`' },
    read,
    // A further candidate may begin after the first has finished.
    hasEnded: () => false,
    atEnd: () => {
      const unfinished = [...isFinished].filter(([, isDone]) => !isDone);
      const isPartly = unfinished.length > 0 && unfinished.length < isFinished.size;
      return {
        faults: isPartly
          ? [fault(2, 'no-finish', `${unfinished.length} candidate(s) without a \`finishReason\``)]
          : [],
        isChecked: false,
        notCheckable: ['no chunk says how many tokens it holds'],
      };
    },
  };
}

export const gemini: Dialect = {
  id: 'gemini',
  title: 'Gemini streamGenerateContent',
  framing: ['event-stream'],
  matches: (seen) =>
    strongest(seen, (json) => {
      if (Array.isArray(json?.['candidates'])) return 2;
      if (member(json, 'promptFeedback') !== undefined) return 2;
      return member(json, 'usageMetadata') === undefined ? 0 : 1;
    }),
  open: () => openReader(geminiGrammar()),
  request: {
    model: 'gemini-2.5-flash',
    method: 'POST',
    pathSuffix: '/v1beta/models/${MODEL}:streamGenerateContent?alt=sse',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': '${GEMINI_API_KEY}' },
    body: { contents: [{ role: 'user', parts: [{ text: '${PROMPT}' }] }] },
  },
};
