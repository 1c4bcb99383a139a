import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotedText, visibleJson, visibleText } from './visible-text.ts';

describe('text of unknown origin', () => {
  it.each([
    ['plain ä € 😀', 'plain ä € 😀'],
    ['\u001b[31mred\u001b[0m', String.raw`\x1b[31mred\x1b[0m`],
    ['a\r\nb\tc', String.raw`a\r\nb\tc`],
    ['\u0007\u007f\u009b', String.raw`\x07\x7f\x9b`],
    ['\u202eabc', String.raw`\u{202e}abc`],
    ['\u2028', String.raw`\u{2028}`],
    ['\ud800', String.raw`\u{d800}`],
    ['', ''],
  ])('%j is shown as %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('is cut, and no character in two', () => {
    expect(visibleText('abcdef', 3)).toBe('abc…');
    expect(visibleText('ab😀', 3)).toBe('ab…');
    expect(quotedText('abcdef', 3)).toBe('"abc…"');
  });

  it('never has a control character when it is shown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text, 50)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

it('JSON stays the same value, without characters that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const all = { value, text: `${text}\u009b\u202e` };
      const json = visibleJson(JSON.stringify(all, undefined, 2));
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(all)));
      expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
