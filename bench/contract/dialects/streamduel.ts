// The streams of our own twins with payload `lean`: numbered tokens between `open` and `done`, which
// says how many there were and the hash of their text.

import { createHash } from 'node:crypto';
import type { Dialect, WireEvent } from './dialect.ts';
import { openReader, type Grammar } from './grammar.ts';
import { numberMember, objectOf, parseJson, textMember } from './json-members.ts';
import {
  errorFromData,
  fault,
  foreign,
  structure,
  tokenOf,
  unreadable,
  type Fault,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';
import { SequenceNumbers } from './sequence-numbers.ts';

function streamduelGrammar(): Grammar {
  const numbers = new SequenceNumbers();
  const hash = createHash('sha256');
  const faults: Fault[] = [];
  let tokens = 0;
  /** A stream that was resumed without its beginning has another text than the hash is of. */
  let isFromFirst = true;
  let hasHash = false;

  const readToken = (json: unknown): readonly Reading[] => {
    const number = numberMember(json, 's');
    const text = textMember(json, 'd');
    if (number === undefined || text === undefined)
      return foreign('an event that is neither a token nor `open` or `done`');
    if (tokens === 0) isFromFirst = number === 1;
    tokens++;
    // The first token has number 1, or that from which the stream was resumed.
    numbers.add(number, tokens === 1);
    hash.update(text);
    return tokenOf('content', text);
  };

  const readDone = (json: unknown): readonly Reading[] => {
    const announced = numberMember(json, 'n');
    const sha256 = textMember(json, 'sha256');
    if (announced !== undefined && announced !== (numbers.last ?? 0))
      faults.push(fault(3, 'token-count', `the last token should have number ${announced}`));
    if (isFromFirst && sha256 !== undefined) {
      hasHash = true;
      if (hash.copy().digest('hex') !== sha256)
        faults.push(fault(3, 'text-mismatch', 'the text has another hash than `done` announced'));
    }
    return [
      ...(announced === undefined ? [] : [{ kind: 'usage' as const, outputTokens: announced }]),
      { kind: 'finish', reason: textMember(json, 'finish') },
    ];
  };

  const read = ({ name, data, isBinary }: WireEvent): readonly Reading[] => {
    if (isBinary === true) return foreign('a binary message');
    const json = objectOf(parseJson(data));
    if (json === undefined) return unreadable(data);
    switch (name ?? textMember(json, 'type')) {
      case 'open':
      case 'bye':
        return structure;
      case 'gap':
        return [fault(3, 'sequence-gap', 'the server dropped tokens of it'), ...structure];
      case 'done':
        return readDone(json);
      case 'stream-error':
        return [errorFromData(data)];
      default:
        return readToken(json);
    }
  };

  return {
    ends: { finish: '`done`' },
    read,
    atEnd: () => ({
      faults: [...faults.slice(0, 2), ...numbers.faults()],
      isChecked: hasHash || numbers.isChecked,
      notCheckable: isFromFirst ? [] : ['the stream was resumed, and its hash is of all of it'],
    }),
  };
}

export const streamduel: Dialect = {
  id: 'streamduel',
  title: 'streamduel’s own servers, payload lean',
  framing: ['event-stream', 'lines', 'messages'],
  matches: (seen) =>
    strongest(seen, (json) => {
      const isToken =
        numberMember(json, 's') !== undefined && textMember(json, 'd') !== undefined;
      const isOpen =
        textMember(json, 'sid') !== undefined && textMember(json, 'epoch') !== undefined;
      return isToken || isOpen ? 2 : 0;
    }),
  open: () => openReader(streamduelGrammar()),
};
