// Inline text: what stands in a paragraph, an item, a cell or a heading. It is plain text with four
// marks of Markdown, which each format turns into its own: `code`, **strong**, [text](target), and
// \ before a character that is not meant as a mark.

/** In as many backticks as the text needs. */
export function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return fence + text + fence;
}

/** The same without its marks, for a format that has none. */
export function plainText(inline: string): string {
  return inline
    .replaceAll(/(``?)(.+?)\1(?!`)/g, '$2')
    .replaceAll(/\*\*(.+?)\*\*/g, '$1')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\\([\\*[\]])/g, '$1');
}
