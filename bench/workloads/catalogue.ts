// The bundled texts, in the order in which their tokens stand in tokens.json.

export interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
  /** BCP 47, or the name of a programming language. */
  readonly language: string;
  /** Values of Unicode's Script property that the text is written in, joined by +. */
  readonly script: string;
  readonly provenance: string;
  /** Path relative to this file. */
  readonly file: string;
}

const PROVENANCE = 'written for streamduel, MIT';

function entry(id: string, title: string, language: string, script: string): CatalogueEntry {
  return { id, title, language, script, provenance: PROVENANCE, file: `texts/${id}.txt` };
}

export const catalogue: readonly CatalogueEntry[] = [
  entry('prose-en', 'How a heat pump warms a house', 'en', 'Latin'),
  entry('chat-en', 'Yellow leaves on a monstera: lists, a table, emoji', 'en', 'Latin'),
  entry('prose-de', 'Why a violin does not sound like a flute', 'de', 'Latin'),
  entry('prose-fr', 'Why there are two tides a day', 'fr', 'Latin'),
  entry('prose-es', 'Choosing a bicycle for the city', 'es', 'Latin'),
  entry('prose-pt', 'Compost in a flat', 'pt-BR', 'Latin'),
  entry('prose-pl', 'Why leaves change colour', 'pl', 'Latin'),
  entry('prose-ru', 'How a telephone knows where it is', 'ru', 'Cyrillic'),
  entry('prose-el', 'Choosing olive oil', 'el', 'Greek'),
  entry('prose-ar', 'How to sleep better', 'ar', 'Arabic'),
  entry('prose-hi', 'How the monsoon comes', 'hi', 'Devanagari'),
  entry('prose-zh', 'Names that computers cannot write', 'zh-Hans', 'Han'),
  entry('prose-ja', 'Grilling an Atka mackerel', 'ja', 'Han+Hiragana+Katakana'),
  entry('prose-ko', 'Why kimchi turns sour', 'ko', 'Hangul'),
  entry('code-ts', 'A cache whose loads are shared', 'typescript', 'Latin'),
  entry('code-py', 'A summary of an access log', 'python', 'Latin'),
  entry('code-rs', 'A prefix tree', 'rust', 'Latin'),
  entry('code-sql', 'A lending library', 'sql', 'Latin'),
  entry('code-json', 'A trip with its legs and days', 'json', 'Latin'),
];
