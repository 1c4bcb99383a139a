import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countVocabularyTokens, tokenise } from './tokenise.ts';

/**
 * Well-formed text that mixes any code points with inputs known to be difficult for this tokenizer.
 */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(
        '<|endoftext|>',
        '<|im_start|>',
        '🫠',
        '👩🏽‍💻',
        '𠮷',
        '\uFEFF',
        '\uFFFD',
        '\u0000',
        '\r\n',
        ' ',
        'ё',
        'e\u0301',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const options = { seed: 20250, numRuns: 1000 };

describe('tokenise', () => {
  test('splits a sentence where o200k_base splits it', () => {
    expect(tokenise('Tokens arrive one by one, unhurriedly.')).toEqual([
      'Tokens',
      ' arrive',
      ' one',
      ' by',
      ' one',
      ',',
      ' un',
      'hur',
      'ried',
      'ly',
      '.',
    ]);
  });

  test('joins tokens that end inside a character until the character is whole', () => {
    expect(countVocabularyTokens('🫠')).toBe(3);
    expect(tokenise('ok 🫠!')).toEqual(['ok', ' 🫠', '!']);
    expect(countVocabularyTokens('𠮷')).toBe(4);
    expect(tokenise('𠮷野')).toEqual(['𠮷', '野']);
  });

  test('treats text that looks like a control token as text', () => {
    expect(tokenise('end <|endoftext|>')).toEqual([
      'end',
      ' <',
      '|',
      'end',
      'of',
      'text',
      '|',
      '>',
    ]);
  });

  test('keeps a byte order mark, a NUL and a replacement character that the text has', () => {
    expect(tokenise('\uFEFFa\u0000\uFFFD').join('')).toBe('\uFEFFa\u0000\uFFFD');
  });

  test('makes nothing of nothing', () => {
    expect(tokenise('')).toEqual([]);
  });

  test('refuses a lone surrogate, which no UTF-8 can carry', () => {
    expect(() => tokenise('a\uD83E')).toThrow('lone surrogates');
  });

  test('the deltas of any text spell it, and each is at least one whole character', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const deltas = tokenise(text);
        expect(Buffer.concat(deltas.map((delta) => Buffer.from(delta))).toString()).toBe(text);
        expect(deltas.filter((delta) => delta === '' || !delta.isWellFormed())).toEqual([]);
      }),
      options,
    );
  });

  test('a text without replacement characters has no delta with one', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const deltas = tokenise(text.replaceAll('\uFFFD', ''));
        expect(deltas.filter((delta) => delta.includes('\uFFFD'))).toEqual([]);
      }),
      options,
    );
  });

  test('a text has never more deltas than vocabulary tokens, and the same ones when all its characters are ASCII', () => {
    fc.assert(
      fc.property(texts, fc.string({ unit: 'grapheme-ascii' }), (text, ascii) => {
        expect(tokenise(text).length).toBeLessThanOrEqual(countVocabularyTokens(text));
        expect(tokenise(ascii)).toHaveLength(countVocabularyTokens(ascii));
      }),
      options,
    );
  });
});
