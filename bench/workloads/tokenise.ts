// Splits text as a language model's API would stream it, by OpenAI's o200k_base vocabulary. A
// vocabulary token may end inside a character (🫠 is three of them); such tokens are joined, because
// an API sends whole characters only.

import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import vocabulary from 'gpt-tokenizer/bpeRanks/o200k_base';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';

export const encodingName = 'o200k_base';

// Text that looks like a control token, such as <|endoftext|>, is text here; by default the encoder
// throws.
const plainText = { disallowedSpecial: new Set<string>() };

/** The number of vocabulary tokens of the text, before any are joined. */
export function countVocabularyTokens(text: string): number {
  return encode(text, plainText).length;
}

/**
 * The deltas of a text, in order: none is empty, each is whole characters, together they spell the
 * text. Empty for an empty text. The text must be well-formed Unicode, as everything decoded from
 * UTF-8 is.
 */
export function tokenise(text: string): string[] {
  assert(text.isWellFormed(), 'a text to tokenise has no lone surrogates');
  const deltas: string[] = [];
  let pending = Buffer.alloc(0);
  // Reads the vocabulary's own bytes instead of the package's decode(): that holds part of a
  // character back for the next call, even an unrelated one, and may drop a U+FEFF.
  for (const id of encode(text, plainText)) {
    const token = vocabulary[id];
    assert(token !== undefined, `token ${id} is in the vocabulary`);
    pending = Buffer.concat([
      pending,
      typeof token === 'string' ? Buffer.from(token) : Buffer.from(token),
    ]);
    if (!isUtf8(pending)) continue;
    deltas.push(pending.toString());
    pending = Buffer.alloc(0);
  }
  assert(deltas.join('') === text, 'the deltas spell the text');
  return deltas;
}
