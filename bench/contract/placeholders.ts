// `${NAME}` in a request: a variable of the environment, or a value of the run such as the prompt;
// `$${NAME}` stands for those very characters. Values of the environment are put in where the
// request is made, and are secrets from then on.

export const PLACEHOLDER = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** A shorter value would be found all over what is printed, and is no secret. */
export const LEAST_SECRET_LENGTH = 4;

/** Names of all placeholders in these texts, each once. */
export function placeholdersIn(texts: readonly string[]): readonly string[] {
  return [
    ...new Set(
      texts.flatMap((text) =>
        [...text.matchAll(PLACEHOLDER)].flatMap(([written, name = '']) =>
          written.startsWith('$$') ? [] : [name],
        ),
      ),
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
    if (written.startsWith('$$')) return written;
    const value = valueOf(name);
    return value === undefined ? written : escape(value);
  });
}

/** The text as it is sent: what stood for itself loses its second dollar. */
export function unescapePlaceholders(text: string): string {
  return text.replaceAll(PLACEHOLDER, (written) =>
    written.startsWith('$$') ? written.slice(1) : written,
  );
}
