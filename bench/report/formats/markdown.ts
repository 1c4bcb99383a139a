// Blocks as Markdown, in the dialect of GitHub.

import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';
import type { Alert, Block, Cell, Table } from '../blocks.ts';

/** Blocks with a blank line between them, without a line break at the end. */
export function renderMarkdown(blocks: readonly Block[]): string {
  return blocks.map(renderBlock).join('\n\n');
}

function renderBlock(block: Block): string {
  const render = renderers[block.kind] as (block: Block) => string;
  return render(block);
}

const renderers: {
  readonly [Kind in Block['kind']]: (block: Extract<Block, { kind: Kind }>) => string;
} = {
  heading: ({ level, text }) => `${'#'.repeat(level)} ${text}`,
  paragraph: ({ text }) => text,
  list: ({ items }) => items.map((item) => `- ${item}`).join('\n'),
  table: renderTable,
  figure: ({ file, alt }) =>
    `![${oneLine(alt).replaceAll(/[[\]]/g, String.raw`\$&`)}](${encodeURI(file)})`,
  // The blank lines make GitHub read the inside as Markdown.
  details: ({ summary, blocks }) =>
    `<details>\n<summary>${escapeHtml(summary)}</summary>\n\n${renderMarkdown(blocks)}\n\n</details>`,
  code: ({ language, text }) => `\`\`\`${language}\n${text}\n\`\`\``,
  alert: renderAlert,
};

/** A table whose source lines up too. A pipe or a line break in a cell stays inside its cell. */
function renderTable({ columns, rows }: Table): string {
  return markdownTable(
    [columns.map(({ title }) => title), ...rows.map((row) => row.map(cellText))].map((row) =>
      row.map(escapeCell),
    ),
    { align: columns.map(({ align }) => align), stringLength: stringWidth },
  );
}

function cellText(cell: string | Cell): string {
  if (typeof cell === 'string') return cell;
  return cell.isStrong === true ? `**${cell.text}**` : cell.text;
}

/** An alert box of GitHub; elsewhere a quotation. */
function renderAlert({ severity, blocks }: Alert): string {
  const lines = blocks
    .map((block) => renderMarkdown([block]))
    .join('\n\n')
    .split('\n');
  return [`> [!${severity.toUpperCase()}]`, ...lines.map((line) => `> ${line}`.trimEnd())].join(
    '\n',
  );
}

function escapeCell(text: string): string {
  return oneLine(text.replaceAll('|', String.raw`\|`));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
