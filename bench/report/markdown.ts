// Pieces of Markdown: tables whose cells cannot break them, folded blocks, alerts.

import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export const left = (title: string): TableColumn => ({ title, align: 'left' });
export const right = (title: string): TableColumn => ({ title, align: 'right' });

/** A table whose source lines up too; empty without rows. A pipe or a line break in a cell stays inside its cell. */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return markdownTable(
    [columns.map((column) => column.title), ...rows].map((row) => row.map(escapeCell)),
    {
      align: columns.map((column) => column.align),
      stringLength: stringWidth,
    },
  );
}

/** Text that is folded until the reader opens it. The blank lines make GitHub read the inside as Markdown. */
export function foldedBlock(summary: string, body: string): string {
  return body === '' ? '' : `<details>\n<summary>${escapeHtml(summary)}</summary>\n\n${body}\n\n</details>`;
}

/** An alert box of GitHub; elsewhere a quotation. */
export function alertBlock(kind: 'NOTE' | 'WARNING' | 'CAUTION', lines: readonly string[]): string {
  return [`> [!${kind}]`, ...lines.map((line) => `> ${line.replaceAll(/\s*\n\s*/g, ' ')}`.trimEnd())].join('\n');
}

export function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** Blocks with a blank line between them; empty ones are left out. */
export function joinBlocks(blocks: readonly string[]): string {
  return blocks.filter((block) => block !== '').join('\n\n');
}

export function section(title: string, blocks: readonly string[]): string {
  const body = joinBlocks(blocks);
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

/** Moves every heading one level deeper, so that a document can be part of another; lines in a block of code are no headings. */
export function demote(markdown: string): string {
  const blocks = markdown.split(/^(```[^]*?^```)$/m);
  return blocks.map((block, index) => (index % 2 === 1 ? block : block.replaceAll(/^(?=#{1,5} )/gm, '#'))).join('');
}

/** Renders inline code, in as many backticks as the text needs. */
export function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return fence + text + fence;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
