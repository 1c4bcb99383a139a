// Links the words of tables to what they mean. In running text every link would be a stumbling
// block; in a table the words are few and stand for themselves.

import type { Term } from '../page/terms.ts';

/** A text with marks of its own is left as it is. */
const HAS_MARKS = /[`*\\]|\]\(/;
/** Longer cells are sentences. */
const MOST_CHARACTERS = 90;

export class TermLinks {
  readonly #byText: ReadonlyMap<string, Term>;
  readonly #words: RegExp | undefined;
  readonly #used = new Set<Term>();

  constructor(terms: readonly Term[]) {
    // The first of equal texts counts.
    this.#byText = new Map([...terms].toReversed().map((term) => [term.text, term]));
    const words = terms.filter(({ kind }) => kind === 'word').map(({ text }) => text);
    this.#words = words.length === 0 ? undefined : wordPattern(words);
  }

  get usedWords(): readonly Term[] {
    return [...this.#byText.values()].filter((term) => this.#used.has(term)).toReversed();
  }

  /** The text as HTML: a metric that is all of it is linked, or the first word of the method in it. */
  link(text: string, render: (inline: string) => string): string {
    if (HAS_MARKS.test(text) || text.length > MOST_CHARACTERS) return render(text);
    const whole = this.#byText.get(text);
    if (whole?.kind === 'metric') return anchor(whole, render(text), render);
    const match = this.#words?.exec(text);
    const word = match?.[0] === undefined ? undefined : this.#byText.get(match[0]);
    if (match?.[0] === undefined || word === undefined) return render(text);
    this.#used.add(word);
    const end = match.index + match[0].length;
    return (
      render(text.slice(0, match.index)) +
      anchor(word, render(match[0]), render) +
      render(text.slice(end))
    );
  }
}

/** The longest word at a place, and no part of another word. */
function wordPattern(words: readonly string[]): RegExp {
  const longestFirst = words.toSorted((one, other) => other.length - one.length);
  const escaped = longestFirst.map((word) =>
    word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
  );
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'u');
}

/** @param render Escapes a text without marks. */
function anchor({ id, meaning }: Term, inner: string, render: (text: string) => string): string {
  const title = render(meaning.replaceAll(HAS_MARKS_ALL, ''));
  return `<a class="term" href="#${id}" title="${title}">${inner}</a>`;
}

const HAS_MARKS_ALL = /[`*[\]\\]/g;
