// Renders the table of segments for the README of this folder, so that its numbers cannot drift
// from the tokens.

import { markdownTable } from 'markdown-table';
import type { TokenSegment } from '../contract/tokens.ts';
import { countVocabularyTokens } from './tokenise.ts';

const HEADINGS = [
  'id',
  'title',
  'language',
  'script',
  'characters',
  'vocabulary tokens',
  'deltas',
  'mean UTF-8 bytes per delta',
];

/** One row per segment and a last one for all; characters are code points. */
export function renderSegmentTable(segments: readonly TokenSegment[]): string {
  const rows = segments.map((segment) => {
    const { id, title, language, script } = segment;
    return [
      `\`${id}\``,
      title,
      language,
      script.replaceAll('+', ', '),
      ...measureSegments([segment]),
    ];
  });
  const total = ['all', '', '', '', ...measureSegments(segments)];
  return markdownTable([HEADINGS, ...rows, total], {
    align: ['l', 'l', 'l', 'l', 'r', 'r', 'r', 'r'],
    padding: true,
    alignDelimiters: false,
  });
}

function measureSegments(segments: readonly TokenSegment[]): string[] {
  let characters = 0;
  let vocabularyTokens = 0;
  let deltas = 0;
  let textBytes = 0;
  for (const { tokens } of segments) {
    const text = tokens.join('');
    characters += Array.from(text).length;
    vocabularyTokens += countVocabularyTokens(text);
    deltas += tokens.length;
    textBytes += Buffer.byteLength(text);
  }
  return [
    String(characters),
    String(vocabularyTokens),
    String(deltas),
    (textBytes / deltas).toFixed(2),
  ];
}
