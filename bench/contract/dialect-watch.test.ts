import { expect, it } from 'vitest';
import { DialectWatch } from './dialect-watch.ts';

const headers = { 'content-type': 'text/event-stream' };
const chunk = {
  data: '{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"}}]}',
};

it('reads the first events again when a later one shows the dialect', () => {
  const watch = new DialectWatch({ headers, framing: 'event-stream' });
  watch.read({ data: '{}' });
  expect([watch.dialect, watch.isSure]).toEqual(['plain-sse', false]);
  expect(watch.signs[0]).toMatchObject([{ kind: 'token' }]);
  watch.read(chunk);
  expect([watch.dialect, watch.isSure]).toEqual(['openai-chat', true]);
  expect(watch.signs.map(([sign]) => sign?.kind)).toEqual(['foreign', 'token']);
});

it('keeps to the dialect that it is told, whatever comes', () => {
  const watch = new DialectWatch({ headers, framing: 'event-stream', dialect: 'anthropic' });
  watch.read(chunk);
  expect([watch.dialect, watch.isSure]).toEqual(['anthropic', true]);
});

it('no longer asks after the first events', () => {
  const watch = new DialectWatch({ headers, framing: 'event-stream' });
  for (let index = 0; index < 16; index++) watch.read({ data: 'text' });
  watch.read(chunk);
  expect([watch.dialect, watch.signs.length]).toEqual(['plain-sse', 17]);
});
