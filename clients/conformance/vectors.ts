// Event streams and the events they must lead to by WHATWG HTML §9.2
// (html.spec.whatwg.org/multipage/server-sent-events.html). The expected values are written by hand
// from its rules, never taken from a receiver.

import type { SeenEvent, Vector } from './vector.ts';

const message = (data: string, lastEventId = ''): SeenEvent => ['message', data, lastEventId];

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

/**
 * Requested where a vector's reconnection time is valid, and where a value that must be ignored
 * follows.
 */
const SHORT_MS = 200;

/**
 * Longer than a test waits, and longer than the 32 bits (signed) of Node's timers, which fire at
 * once beyond.
 */
const LONGER_THAN_A_TIMER_MS = 3_000_000_000;

const lineEnds: readonly Vector[] = [
  {
    name: 'lf',
    rule: '§9.2.5: LF ends a line',
    stream: 'data: a\n\ndata: b\n\n',
    events: [message('a'), message('b')],
  },
  {
    name: 'crlf',
    rule: '§9.2.5: CRLF ends one line, not two',
    stream: 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n',
    events: [message('a\nb'), message('c')],
  },
  {
    name: 'cr',
    rule: '§9.2.5: CR without LF ends a line; the last blank line ends with the stream',
    stream: 'data: a\r\rdata: b\r\r',
    events: [message('a'), message('b')],
  },
  {
    name: 'mixed-line-ends',
    rule: '§9.2.5: the three line ends may be mixed',
    stream: 'data: a\rdata: b\r\ndata: c\n\r\ndata: d\r\n\r',
    events: [message('a\nb\nc'), message('d')],
  },
  {
    name: 'lf-cr',
    rule: '§9.2.5: LF CR is the end of a line and a blank line',
    stream: 'data: a\n\rdata: b\n\r',
    events: [message('a'), message('b')],
  },
  {
    name: 'blank-lines',
    rule: '§9.2.6: blank lines without data before them dispatch nothing',
    stream: '\n\r\n\r\ndata: a\n\n\n\n',
    events: [message('a')],
  },
  {
    name: 'other-separators',
    rule: '§9.2.5: U+2028, U+2029, U+0085, VT and FF end no line',
    stream: 'data: a\u2028b\u2029c\u0085d\ve\ff\n\n',
    events: [message('a\u2028b\u2029c\u0085d\ve\ff')],
  },
  {
    name: 'empty-stream',
    rule: '§9.2.3: the end of a stream that said nothing leads to a reconnect too',
    stream: '',
    events: [],
  },
];

const byteOrderMarks: readonly Vector[] = [
  {
    name: 'bom',
    rule: '§9.2.5: one leading BOM is stripped (UTF-8 decode)',
    stream: '\uFEFFdata: a\n\n',
    events: [message('a')],
  },
  {
    name: 'double-bom',
    rule: '§9.2.5: a second BOM is part of the first field name',
    stream: '\uFEFF\uFEFFdata: a\n\ndata: b\n\n',
    events: [message('b')],
  },
  {
    name: 'bom-inside',
    rule: '§9.2.5: only a leading BOM is stripped',
    stream: 'data: a\n\uFEFFdata: b\n\n',
    events: [message('a')],
  },
  {
    name: 'bom-in-value',
    rule: '§9.2.6: a value keeps all of its characters but one leading space',
    stream: 'data: \uFEFFa\n\n',
    events: [message('\uFEFFa')],
  },
  {
    name: 'half-bom',
    rule: 'Encoding §8.1.1: two of its three bytes are no BOM but U+FFFD, part of the first field name',
    stream: bytes([0xef, 0xbb], 'data: a\n\ndata: b\n\n'),
    events: [message('b')],
  },
  {
    name: 'mistaken-bom',
    rule: '§9.2.5: the characters U+00EF U+00BB U+00BF, in UTF-8, are no BOM',
    stream: '\u00EF\u00BB\u00BFdata: a\n\ndata: b\n\n',
    events: [message('b')],
  },
];

const comments: readonly Vector[] = [
  {
    name: 'comment',
    rule: '§9.2.6: a line that starts with a colon is ignored',
    stream: ': hb\n\ndata: a\n:\n:: x\ndata: b\n\n',
    events: [message('a\nb')],
  },
  {
    name: 'comment-only',
    rule: '§9.2.6: a comment and a blank line dispatch nothing (§9.2.7: a sign of life)',
    stream: ':\n\n:\n\n',
    events: [],
  },
  {
    name: 'comment-like-field',
    rule: '§9.2.6: what follows a leading colon is no field',
    stream: ':data: a\n:id: 1\n\n',
    events: [],
  },
];

const spaces: readonly Vector[] = [
  {
    name: 'no-space',
    rule: '§9.2.6: the space after the colon may be left out',
    stream: 'data:a\n\n',
    events: [message('a')],
  },
  {
    name: 'two-spaces',
    rule: '§9.2.6: only one space is removed',
    stream: 'data:  a \n\n',
    events: [message(' a ')],
  },
  {
    name: 'tab',
    rule: '§9.2.6: only a space is removed, no tab',
    stream: 'data:\ta\n\n',
    events: [message('\ta')],
  },
  {
    name: 'space-before-colon',
    rule: '§9.2.6: the field name is all before the colon',
    stream: 'data : a\ndata: b\n\n',
    events: [message('b')],
  },
  {
    name: 'leading-space',
    rule: '§9.2.6: a line is not trimmed',
    stream: ' data: a\ndata: b\n\n',
    events: [message('b')],
  },
  {
    name: 'line-of-a-space',
    rule: '§9.2.6: a line with a space in it is not blank, but an unknown field',
    stream: 'data: a\n \ndata: b\n\n',
    events: [message('a\nb')],
  },
];

const dataLines: readonly Vector[] = [
  {
    name: 'data-without-colon',
    rule: '§9.2.6: a line without a colon is a field with an empty value',
    stream: 'data\n\n',
    events: [message('')],
  },
  {
    name: 'data-empty',
    rule: '§9.2.6: an empty value still appends LF, so that the data is not empty',
    stream: 'data:\n\ndata: \n\n',
    events: [message(''), message('')],
  },
  {
    name: 'data-empty-twice',
    rule: '§9.2.6: only the last LF of the data is removed',
    stream: 'data\ndata:\n\n',
    events: [message('\n')],
  },
  {
    name: 'data-lines',
    rule: '§9.2.6: data lines are joined by LF, empty ones too',
    stream: 'data: a\ndata\ndata: b\n\n',
    events: [message('a\n\nb')],
  },
  {
    name: 'colon-in-value',
    rule: '§9.2.6: name and value are separated by the first colon',
    stream: 'data: a:b\n\ndata::c\n\n',
    events: [message('a:b'), message(':c')],
  },
  {
    name: 'long-line',
    rule: '§9.2.5: a line has no greatest length (70 kB here, of two bytes a character)',
    stream: `data: ${'é'.repeat(35_000)}\n\n`,
    events: [message('é'.repeat(35_000))],
  },
];

const eventTypes: readonly Vector[] = [
  {
    name: 'event',
    rule: '§9.2.6: the type lasts for one event',
    stream: 'event: foo\ndata: a\n\ndata: b\n\n',
    events: [['foo', 'a', ''], message('b')],
  },
  {
    name: 'event-after-data',
    rule: '§9.2.6: the order of the fields is of no account',
    stream: 'data: a\nevent: foo\n\n',
    events: [['foo', 'a', '']],
  },
  {
    name: 'event-without-data',
    rule: '§9.2.6: no event without data, and its type is forgotten',
    stream: 'event: foo\n\ndata: a\n\n',
    events: [message('a')],
  },
  {
    name: 'event-empty',
    rule: '§9.2.6: an empty type replaces the one before it; the type is then message',
    stream: 'event: foo\nevent:\ndata: a\n\n',
    events: [message('a')],
  },
  {
    name: 'event-without-colon',
    rule: '§9.2.6: the same without a colon',
    stream: 'event: foo\nevent\ndata: a\n\n',
    events: [message('a')],
  },
  {
    name: 'event-twice',
    rule: '§9.2.6: the last type counts',
    stream: 'event: foo\nevent: bar\ndata: a\n\n',
    events: [['bar', 'a', '']],
  },
  {
    name: 'event-with-space',
    rule: '§9.2.6: a type keeps its spaces but the first',
    stream: 'event:  foo \ndata: a\n\n',
    events: [[' foo ', 'a', '']],
  },
  {
    name: 'event-beyond-ascii',
    rule: '§9.2.5: a type is UTF-8',
    stream: 'event: naïve日本🦀\ndata: a\n\n',
    events: [['naïve日本🦀', 'a', '']],
  },
];

const ids: readonly Vector[] = [
  {
    name: 'id-sticky',
    rule: '§9.2.6: the last event ID stays until the next id',
    stream: 'id: 1\ndata: a\n\ndata: b\n\n',
    events: [message('a', '1'), message('b', '1')],
    lastEventId: '1',
  },
  {
    name: 'id-after-data',
    rule: '§9.2.6: an id counts for its event wherever it stands in it',
    stream: 'data: a\nid: 1\n\n',
    events: [message('a', '1')],
    lastEventId: '1',
  },
  {
    name: 'id-only',
    rule: '§9.2.6: the last event ID is set before data is looked for',
    stream: 'id: 7\n\n',
    events: [],
    lastEventId: '7',
  },
  {
    name: 'id-only-then-data',
    rule: '§9.2.6: and holds for events that follow',
    stream: 'id: 7\n\ndata: a\n\n',
    events: [message('a', '7')],
    lastEventId: '7',
  },
  {
    name: 'id-empty',
    rule: '§9.2.6: an empty id resets it; §9.2.3: then no Last-Event-ID is sent',
    stream: 'id: 1\ndata: a\n\nid:\ndata: b\n\n',
    events: [message('a', '1'), message('b')],
  },
  {
    name: 'id-without-colon',
    rule: '§9.2.6: the same without a colon',
    stream: 'id: 1\ndata: a\n\nid\ndata: b\n\n',
    events: [message('a', '1'), message('b')],
  },
  {
    name: 'id-twice',
    rule: '§9.2.6: the last id of an event counts',
    stream: 'id: 1\nid: 2\ndata: a\n\n',
    events: [message('a', '2')],
    lastEventId: '2',
  },
  {
    name: 'id-nul',
    rule: '§9.2.6: an id with NUL is ignored',
    stream: 'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
    events: [message('a', '1'), message('b', '1')],
    lastEventId: '1',
  },
  {
    name: 'id-nul-after-another',
    rule: '§9.2.6: ignored: the id before it in the same event stays',
    stream: 'id: 1\nid: 2\0\ndata: a\n\n',
    events: [message('a', '1')],
    lastEventId: '1',
  },
  {
    name: 'id-spaces',
    rule: '§9.2.6: an id keeps its spaces but the first; RFC 9110 §5.5: on the way they are lost',
    stream: 'id:  5 \ndata: a\n\n',
    events: [message('a', ' 5 ')],
    lastEventId: '5',
  },
  {
    name: 'id-colon',
    rule: '§9.2.6: name and value are separated by the first colon',
    stream: 'id: a:b\ndata: a\n\n',
    events: [message('a', 'a:b')],
    lastEventId: 'a:b',
  },
  {
    name: 'id-beyond-ascii',
    rule: '§9.2.3: Last-Event-ID is encoded as UTF-8',
    stream: 'id: é日本🦀\ndata: a\n\n',
    events: [message('a', 'é日本🦀')],
    lastEventId: 'é日本🦀',
  },
  {
    name: 'id-unfinished-event',
    rule: '§9.2.6: the last event ID is set by a blank line, and what is unfinished is discarded',
    stream: 'id: 1\ndata: a\n\nid: 2\ndata: b\n',
    events: [message('a', '1')],
    lastEventId: '1',
  },
  {
    name: 'id-unfinished-line',
    rule: '§9.2.6: the same within a line',
    stream: 'id: 1\ndata: a\n\nid: 2',
    events: [message('a', '1')],
    lastEventId: '1',
  },
];

const fieldNames: readonly Vector[] = [
  {
    name: 'wrong-case',
    rule: '§9.2.6: field names are compared literally, without case folding',
    stream: 'Data: a\nDATA: b\nEvent: foo\nID: 1\nRetry: 200\ndata: c\n\n',
    events: [message('c')],
  },
  {
    name: 'unknown-field',
    rule: '§9.2.6: any other field is ignored',
    stream: 'foo: a\ndata: b\nfoo\n\n',
    events: [message('b')],
  },
  {
    name: 'almost-a-name',
    rule: '§9.2.6: field names are compared whole',
    stream: 'dat: a\ndatas: b\nevents: foo\nidx: 1\nretry2: 200\ndata: c\n\n',
    events: [message('c')],
  },
  {
    name: 'nul-in-data',
    rule: '§9.2.6: only an id must not contain NUL',
    stream: 'data: a\0b\n\n',
    events: [message('a\0b')],
  },
  {
    name: 'nul-in-name',
    rule: '§9.2.6: a field name with NUL is another name',
    stream: 'da\0ta: a\ndata\0: b\ndata: c\n\n',
    events: [message('c')],
  },
  {
    name: 'nul-in-event',
    rule: '§9.2.6: only an id must not contain NUL',
    stream: 'event: f\0o\ndata: a\n\n',
    events: [['f\0o', 'a', '']],
  },
];

const encoding: readonly Vector[] = [
  {
    name: 'split-characters',
    rule: '§9.2.5: UTF-8, wherever a read cuts a character',
    stream: 'data: é日本🦀é日本🦀é日本🦀\n\n',
    events: [message('é日本🦀é日本🦀é日本🦀')],
  },
  {
    name: 'invalid-utf-8',
    rule: 'Encoding §8.1.1: U+FFFD for each byte that begins nothing, and for each sequence that is not continued',
    stream: bytes(
      'data: ',
      [0xff],
      'a',
      [0xc3],
      '(',
      [0xe2, 0x82],
      'b',
      [0xf0, 0x9f, 0xa6],
      '\n\n',
    ),
    events: [message('\uFFFDa\uFFFD(\uFFFDb\uFFFD')],
  },
  {
    name: 'surrogate-and-overlong',
    rule: 'Encoding §8.1.1: a surrogate (ED A0 80) and an overlong form (C0 AF) are invalid byte by byte',
    stream: bytes('data: ', [0xed, 0xa0, 0x80], 'a', [0xc0, 0xaf], '\n\n'),
    events: [message('\uFFFD\uFFFD\uFFFDa\uFFFD\uFFFD')],
  },
];

const unfinished: readonly Vector[] = [
  {
    name: 'unfinished-event',
    rule: '§9.2.6: an event without its blank line is not dispatched',
    stream: 'data: a\n\nevent: foo\ndata: b\n',
    events: [message('a')],
  },
  {
    name: 'unfinished-line',
    rule: '§9.2.6: nor is one whose last line has no end',
    stream: 'data: a\n\ndata: b',
    events: [message('a')],
  },
  {
    name: 'unfinished-empty-data',
    rule: '§9.2.6: nor is one of an empty line of data',
    stream: 'data: a\n\ndata:',
    events: [message('a')],
  },
];

/**
 * A valid reconnection time, then one that must be ignored: if it took effect, no receiver would
 * reconnect while we wait.
 */
function ignoredRetry(name: string, rule: string, line: string): Vector {
  return { name, rule, stream: `retry: ${SHORT_MS}\n\n${line}\n\n`, events: [], retryMs: SHORT_MS };
}

const reconnectionTimes: readonly Vector[] = [
  {
    name: 'retry',
    rule: '§9.2.6: digits set the reconnection time',
    stream: 'retry: 200\ndata: a\n\n',
    events: [message('a')],
    retryMs: SHORT_MS,
  },
  {
    name: 'retry-between-data',
    rule: '§9.2.6: wherever it stands',
    stream: 'data: a\nretry: 200\ndata: b\n\n',
    events: [message('a\nb')],
    retryMs: SHORT_MS,
  },
  {
    name: 'retry-without-data',
    rule: '§9.2.6: with or without an event',
    stream: 'retry: 200\n\n',
    events: [],
    retryMs: SHORT_MS,
  },
  {
    name: 'retry-unfinished-event',
    rule: '§9.2.6: a field is processed when its line ends; only data, type and id wait for the blank line',
    stream: 'data: a\n\nretry: 200\n',
    events: [message('a')],
    retryMs: SHORT_MS,
  },
  {
    name: 'retry-unfinished-line',
    rule: '§9.2.6: a line without its end is discarded',
    stream: 'data: a\n\nretry: 200',
    events: [message('a')],
  },
  {
    name: 'retry-twice',
    rule: '§9.2.6: the last one counts',
    stream: 'retry: 9000\nretry: 200\n\n',
    events: [],
    retryMs: SHORT_MS,
  },
  {
    name: 'retry-leading-zeros',
    rule: '§9.2.6: base ten',
    stream: 'retry: 000200\n\n',
    events: [],
    retryMs: SHORT_MS,
  },
  {
    name: 'retry-zero',
    rule: '§9.2.6: zero is an integer',
    stream: 'retry: 0\n\n',
    events: [],
    retryMs: 0,
  },
  {
    name: 'retry-long',
    rule: '§9.2.3: the reconnection time is waited for, however long (35 days)',
    stream: `retry: ${LONGER_THAN_A_TIMER_MS}\n\n`,
    events: [],
    retryMs: LONGER_THAN_A_TIMER_MS,
  },
  {
    name: 'retry-beyond-64-bits',
    rule: '§9.2.6: any number of digits is an integer',
    stream: 'retry: 99999999999999999999\n\n',
    events: [],
    retryMs: 1e20,
  },
  ignoredRetry('retry-bogus', '§9.2.6: anything but ASCII digits is ignored', 'retry: 9000x'),
  ignoredRetry('retry-negative', '§9.2.6: a minus is no digit', 'retry: -9000'),
  ignoredRetry('retry-plus', '§9.2.6: a plus is no digit', 'retry: +9000'),
  ignoredRetry('retry-float', '§9.2.6: a full stop is no digit', 'retry: 9000.5'),
  ignoredRetry('retry-exponent', '§9.2.6: an e is no digit', 'retry: 9e3'),
  ignoredRetry('retry-two-spaces', '§9.2.6: a space is no digit', 'retry:  9000'),
  ignoredRetry('retry-trailing-space', '§9.2.6: the same at the end', 'retry: 9000 '),
  ignoredRetry('retry-other-digits', '§9.2.6: only ASCII digits are digits', 'retry: ９０００'),
  ignoredRetry(
    'retry-empty',
    '§9.2.6: no digits are no integer, so there is nothing to set',
    'retry:',
  ),
  ignoredRetry('retry-without-colon', '§9.2.6: the same without a colon', 'retry'),
];

export const vectors: readonly Vector[] = [
  ...lineEnds,
  ...byteOrderMarks,
  ...comments,
  ...spaces,
  ...dataLines,
  ...eventTypes,
  ...ids,
  ...fieldNames,
  ...encoding,
  ...unfinished,
  ...reconnectionTimes,
];
