// Text Generation Inference's `/generate_stream`: one event a token, and the whole text in the last.

import type { Dialect, WireEvent } from './dialect.ts';
import { DeltaSums } from './delta-sums.ts';
import { openReader, type Grammar } from './grammar.ts';
import { member, numberMember, objectOf, parseJson, textMember } from './json-members.ts';
import {
  errorFromData,
  errorMember,
  errorSign,
  foreign,
  orStructure,
  ping,
  tokenOf,
  unreadable,
  usageOf,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';

/** There is one text. */
const TEXT = 'text';

function tgiGrammar(): Grammar {
  const sums = new DeltaSums();

  const read = ({ name, data }: WireEvent): readonly Reading[] => {
    if (data.trim() === '') return ping;
    if (name === 'error') return [errorFromData(data)];
    const json = objectOf(parseJson(data));
    if (json === undefined) return unreadable(data);
    const error = errorMember(json);
    // The kind of error is beside its message.
    if (error !== undefined) return [errorSign(typeof error === 'string' ? json : error)];
    const token = member(json, 'token');
    const whole = textMember(json, 'generated_text');
    if (token === undefined && whole === undefined) return foreign('an event without `token`');
    // Special tokens, such as the end of the sequence, are not part of the text.
    const text = member(token, 'special') === true ? '' : (textMember(token, 'text') ?? '');
    if (text !== '') sums.add(TEXT, text);
    if (whole === undefined) return orStructure(tokenOf('content', text));
    const details = member(json, 'details');
    return [
      ...tokenOf('content', text),
      ...usageOf(numberMember(details, 'generated_tokens')),
      ...sums.compare(TEXT, whole),
      { kind: 'finish', reason: textMember(details, 'finish_reason') },
    ];
  };

  return {
    ends: { finish: 'a `generated_text`' },
    read,
    atEnd: () => ({
      faults: [],
      isChecked: sums.isChecked,
      notCheckable: sums.isChecked ? [] : ['no event has the whole text'],
    }),
  };
}

export const tgi: Dialect = {
  id: 'tgi',
  title: 'Text Generation Inference /generate_stream',
  framing: ['event-stream'],
  matches: (seen) =>
    strongest(seen, (json) => (textMember(member(json, 'token'), 'text') === undefined ? 0 : 2)),
  open: () => openReader(tgiGrammar()),
  request: {
    model: 'tgi',
    method: 'POST',
    pathSuffix: '/generate_stream',
    headers: { 'content-type': 'application/json' },
    body: { inputs: '${PROMPT}', parameters: { max_new_tokens: 200 } },
  },
};
