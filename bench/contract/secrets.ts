// Values that must not appear in anything that is printed or saved, in whatever form a server may
// send them back.

import { visibleText } from './visible-text.ts';

/** The shortest beginning of a secret that is looked for where a text was cut. */
const LEAST_PREFIX = 6;

interface Form {
  readonly text: string;
  readonly label: string;
}

export class Secrets {
  /** The longest first: one secret may be part of another. */
  #forms: readonly Form[] = [];

  /** @param label Stands in place of the value. */
  add(value: string, label: string): void {
    if (value === '') return;
    const texts = new Set([
      value,
      encodeURIComponent(value),
      encodeURI(value),
      JSON.stringify(value).slice(1, -1),
      visibleText(value, value.length),
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('base64url'),
      // UTF-8 that was taken for latin1.
      Buffer.from(value).toString('latin1'),
    ]);
    this.#forms = [...this.#forms, ...Array.from(texts, (text) => ({ text, label }))].toSorted(
      (one, other) => other.text.length - one.text.length,
    );
  }

  get isEmpty(): boolean {
    return this.#forms.length === 0;
  }

  redact(text: string): string {
    let redacted = text;
    for (const { text: form, label } of this.#forms)
      redacted = redacted.replaceAll(form, () => label);
    return this.#redactCut(redacted);
  }

  /** All texts of a value; names of members, which no server chooses, stay. */
  redactAll<T>(value: T): T {
    return this.#redactAny(value) as T;
  }

  #redactAny(value: unknown): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (Array.isArray(value)) return value.map((inner) => this.#redactAny(inner));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, this.#redactAny(inner)]),
    );
  }

  /** Texts of servers are cut at a length, which may be within a secret: at the end or before `…`. */
  #redactCut(text: string): string {
    return text
      .split('…')
      .map((part) => this.#redactEnd(part))
      .join('…');
  }

  #redactEnd(text: string): string {
    const found = this.#forms
      .map(({ text: form, label }) => ({ label, length: overlap(text, form) }))
      .reduce((most, one) => (one.length > most.length ? one : most), { label: '', length: 0 });
    return found.length === 0 ? text : text.slice(0, text.length - found.length) + found.label;
  }
}

/** Length of the longest beginning of `form` with which `text` ends; 0 without one. */
function overlap(text: string, form: string): number {
  for (let length = Math.min(text.length, form.length - 1); length >= LEAST_PREFIX; length--)
    if (text.endsWith(form.slice(0, length))) return length;
  return 0;
}
