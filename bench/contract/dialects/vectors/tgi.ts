// `/generate_stream` as Text Generation Inference streams it: no space after the colon.

import { whole, type DialectVector } from './dialect-vector.ts';

const token = (text: string, generated = 'null', details = 'null', isSpecial = false): string =>
  `{"index":1,"token":{"id":11,"text":"${text}","logprob":-0.5,"special":${isSpecial}},"generated_text":${generated},"details":${details}}`;
const details = '{"finish_reason":"eos_token","generated_tokens":3,"seed":null}';
const end = (whole: string): string => token('</s>', `"${whole}"`, details, true);
const error = '{"error":"Request failed during generation","error_type":"generation"}';

const unspaced = (...events: readonly string[]): Pick<DialectVector, 'wire' | 'events'> => ({
  wire: events.map((data) => `data:${data}\n\n`).join(''),
  events,
});

export const tgiVectors: readonly DialectVector[] = [
  {
    name: 'text',
    what: 'TGI: one event a token, the special token of the end, and the whole text with it',
    framing: 'event-stream',
    ...unspaced(token('Hello'), token(' wörld'), end('Hello wörld')),
    tokens: { content: ['Hello', ' wörld'] },
    finishes: ['eos_token'],
    outputTokens: 3,
    judged: whole(3),
  },
  {
    name: 'last-token-with-text',
    what: 'TGI at its limit: the last token is one of the text, and a comment keeps it alive before',
    framing: 'event-stream',
    wire: `:\n\n${unspaced(token('Hello'), token(' you', '"Hello you"', '{"finish_reason":"length","generated_tokens":2,"seed":null}')).wire as string}`,
    events: [
      token('Hello'),
      token(' you', '"Hello you"', '{"finish_reason":"length","generated_tokens":2,"seed":null}'),
    ],
    comments: [''],
    tokens: { content: ['Hello', ' you'] },
    finishes: ['length'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'lost-token',
    what: 'a gateway that lost a token: the whole text is another one',
    framing: 'event-stream',
    ...unspaced(token('Hello'), end('Hello wörld')),
    tokens: { content: ['Hello'] },
    finishes: ['eos_token'],
    outputTokens: 3,
    judged: { reached: 2, checkable: 3, causes: ['text-mismatch'] },
  },
  {
    name: 'error-after-200',
    what: 'TGI: an error in band',
    framing: 'event-stream',
    ...unspaced(token('Hello'), error),
    tokens: { content: ['Hello'] },
    errors: ['generation: Request failed during generation'],
    judged: { reached: 1, checkable: 2, causes: ['no-finish', 'error'] },
  },
];
