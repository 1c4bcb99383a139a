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
  orStructure,
  structure,
  tokenOf,
  unreadable,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';
import { SequenceNumbers } from './sequence-numbers.ts';

function streamduelGrammar(): Grammar {
  const numbers = new SequenceNumbers();
  const hash = createHash('sha256');
  let tokens = 0;
  /** Number of the first token: a stream that was resumed begins with another one. */
  let from = 1;
  let hasHash = false;

  const readToken = (json: unknown): readonly Reading[] => {
    const number = numberMember(json, 's');
    const text = textMember(json, 'd');
    if (number === undefined || text === undefined)
      return foreign('an event that is neither a token nor `open` or `done`');
    const isFirst = tokens === 0;
    tokens++;
    numbers.add(number, isFirst);
    hash.update(text);
    return [
      ...(isFirst && number !== from
        ? [fault(3, 'sequence-gap', `the first token should have number ${from}`)]
        : []),
      ...orStructure(tokenOf('content', text)),
    ];
  };

  const readDone = (json: unknown): readonly Reading[] => {
    const announced = numberMember(json, 'n');
    const sha256 = textMember(json, 'sha256');
    // A resumed stream has another text than the hash is of.
    const isHashed = from === 1 && sha256 !== undefined;
    hasHash ||= isHashed;
    return [
      ...(announced !== undefined && announced !== (numbers.last ?? from - 1)
        ? [fault(3, 'token-count', `the last token should have number ${announced}`)]
        : []),
      ...(isHashed && hash.copy().digest('hex') !== sha256
        ? [fault(3, 'text-mismatch', 'the text has another hash than `done` announced')]
        : []),
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
        from = numberMember(json, 'from') ?? 1;
        return structure;
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
      faults: numbers.faults(),
      isChecked: hasHash || numbers.isChecked,
      notCheckable: hasHash ? [] : ['there is no hash of what was received'],
    }),
  };
}

export const streamduel: Dialect = {
  id: 'streamduel',
  title: 'streamduel’s own servers, payload lean',
  framing: ['event-stream', 'lines', 'messages'],
  matches: (seen) =>
    strongest(seen, (json) => {
      const isToken = numberMember(json, 's') !== undefined && textMember(json, 'd') !== undefined;
      const isOpen =
        textMember(json, 'sid') !== undefined && textMember(json, 'epoch') !== undefined;
      return isToken || isOpen ? 2 : 0;
    }),
  open: () => openReader(streamduelGrammar()),
};
