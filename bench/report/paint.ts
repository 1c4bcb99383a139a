// Where and how a terminal shows text.

/** Styles a text: `styleText` of node:util, or `plainPaint` for no colour at all. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'yellow' | 'red', text: string) => string;

export const plainPaint: Paint = (_style, text) => text;

export const TERMINAL_COLUMNS = 100;
