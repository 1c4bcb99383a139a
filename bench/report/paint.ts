// The width of a terminal, and the styles of text in it.

/** Styles a text: `styleText` of node:util, or `plainPaint` for no colour at all. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'yellow' | 'red', text: string) => string;

export const plainPaint: Paint = (_style, text) => text;

export const TERMINAL_COLUMNS = 100;
