import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineParser, createSseParser, pageScript, textOf } from './in-page.ts';

function parse(...pieces: string[]): string[][] {
  const events: string[][] = [];
  const feed = createSseParser((type, data) => events.push([type, data]));
  for (const piece of pieces) feed(piece);
  return events;
}

it.each([
  ['an event without a name is a message', 'data: one\n\n', [['message', 'one']]],
  ['a named event keeps its name', 'event: done\ndata: {"n":1}\n\n', [['done', '{"n":1}']]],
  ['the name is that of one event', 'event: a\ndata: 1\n\ndata: 2\n\n', [['a', '1'], ['message', '2']]], // prettier-ignore
  ['several data lines are joined by line feeds', 'data: a\ndata: b\n\n', [['message', 'a\nb']]],
  ['one space after the colon is left out, a second is kept', 'data:  x\n\ndata:y\n\n', [['message', ' x'], ['message', 'y']]], // prettier-ignore
  ['a comment is no event', ': hello\n\ndata: x\n\n', [['message', 'x']]],
  [
    'ids and reconnection times are passed over',
    'id: k3f9.1\nretry: 1000\ndata: x\n\n',
    [['message', 'x']],
  ],
  ['a name without data is no event', 'event: open\n\ndata: x\n\n', [['message', 'x']]],
  ['lines may end in any of three ways', 'data: a\r\rdata: b\r\n\r\ndata: c\n\n', [['message', 'a'], ['message', 'b'], ['message', 'c']]], // prettier-ignore
  [
    'a byte order mark at the beginning is no part of a field',
    '\uFEFFdata: x\n\n',
    [['message', 'x']],
  ],
  ['an event that is not complete is none', 'data: a\n\ndata: b\n', [['message', 'a']]],
])('%s', (_, text, events) => {
  expect(parse(text)).toEqual(events);
});

it('where the text is cut makes no difference', () => {
  const text =
    '\uFEFFevent: open\r\nid: k.0\r\ndata: {"n":3}\r\n\r\n:\n\ndata: {"s":1,"d":" wörld"}\n\ndata: a\rdata: b\r\revent: done\ndata: {}\n\n';
  const whole = parse(text);
  expect(whole).toHaveLength(4);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (places) => {
      const cuts = [0, ...places.toSorted((a, b) => a - b), text.length];
      const pieces = cuts.slice(1).map((end, index) => text.slice(cuts[index], end));
      expect(parse(...pieces)).toEqual(whole);
    }),
  );
});

it('lines are whole wherever their text is cut, and empty ones are none', () => {
  const text = '{"a":1}\n\n{"b":"wörld"}\n{"c":3}\n{"cut';
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (places) => {
      const lines: string[] = [];
      const feed = createLineParser((line) => lines.push(line));
      const cuts = [0, ...places.toSorted((a, b) => a - b), text.length];
      for (const [index, end] of cuts.slice(1).entries()) feed(text.slice(cuts[index], end));
      expect(lines).toEqual(['{"a":1}', '{"b":"wörld"}', '{"c":3}']);
    }),
  );
});

it('the parser says how many events a piece completed', () => {
  const feed = createSseParser(() => {});
  expect([feed('data: a\n\ndata: b'), feed('\n\n'), feed('')]).toEqual([1, 1, 0]);
});

it.each([
  ['{"s":18,"d":" tok"}', ' tok'],
  ['{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":" wörld"}}]}', ' wörld'],
  ['{"type":"response.output_text.delta","delta":" wörld","logprobs":[]}', ' wörld'],
  ['{"type":"content_block_delta","delta":{"type":"text_delta","text":" wörld"}}', ' wörld'],
  ['{"type":"message_delta","delta":{"stop_reason":"end_turn"}}', ''],
  ['{"choices":[]}', ''],
  ['not JSON', ''],
])('of the payload %s a page shows %j', (payload, text) => {
  expect(textOf(payload)).toBe(text);
});

it('the script needs nothing but what a page has', () => {
  const body = { append: () => {}, remove: () => {} };
  const world = createContext({
    document: { body, createElement: () => body },
    performance: { now: () => 5 },
    location: { host: 'h:1', protocol: 'http:' },
  });
  runInContext(
    pageScript({
      controlTypes: ['done'],
      controlPrefix: '{"type":"',
      postBody: '{}',
      apiEventNames: ['delta'],
      protocol: 'p',
    }),
    world,
  );
  expect(runInContext('streamduel.drain()', world)).toBe('{"rows":[],"most":0}');
});
