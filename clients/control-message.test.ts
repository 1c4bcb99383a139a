import { describe, expect, it } from 'vitest';
import { renderTyped } from '../bench/contract/control-events.ts';
import { payloadNames, payloads, renderPayload } from '../bench/contract/payload.ts';
import {
  carriesPayload,
  controlTypeOf,
  controlTypes,
  isControlMessage,
  isControlText,
} from './control-message.ts';

/** The message lies inside a larger buffer, as in a read. */
function isControl(text: string): boolean {
  const buffer = Buffer.from(`##${text}##`);
  const isIt = isControlMessage(buffer, 2, buffer.length - 2);
  expect(isControlText(text)).toBe(isIt);
  return isIt;
}

it.each(controlTypes)('%s is a control event', (type) => {
  expect(isControl(renderTyped(type, {}))).toBe(true);
  expect(carriesPayload(type)).toBe(false);
});

it('an unknown type is taken for a control event, and then refused', () => {
  for (const type of ['nonsense', 'content_block_deltas', 'content_block_delt', '']) {
    const message = JSON.stringify({ type });
    expect(isControl(message)).toBe(true);
    expect(() => controlTypeOf(message)).toThrow(`unknown control event "${type}"`);
  }
});

describe.each(payloadNames)('payload %s', (payload) => {
  const { api, template } = payloads[payload];
  const stream = { id: '17', tokens: 1, text: () => 'Hello' };

  it('has no message that is taken for a control event', () => {
    const messages = [
      renderPayload(template('17'), 1, '"Hello"'),
      ...[api?.endMark ?? []].flat(),
      ...[...(api?.preamble(stream) ?? []), ...(api?.epilogue(stream) ?? [])].map(
        ({ data }) => data,
      ),
    ];
    expect(messages.filter(isControl)).toEqual([]);
  });

  it('has events whose names say that they carry it', () => {
    expect(['', 'message', ...(api?.eventNames ?? [])].every(carriesPayload)).toBe(true);
    expect(carriesPayload(undefined)).toBe(true);
  });
});

it('half a message is no control event', () => {
  expect(isControl('{"type"')).toBe(false);
});
