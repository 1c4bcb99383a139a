// Converts texts to the content of a token file, and that content to JSON. Pure: readers and
// writers are elsewhere.

import { createHash } from 'node:crypto';
import { BenchError } from '../contract/errors.ts';
import { hashTokens, type TokenFile, type TokenSegment } from '../contract/tokens.ts';
import { encodingName, tokenise } from './tokenise.ts';

export interface TextSource {
  readonly id: string;
  readonly title: string;
  /** Well-formed Unicode, not empty. */
  readonly text: string;
  /** Author and licence of the text. */
  readonly provenance: string;
  /** BCP 47, or the name of a programming language; `und` (undetermined) by default. */
  readonly language?: string;
  /**
   * Values of Unicode's Script property, joined by +; by default `Unknown`, which is one of them.
   */
  readonly script?: string;
}

/**
 * A token file of one segment.
 * @throws BenchError WORKLOAD when the text is empty.
 */
export function tokenFileFromText(source: TextSource): TokenFile {
  return tokenFileFromTexts([source]);
}

/**
 * A token file with one segment per text, in their order.
 * @throws BenchError WORKLOAD when a text is empty.
 */
export function tokenFileFromTexts(sources: readonly TextSource[]): TokenFile {
  const segments = sources.map(tokeniseSource);
  return { schema: 1, encoding: encodingName, tokensSha256: hashTokens(segments), segments };
}

function tokeniseSource(source: TextSource): TokenSegment {
  const { id, title, text, provenance, language = 'und', script = 'Unknown' } = source;
  if (text === '')
    throw new BenchError('WORKLOAD', `the text ${id} is empty`, {
      hint: 'a workload needs at least one token',
    });
  const textSha256 = createHash('sha256').update(text).digest('hex');
  return { id, title, language, script, provenance, textSha256, tokens: tokenise(text) };
}

const CLAUSE_END = /[\n.,:;!?।،؛؟·。、，：；！？]/u;

/**
 * The file as JSON, ended by a newline. Lines of tokens break where a clause ends, not at a column,
 * so that a diff shows the clauses that changed and nothing after them.
 */
export function renderTokenFile(file: TokenFile): string {
  const { segments, ...head } = file;
  const lines = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`,
  );
  return [
    '{',
    ...lines,
    '  "segments": [',
    segments.map(renderSegment).join(',\n'),
    '  ]',
    '}',
    '',
  ].join('\n');
}

function renderSegment(segment: TokenSegment): string {
  const { tokens, ...head } = segment;
  const lines = Object.entries(head).map(
    ([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)},`,
  );
  const clauses = splitIntoClauses(tokens).map(
    (clause) => `        ${clause.map((token) => JSON.stringify(token)).join(', ')}`,
  );
  return ['    {', ...lines, '      "tokens": [', clauses.join(',\n'), '      ]', '    }'].join(
    '\n',
  );
}

function splitIntoClauses(tokens: readonly string[]): string[][] {
  const clauses: string[][] = [];
  let clause: string[] = [];
  for (const token of tokens) {
    clause.push(token);
    if (!CLAUSE_END.test(token)) continue;
    clauses.push(clause);
    clause = [];
  }
  if (clause.length > 0) clauses.push(clause);
  return clauses;
}
