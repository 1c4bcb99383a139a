// A report as values: blocks that every format renders in its own way. Texts are inline text, see
// inline.ts.

export type Block = Heading | Paragraph | List | Table | Figure | Details | CodeBlock | Alert;

export interface Heading {
  readonly kind: 'heading';
  /** 1 for the title of a document. */
  readonly level: number;
  readonly text: string;
}

interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: string;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly string[];
}

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | Cell)[])[];
  /** Anchors of the rows, for a format whose links can lead to one. */
  readonly anchors?: readonly string[];
  /** On a phone each row is below the other, its first two cells in one line. */
  readonly isStacked?: true;
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Title where width is scarce, such as in a terminal. */
  readonly narrow?: string;
  /** Limit where width is scarce. */
  readonly mostWidth?: number;
  /** Left out where width is scarce. */
  readonly only?: 'wide';
}

/** A cell that looks different where width is scarce, or that stands out. */
export interface Cell {
  readonly text: string;
  readonly narrow?: string;
  readonly isStrong?: boolean;
  readonly tone?: Tone | undefined;
}

/** Meaning of a text to its reader, where a format has colours. */
export type Tone = 'good' | 'bad' | 'doubt' | 'muted';

/** An image beside the document. */
export interface Figure {
  readonly kind: 'figure';
  /** Path from the document. */
  readonly file: string;
  /** Text alternative for those who cannot see it. */
  readonly alt: string;
  /** What it draws, as numbers, for a format that can fold them. */
  readonly values?: Table;
}

/** Blocks that are folded until the reader opens them. */
export interface Details {
  readonly kind: 'details';
  readonly summary: string;
  readonly blocks: readonly Block[];
}

export interface CodeBlock {
  readonly kind: 'code';
  readonly language: string;
  readonly text: string;
}

export interface Alert {
  readonly kind: 'alert';
  readonly severity: 'note' | 'warning' | 'caution';
  readonly blocks: readonly Block[];
}

/** Form in which sections are written: a text is a paragraph, and an empty one leaves no trace. */
export type Content = Block | string | readonly Content[];

/** The blocks of a content, one after another, without those that are empty. */
export function flow(content: Content): readonly Block[] {
  if (typeof content === 'string')
    return content === '' ? [] : [{ kind: 'paragraph', text: content }];
  if (isBlock(content)) return isEmpty(content) ? [] : [content];
  return content.flatMap(flow);
}

function isBlock(content: Block | readonly Content[]): content is Block {
  return !Array.isArray(content);
}

function isEmpty(block: Block): boolean {
  switch (block.kind) {
    case 'paragraph':
      return block.text === '';
    case 'list':
      return block.items.length === 0;
    case 'table':
      return block.rows.length === 0;
    case 'details':
    case 'alert':
      return block.blocks.length === 0;
    default:
      return false;
  }
}

export function heading(level: number, text: string): Heading {
  return { kind: 'heading', level, text };
}

/** A heading of level 2 with its content; nothing without any. */
export function section(title: string, content: Content): readonly Block[] {
  const blocks = flow(content);
  return blocks.length === 0 ? [] : [heading(2, title), ...blocks];
}

export function list(items: readonly string[]): List {
  return { kind: 'list', items };
}

type ColumnOptions = Omit<Column, 'title' | 'align'>;

export const left = (title: string, options: ColumnOptions = {}): Column => ({
  title,
  align: 'left',
  ...options,
});
export const right = (title: string, options: ColumnOptions = {}): Column => ({
  title,
  align: 'right',
  ...options,
});

export function table(columns: readonly Column[], rows: Table['rows']): Table {
  return { kind: 'table', columns, rows };
}

export function details(summary: string, content: Content): Details {
  return { kind: 'details', summary, blocks: flow(content) };
}

export function shellCode(text: string): CodeBlock {
  return { kind: 'code', language: 'sh', text };
}

export function alert(severity: Alert['severity'], content: Content): Alert {
  return { kind: 'alert', severity, blocks: flow(content) };
}

/** The same blocks in a document above the folder that their figures are named from. */
export function within(folder: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block): Block => {
    if (block.kind === 'figure') return { ...block, file: `${folder}/${block.file}` };
    return 'blocks' in block ? { ...block, blocks: within(folder, block.blocks) } : block;
  });
}

/** The same blocks as part of another document, with headings so many levels deeper. */
export function deepen(blocks: readonly Block[], levels = 1): readonly Block[] {
  return blocks.map((block): Block => {
    if (block.kind === 'heading') return heading(block.level + levels, block.text);
    return 'blocks' in block ? { ...block, blocks: deepen(block.blocks, levels) } : block;
  });
}
