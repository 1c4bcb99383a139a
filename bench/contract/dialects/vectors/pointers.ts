// A stream of a home-made server, with the pointers that describe it.

import type { PointerDialectOptions } from '../pointer-dialect.ts';
import { asLines, whole, type DialectVector } from './dialect-vector.ts';

/** The dialect that the vectors below are in. */
export const described: PointerDialectOptions = {
  token: '/out/0/te~1xt',
  finish: { pointer: '/out/0/state', equals: 'end' },
  terminator: 'BYE',
  error: '/failure',
  ping: { pointer: '/kind', equals: 'beat' },
};

const hello = '{"out":[{"te/xt":"Hello"}]}';
const last = '{"out":[{"te/xt":" you","state":"end"}]}';
const beat = '{"kind":"beat"}';
const other = '{"out":[{"te/xt":null}]}';
const failure = '{"failure":{"reason":"no","message":"No."}}';

export const pointersVectors: readonly DialectVector[] = [
  {
    name: 'described',
    what: 'token, finish, ping and terminator where the pointers lead',
    framing: 'lines',
    wire: asLines(beat, hello, other, '{"more":1}', last, 'BYE'),
    events: [beat, hello, other, '{"more":1}', last, 'BYE'],
    tokens: { content: ['Hello', ' you'] },
    finishes: ['end'],
    pings: 1,
    terminators: 1,
    foreign: 1,
    judged: whole(2),
  },
  {
    name: 'failed',
    what: 'an error where the pointer leads',
    framing: 'messages',
    wire: [hello, failure],
    tokens: { content: ['Hello'] },
    errors: ['No.'],
    judged: { reached: 1, checkable: 2, causes: ['no-finish', 'no-terminator', 'error'] },
  },
];
