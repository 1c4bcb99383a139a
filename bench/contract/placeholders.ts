// `${NAME}` in a request: a variable of the environment, or a value of the run such as the prompt.
// Values of the environment are secrets: they are put in where the request is made, and taken out
// of everything that is said afterwards.

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of all placeholders in these texts, each once. */
export function placeholdersIn(texts: readonly string[]): readonly string[] {
  return [
    ...new Set(
      texts.flatMap((text) => Array.from(text.matchAll(PLACEHOLDER), ([, name = '']) => name)),
    ),
  ];
}

/** Whether the text is JSON, by its first character: values are then escaped as in a string. */
function isJsonText(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** Puts values in; a placeholder without a value stays. */
export function fillPlaceholders(
  text: string,
  valueOf: (name: string) => string | undefined,
): string {
  const escape = isJsonText(text)
    ? (value: string) => JSON.stringify(value).slice(1, -1)
    : (value: string) => value;
  return text.replaceAll(PLACEHOLDER, (written, name: string) => {
    const value = valueOf(name);
    return value === undefined ? written : escape(value);
  });
}

/** Shorter values are no secrets, and would mutilate ordinary words. */
const LEAST_SECRET = 4;

/** Takes the values of these variables out of any text, also as JSON and as URLs have them. */
export function redactorOf(
  names: readonly string[],
  valueOf: (name: string) => string | undefined,
): (text: string) => string {
  const secrets = names.flatMap((name) => {
    const value = valueOf(name);
    if (value === undefined || value.length < LEAST_SECRET) return [];
    const forms = new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
    return Array.from(forms, (form) => [form, `\${${name}}`] as const);
  });
  const longestFirst = secrets.toSorted(([a], [b]) => b.length - a.length);
  return (text) =>
    longestFirst.reduce((rest, [value, name]) => rest.replaceAll(value, name), text);
}
