// Makes text of unknown origin harmless to print: a server may send escape sequences that a
// terminal obeys, characters that turn the direction of a line, and megabytes.

/** Controls, formats (direction, joiners), separators of lines, lone surrogates, unassigned. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const DEFAULT_LENGTH = 200;

/**
 * The text on one line, unsafe characters as escapes (`\n`, `\x1b`, `\u{202e}`).
 * @param most UTF-16 units of the text that are shown; `…` stands for the rest.
 */
export function visibleText(text: string, most: number = DEFAULT_LENGTH): string {
  const isCut = text.length > most;
  const shown = isCut ? text.slice(0, isHighSurrogate(text, most - 1) ? most - 1 : most) : text;
  return shown.replaceAll(UNSAFE, escapeCharacter) + (isCut ? '…' : '');
}

/** The same in double quotes. */
export function quotedText(text: string, most: number = DEFAULT_LENGTH): string {
  return `"${visibleText(text, most)}"`;
}

/**
 * JSON as a terminal may show it: JSON leaves C1 controls, marks of direction and separators of
 * lines as they are, and they can stand in strings alone.
 */
export function visibleJson(json: string): string {
  return json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? character : jsonEscape(character),
  );
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const short = named[character];
  if (short !== undefined) return short;
  return code < 0x1_00 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function jsonEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}
