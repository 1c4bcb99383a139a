import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readTokenFile } from '../contract/tokens.ts';
import { catalogue } from './catalogue.ts';
import { countVocabularyTokens } from './tokenise.ts';

const bundled = readTokenFile(fileURLToPath(new URL('tokens.json', import.meta.url)));

function readEntry(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

describe.each(catalogue)('the text $id', ({ id, file, script }) => {
  const text = readEntry(file);
  const segment = bundled.segments.find((segment) => segment.id === id)!;

  test('is what the bundled deltas spell', () => {
    expect(segment.tokens.join('')).toBe(text);
  });

  test('is written in every script it is listed with, and hardly in another', () => {
    const scripts = script.split('+');
    for (const name of scripts) expect(text).toMatch(new RegExp(`\\p{Script=${name}}`, 'u'));
    const letters = text.match(/\p{L}/gu)!.length;
    const listed = text.match(
      new RegExp(`[${scripts.map((name) => `\\p{Script=${name}}`).join('')}]`, 'gu'),
    )!.length;
    expect(listed / letters).toBeGreaterThan(0.9);
  });

  test('has composed characters, line feeds as its only control characters, and no character that replaces a lost one', () => {
    expect(text.normalize('NFC')).toBe(text);
    expect(text.match(/[^\P{Cc}\n]|\uFFFD|\uFEFF/gu)).toBeNull();
  });

  test('has no paragraph twice', () => {
    const paragraphs = text.split('\n\n');
    expect(new Set(paragraphs).size).toBe(paragraphs.length);
  });

  test('has deltas that are neither empty nor parts of characters', () => {
    expect(segment.tokens.filter((token) => token === '' || !token.isWellFormed())).toEqual([]);
  });
});

describe('the catalogue', () => {
  test('has the segments of tokens.json, in their order', () => {
    expect(bundled.segments.map((segment) => segment.id)).toEqual(
      catalogue.map((entry) => entry.id),
    );
  });

  test('names the languages of prose as BCP 47 spells them', () => {
    const languages = catalogue
      .filter(({ id }) => !id.startsWith('code-'))
      .map(({ language }) => language);
    expect(languages).toHaveLength(14);
    expect(languages.map((language) => Intl.getCanonicalLocales(language)[0])).toEqual(languages);
  });

  test('has text and code in many scripts', () => {
    const scripts = new Set(catalogue.flatMap((entry) => entry.script.split('+')));
    expect([...scripts].sort()).toEqual([
      'Arabic',
      'Cyrillic',
      'Devanagari',
      'Greek',
      'Han',
      'Hangul',
      'Hiragana',
      'Katakana',
      'Latin',
    ]);
  });

  test.each([
    ['chat-en', '🫠'],
    ['chat-en', '🧑🏽‍🌾'],
    ['prose-zh', '𬎆'],
    ['prose-zh', '𠮷'],
    ['prose-ja', '𩸽'],
  ])('%s has %s, which takes several tokens of the vocabulary', (id, character) => {
    const segment = bundled.segments.find((segment) => segment.id === id)!;
    expect(segment.tokens.join('')).toContain(character);
    expect(countVocabularyTokens(character)).toBeGreaterThan(Array.from(character).length);
    expect(segment.tokens.length).toBeLessThan(countVocabularyTokens(segment.tokens.join('')));
  });

  test('the JSON sample is JSON', () => {
    expect(Object.keys(JSON.parse(readEntry('texts/code-json.txt')))).toEqual(['trip']);
  });
});
