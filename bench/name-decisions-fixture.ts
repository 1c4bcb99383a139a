// Test support: finds the places of a source that decide by a name, such as a transport's. It reads
// the text of the source: comments are skipped, and tables, lists and messages that only hold a
// name are none.

export interface NameDecision {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

const COMMENT_OR_STRING =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** Comments become blanks, so that lines keep their numbers. */
function withoutComments(source: string): string {
  return source.replaceAll(
    COMMENT_OR_STRING,
    (all, string: string | undefined) => string ?? all.replaceAll(/[^\n]/g, ' '),
  );
}

function patternsOf(names: readonly string[]): readonly RegExp[] {
  const name = `['"\`](?:${names.map((one) => one.replaceAll(/[^\w]/g, String.raw`\$&`)).join('|')})['"\`]`;
  return [
    String.raw`[!=]==?\s*${name}`,
    String.raw`${name}\s*[!=]==?`,
    String.raw`\bcase\s+${name}\s*:`,
    // Membership of a list or set that names it, and a question with it as argument.
    String.raw`\[[^\[\]]*${name}[^\[\]]*\][^;]{0,20}\.(?:includes|indexOf|some|find)\(`,
    String.raw`\bnew Set(?:<[^>]*>)?\(\[[^\[\]]*${name}`,
    String.raw`\b(?:includes|indexOf|has|startsWith|endsWith)\((?:[^()]*,)?\s*${name}`,
  ].map((pattern) => new RegExp(pattern, 'g'));
}

/** In the order of the lines; a line that several patterns match is there once. */
export function findNameDecisions(
  source: string,
  names: readonly string[],
): readonly NameDecision[] {
  const code = withoutComments(source);
  const lines = source.split('\n');
  const found = patternsOf(names).flatMap((pattern) =>
    [...code.matchAll(pattern)].map(
      ({ index, 0: text }) => code.slice(0, index + text.length).split('\n').length,
    ),
  );
  return [...new Set(found)]
    .toSorted((a, b) => a - b)
    .map((line) => ({ line, text: lines[line - 1]?.trim() ?? '' }));
}
