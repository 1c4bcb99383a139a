// The twins' own event streams of vendors' payloads, which the vendors' SDKs read, are whole streams
// of the dialects; and not without any one of their events that the dialect accounts for.

import { describe, expect, it } from 'vitest';
import { payloads, renderPayload, type PayloadName } from '../payload.ts';
import type { WireEvent } from './dialect.ts';
import { detectDialect, dialects, type DialectId } from './dialects.ts';

const texts = ['Hello', ' "you"', ' 🦀', '\n'];

function eventsOf(payload: PayloadName): readonly WireEvent[] {
  const { template, api } = payloads[payload];
  const stream = { id: 'one', tokens: texts.length, text: () => texts.join('') };
  const tokens = texts.map((text, index) => ({
    ...(api?.tokenEvent !== undefined && { name: api.tokenEvent }),
    data: renderPayload(template(stream.id), index + 1, JSON.stringify(text)),
  }));
  return [
    ...(api?.preamble(stream) ?? []),
    ...tokens,
    ...(api?.epilogue(stream) ?? []),
    ...(api?.endMark === undefined ? [] : [{ data: api.endMark }]),
    // The twin itself adds this after the API's end.
    { data: '{"type":"done","s":5,"n":4,"sha256":"00","finish":"stop"}' },
  ];
}

function judge(dialect: DialectId, events: readonly WireEvent[]) {
  const reader = dialects[dialect].open();
  for (const event of events) reader.read(event);
  return {
    ...reader.judge({ kind: 'in-order' }, { hasHalfEvent: false }),
    text: reader.text().text,
  };
}

describe.each([
  // Behind the end are `done` of the twin, and an end mark that the API itself does not send.
  ['openai', 'openai-chat', 2, 1],
  ['openai-responses', 'responses', 3, 2],
  ['anthropic', 'anthropic', 3, 1],
] as const)('payload %s', (payload, dialect, rung, afterEnd) => {
  const events = eventsOf(payload);

  it('is recognised', () => {
    expect(detectDialect({ headers: {}, events, framing: 'event-stream' })).toEqual({
      dialect,
      isSure: true,
    });
  });

  it('is whole, and its text is read', () => {
    expect(judge(dialect, events)).toMatchObject({
      isWhole: true,
      reached: rung,
      text: texts.join(''),
    });
  });

  it('is not whole wherever it ends before its end', () => {
    for (let length = 0; length < events.length - afterEnd; length++)
      expect(judge(dialect, events.slice(0, length)).isWhole).toBe(false);
  });
});

it('a response that lacks any one of its events is not whole', () => {
  const events = eventsOf('openai-responses').slice(0, -2);
  for (let place = 0; place < events.length; place++)
    expect(judge('responses', events.toSpliced(place, 1)).isWhole).toBe(false);
});
