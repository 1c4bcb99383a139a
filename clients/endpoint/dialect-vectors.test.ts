// The vectors of every dialect, from their bytes to what is judged of them: whole, byte by byte and
// cut anywhere.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  Channel,
  Dialect,
  Sign,
  TransportEnd,
  WireEvent,
} from '../../bench/contract/dialects/dialect.ts';
import { detectDialect, dialectIds, dialects } from '../../bench/contract/dialects/dialects.ts';
import { pointerDialect } from '../../bench/contract/dialects/pointer-dialect.ts';
import type { DialectVector } from '../../bench/contract/dialects/vectors/dialect-vector.ts';
import { described } from '../../bench/contract/dialects/vectors/pointers.ts';
import { dialectVectors } from '../../bench/contract/dialects/vectors/vectors.ts';
import { byByte, cutAt, frame } from './framing-fixture.ts';

interface Reception {
  readonly events: readonly WireEvent[];
  readonly comments: readonly string[];
  readonly retryMs: number | undefined;
  readonly hasHalfEvent: boolean;
  readonly hasInvalidUtf8: boolean;
}

const asBytes = (wire: string | Uint8Array): Uint8Array =>
  typeof wire === 'string' ? Buffer.from(wire) : wire;

function receive(
  { framing, wire }: DialectVector,
  cut: (bytes: Uint8Array) => readonly Uint8Array[],
): Reception {
  if (framing === 'messages')
    return {
      events: (wire as readonly string[]).map((data) => ({ data })),
      comments: [],
      retryMs: undefined,
      hasHalfEvent: false,
      hasInvalidUtf8: false,
    };
  const { framer, ...framed } = frame(framing, cut(asBytes(wire as string | Uint8Array)));
  return { ...framed, hasInvalidUtf8: framer.hasInvalidUtf8 };
}

const channels: readonly Channel[] = ['content', 'reasoning', 'tool', 'refusal', 'audio'];

const ofKind = <Kind extends Sign['kind']>(
  signs: readonly Sign[],
  kind: Kind,
): readonly Extract<Sign, { kind: Kind }>[] =>
  signs.filter((sign): sign is Extract<Sign, { kind: Kind }> => sign.kind === kind);

const dialectOf = (id: (typeof dialectIds)[number]): Dialect =>
  id === 'pointers' ? pointerDialect(described) : dialects[id];

const inOrder: TransportEnd = { kind: 'in-order' };

function readAll(dialect: Dialect, { events, hasHalfEvent, hasInvalidUtf8 }: Reception) {
  const reader = dialect.open();
  const signs = events.flatMap((event) => reader.read(event));
  const judge = (end: TransportEnd) => reader.judge(end, { hasHalfEvent, hasInvalidUtf8 });
  return { reader, signs, judge };
}

/** The reading of a vector, in the form in which it is written down. */
function readAsWritten(dialect: Dialect, reception: Reception) {
  const { reader, signs, judge } = readAll(dialect, reception);
  const tokens = ofKind(signs, 'token');
  const spoken = channels.flatMap((channel) => {
    const texts = tokens.filter((token) => token.channel === channel).map(({ text }) => text);
    return texts.length === 0 ? [] : [[channel, texts]];
  });
  const { reached, checkable, isWhole, failures } = judge(inOrder);
  return {
    tokens: Object.fromEntries(spoken) as DialectVector['tokens'],
    finishes: ofKind(signs, 'finish').map(({ reason }) => reason),
    outputTokens: ofKind(signs, 'usage').at(-1)?.outputTokens,
    errors: ofKind(signs, 'error').map(({ code, message }) =>
      code === undefined ? message : `${code}: ${message}`,
    ),
    pings: ofKind(signs, 'ping').length,
    terminators: ofKind(signs, 'terminator').length,
    foreign: ofKind(signs, 'foreign').length,
    judged: { reached, checkable, causes: failures.map(({ cause }) => cause) },
    isWhole,
    text: reader.text(),
  };
}

function asWritten(vector: DialectVector): ReturnType<typeof readAsWritten> {
  const text = vector.tokens?.content?.join('') ?? '';
  return {
    tokens: vector.tokens ?? {},
    finishes: [...(vector.finishes ?? [])],
    outputTokens: vector.outputTokens,
    errors: [...(vector.errors ?? [])],
    pings: vector.pings ?? 0,
    terminators: vector.terminators ?? 0,
    foreign: vector.foreign ?? 0,
    judged: { ...vector.judged, causes: [...vector.judged.causes] },
    isWhole: vector.judged.causes.length === 0,
    text: { text, length: text.length },
  };
}

describe.each(dialectIds)('%s', (id) => {
  const dialect = dialectOf(id);

  it('has vectors, each with a name of its own', () => {
    const names = dialectVectors[id].map(({ name }) => name);
    expect(names).not.toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  describe.each(dialectVectors[id])('$name', (vector) => {
    it('has the events that are written down, whole and byte by byte', () => {
      for (const cut of [(bytes: Uint8Array) => [bytes], byByte]) {
        const { events, comments, retryMs, hasHalfEvent, hasInvalidUtf8 } = receive(vector, cut);
        expect({ events, comments, retryMs, hasHalfEvent, hasInvalidUtf8 }).toEqual({
          events: (vector.events ?? (vector.wire as readonly string[])).map((event) =>
            typeof event === 'string' ? { data: event } : event,
          ),
          comments: vector.comments ?? [],
          retryMs: vector.retryMs,
          hasHalfEvent: vector.hasHalfEvent ?? false,
          hasInvalidUtf8: vector.hasInvalidUtf8 ?? false,
        });
      }
    });

    it('has the tokens, the end and the completeness that are written down', () => {
      for (const cut of [(bytes: Uint8Array) => [bytes], byByte])
        expect(readAsWritten(dialect, receive(vector, cut))).toEqual(asWritten(vector));
    });

    it('is the same wherever it is cut', () => {
      const whole = receive(vector, (bytes) => [bytes]);
      fc.assert(
        fc.property(fc.array(fc.nat(4000), { maxLength: 12 }), (places) => {
          expect(receive(vector, (bytes) => cutAt(bytes, places))).toEqual(whole);
        }),
        { numRuns: 30, seed: 20_261_130 },
      );
    });

    it('is never whole after a cut or a timeout', () => {
      const { judge } = readAll(
        dialect,
        receive(vector, (bytes) => [bytes]),
      );
      for (const kind of ['cut', 'timeout'] as const) {
        const { isWhole, reached, failures } = judge({ kind, why: 'read ECONNRESET' });
        expect({ isWhole, reached }).toEqual({ isWhole: false, reached: undefined });
        expect(failures[0]).toMatchObject({ rung: 0, cause: kind });
      }
    });

    it('is as whole as over a transport that ended in order where the end proves nothing', () => {
      const { judge } = readAll(
        dialect,
        receive(vector, (bytes) => [bytes]),
      );
      const { notCheckable, ...closed } = judge({ kind: 'closed', why: 'no length was named' });
      const { notCheckable: _, ...ended } = judge(inOrder);
      expect(closed).toEqual(ended);
      expect(notCheckable[0]).toEqual({ rung: 0, why: 'no length was named' });
    });

    it('is recognised from its first events', () => {
      const { framing } = vector;
      const { events } = receive(vector, (bytes) => [bytes]);
      // A stream without a dialect of its own, or without an event that shows it, is not detected.
      const isPlain = id.startsWith('plain') || id === 'pointers';
      const isBare = vector.name === 'socket-error';
      const detected = detectDialect({ headers: {}, events, framing });
      const isShown = !isPlain && !isBare;
      expect(detected.isSure).toBe(isShown);
      expect(isShown ? detected.dialect : id).toBe(id);
    });

    it('ends for its reader where nothing more of it is to come', () => {
      const { events, hasHalfEvent, hasInvalidUtf8 } = receive(vector, (bytes) => [bytes]);
      const reader = dialect.open();
      for (const event of events) {
        if (reader.isOver()) break;
        reader.read(event);
      }
      const stopped = reader.judge({ kind: 'by-client' }, { hasHalfEvent, hasInvalidUtf8 });
      const hasError = (vector.errors ?? []).length > 0;
      expect(stopped.isWhole).toBe(
        reader.isOver() && !hasError && vector.judged.causes.length === 0,
      );
    });
  });
});

it('a reader that stops before the end has no whole stream', () => {
  const reader = dialects['openai-chat'].open();
  reader.read({ data: '{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}' });
  const { isWhole, failures } = reader.judge({ kind: 'by-client' }, { hasHalfEvent: false });
  expect(isWhole).toBe(false);
  expect(failures.map(({ cause }) => cause)).toEqual(['closed-by-client', 'no-terminator']);
});

it('what a reader has half read after it stopped is no fault', () => {
  const reader = dialects['openai-chat'].open();
  reader.read({ data: '{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}' });
  reader.read({ data: '[DONE]' });
  expect(reader.judge({ kind: 'by-client' }, { hasHalfEvent: true }).isWhole).toBe(true);
});
