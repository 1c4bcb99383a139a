// The forms in which traces of LLM servers are published: when each request came, and how long it
// and its answer were. A row that has another form is refused, never guessed.

import type { TraceFormat } from '../../contract/arrivals.ts';

export interface TraceRow {
  /** Whole seconds of the trace's clock, and the rest: ns since 1970 are too many for a double. */
  readonly seconds: number;
  readonly restNs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Says what is wrong with a row, and what would be right. */
export class RowProblem extends Error {}

export interface RowParser {
  readonly format: TraceFormat;
  /** Whether the first line is a heading. */
  readonly hasHeading: boolean;
  /** @throws RowProblem */
  readonly parse: (line: string) => TraceRow;
}

/** The parser for a trace with this first line. @throws RowProblem */
export function parserFor(firstLine: string): RowParser {
  return firstLine.trimStart().startsWith('{') ? mooncake : azure(firstLine);
}

const AZURE_COLUMNS = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'] as const;

/** Azure LLM inference traces of 2023 and 2024. */
function azure(heading: string): RowParser {
  const columns = heading.split(',').map((column) => column.trim());
  const unknown = columns.find((column) => !AZURE_COLUMNS.includes(column as 'TIMESTAMP'));
  const missing = AZURE_COLUMNS.find((column) => !columns.includes(column));
  if (unknown !== undefined || missing !== undefined || columns.length !== AZURE_COLUMNS.length)
    throw new RowProblem(
      `${unknown === undefined ? `column ${missing ?? columns[0]} is ${missing === undefined ? 'there twice' : 'missing'}` : `unknown column "${unknown.slice(0, 40)}"`}; ` +
        `expected the heading ${AZURE_COLUMNS.join(',')}, or a line of JSON such as ${MOONCAKE_EXAMPLE}`,
    );
  const [timeAt, inputAt, outputAt] = AZURE_COLUMNS.map((column) => columns.indexOf(column)) as [
    number,
    number,
    number,
  ];
  return {
    format: 'azure',
    hasHeading: true,
    parse: (line) => {
      const cells = line.split(',');
      if (cells.length !== columns.length)
        throw new RowProblem(`${cells.length} columns; expected ${columns.length}: ${heading}`);
      return {
        ...parseTime(cells[timeAt] as string),
        inputTokens: parseLength('ContextTokens', parseNumber(cells[inputAt] as string), 0),
        outputTokens: parseLength('GeneratedTokens', parseNumber(cells[outputAt] as string), 1),
      };
    },
  };
}

function parseNumber(cell: string): number | string {
  return /^\d{1,15}$/.test(cell.trim()) ? Number(cell) : cell.trim();
}

const MOONCAKE_EXAMPLE = '{"timestamp": 0, "input_length": 374, "output_length": 44}';
const MOONCAKE_FIELDS = ['timestamp', 'input_length', 'output_length', 'hash_ids'];

/** Mooncake's traces: `timestamp` in ms since the trace began. */
const mooncake: RowParser = {
  format: 'mooncake',
  hasHeading: false,
  parse: (line) => {
    const row = parseObject(line);
    // `delay` and `session_id` of relatives of this form make times relative to an earlier answer.
    const unknown = Object.keys(row).find((field) => !MOONCAKE_FIELDS.includes(field));
    if (unknown !== undefined)
      throw new RowProblem(
        `unknown field "${unknown.slice(0, 40)}"; expected ${MOONCAKE_FIELDS.join(', ')}, with times since the start of the trace`,
      );
    const { timestamp } = row;
    if (typeof timestamp !== 'number' || !(timestamp >= 0 && timestamp < 1e13))
      throw new RowProblem(
        `timestamp ${show(timestamp)}; expected ms since the trace began, from 0`,
      );
    const seconds = Math.floor(timestamp / 1e3);
    return {
      seconds,
      restNs: Math.round((timestamp - seconds * 1e3) * 1e6),
      inputTokens: parseLength('input_length', row['input_length'], 0),
      outputTokens: parseLength('output_length', row['output_length'], 1),
    };
  },
};

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    throw new RowProblem(`no JSON: ${show(line)}; expected a line such as ${MOONCAKE_EXAMPLE}`);
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row))
    return row as Readonly<Record<string, unknown>>;
  throw new RowProblem(`${show(row)}; expected an object such as ${MOONCAKE_EXAMPLE}`);
}

const MOST_TOKENS = 1_000_000;

function parseLength(name: string, value: unknown, least: number): number {
  if (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= least &&
    value <= MOST_TOKENS
  )
    return value;
  throw new RowProblem(
    `${name} ${show(value)}; expected a whole number of tokens from ${least} to ${MOST_TOKENS}`,
  );
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))?$/;

function parseTime(text: string): Pick<TraceRow, 'seconds' | 'restNs'> {
  const match = TIME.exec(text.trim());
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  // A month or a minute out of range would carry over into the next.
  const isDate =
    match !== null &&
    new Date(ms).toISOString().startsWith(text.trim().slice(0, 19).replace(' ', 'T'));
  if (!isDate)
    throw new RowProblem(
      `TIMESTAMP ${show(text)}; expected a time such as 2023-11-16 18:15:46.6805900`,
    );
  const [, , , , , , , rest = '', sign, hours, minutes] = match;
  const offset =
    sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes));
  return { seconds: ms / 1e3 - 60 * offset, restNs: Number(rest.padEnd(9, '0')) };
}

/** Start of a value, for a message. */
function show(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'none');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
