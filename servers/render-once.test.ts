import { expect, test } from 'vitest';
import { payloads, renderContent, renderPayload } from '../bench/contract/payload.ts';
import { renderOnce } from './render-once.ts';

const lean = () => payloads.lean.template();

test('a message is rendered once, though subscribers have templates of their own', () => {
  let rendered = 0;
  const render = renderOnce((...parts) => {
    rendered++;
    return renderContent(...parts);
  });
  const payloadsSent = [1, 1, 1, 2, 2, 2].map((sequence) => render(lean(), sequence, '"a"'));
  expect(payloadsSent).toEqual([
    '{"s":1,"d":"a"}',
    '{"s":1,"d":"a"}',
    '{"s":1,"d":"a"}',
    '{"s":2,"d":"a"}',
    '{"s":2,"d":"a"}',
    '{"s":2,"d":"a"}',
  ]);
  expect(rendered).toBe(2);
});

test('another sequence, another text and another stream id each render anew', () => {
  const render = renderOnce();
  const one = payloads.openai.template('1');
  const two = payloads.openai.template('2');
  expect(render(lean(), 5, '"a"')).toBe('{"s":5,"d":"a"}');
  expect(render(lean(), 6, '"a"')).toBe('{"s":6,"d":"a"}');
  expect(render(lean(), 6, '"b"')).toBe('{"s":6,"d":"b"}');
  expect(render(one, 6, '"b"')).toBe(renderPayload(one, 6, '"b"'));
  expect(render(two, 6, '"b"')).toBe(renderPayload(two, 6, '"b"'));
});
