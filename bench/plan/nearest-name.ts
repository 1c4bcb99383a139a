// Suggests what a mistyped name was meant to be.

/** At most this share of a name's letters may be wrong. */
const MOST_WRONG_SHARE = 0.4;

/**
 * The known name with the fewest typing errors, of those that begin with the text or begin it if
 * there are any; undefined when none is near.
 */
export function nearestName<Name extends string>(
  text: string,
  names: readonly Name[],
): Name | undefined {
  const started = names.filter(
    (name) => text !== '' && (name.startsWith(text) || text.startsWith(name)),
  );
  const near =
    started.length > 0
      ? started
      : names.filter((name) => countErrors(text, name) <= MOST_WRONG_SHARE * name.length);
  return near.toSorted((a, b) => countErrors(text, a) - countErrors(text, b))[0];
}

/** Letters to insert, delete or replace until the texts are equal (Levenshtein distance). */
function countErrors(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 0; index < from.length; index++) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === from[index] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
