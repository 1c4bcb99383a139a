// Reads a trace row by row: a file may be larger than memory, and only the rows that begin within
// a trial are kept. All of it is checked and hashed.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { TraceFormat } from '../../contract/arrivals.ts';
import { BenchError, messageOf } from '../../contract/errors.ts';
import { KIB, NS_PER_S } from '../../contract/units.ts';
import { parserFor, RowProblem, type RowParser, type TraceRow } from './trace-formats.ts';

export interface Trace {
  readonly format: TraceFormat;
  readonly sha256: string;
  readonly rows: number;
  /** From the first row to the last. */
  readonly spanNs: number;
  readonly sameTimeRows: number;
  /** Columns over the rows that begin before `untilNs`. */
  readonly startNs: readonly number[];
  readonly inputTokens: readonly number[];
  readonly outputTokens: readonly number[];
}

interface ReadTraceOptions {
  /** Time after the first row, as recorded, from which on rows are only checked. */
  readonly untilNs: number;
  readonly mostRowsKept: number;
}

const TRACE_FORMS =
  'a trace has one row for each request, as CSV (TIMESTAMP,ContextTokens,GeneratedTokens) or as lines of JSON (timestamp, input_length, output_length)';

/** Mooncake's longest line has some 8 KiB. */
const MOST_LINE_BYTES = 256 * KIB;

/** @throws BenchError USAGE that names the file and the line, LIMIT for too many rows */
export async function readTrace(path: string, options: ReadTraceOptions): Promise<Trace> {
  const hash = createHash('sha256');
  const rows = new Rows(path, options);
  let rest = '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) rows.take(line);
      if (rest.length > MOST_LINE_BYTES)
        rows.refuse(`a line of more than ${MOST_LINE_BYTES} bytes`);
    }
    rest += decoder.decode();
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError('USAGE', `${path} cannot be read as a trace: ${messageOf(cause)}`, {
      cause,
      hint: TRACE_FORMS,
    });
  }
  rows.take(rest);
  return { ...rows.finish(), sha256: hash.digest('hex') };
}

class Rows {
  readonly #path: string;
  readonly #options: ReadTraceOptions;
  #line = 0;
  #parser: RowParser | undefined;
  #first: TraceRow | undefined;
  #rows = 0;
  #sameTimeRows = 0;
  #lastNs = 0;
  readonly #startNs: number[] = [];
  readonly #inputTokens: number[] = [];
  readonly #outputTokens: number[] = [];

  constructor(path: string, options: ReadTraceOptions) {
    this.#path = path;
    this.#options = options;
  }

  take(ended: string): void {
    this.#line++;
    const line = ended.replace(/\r$/, '');
    if (line.trim() === '') return;
    try {
      if (this.#parser === undefined) {
        this.#parser = parserFor(line);
        if (this.#parser.hasHeading) return;
      }
      this.#add(this.#parser.parse(line));
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      this.refuse(error.message);
    }
  }

  #add(row: TraceRow): void {
    this.#first ??= row;
    const ns = (row.seconds - this.#first.seconds) * NS_PER_S + row.restNs - this.#first.restNs;
    if (ns < this.#lastNs)
      this.refuse(
        `begins ${(this.#lastNs - ns) / NS_PER_S} s before the row above it; expected rows in order of time, as sort makes them`,
      );
    if (this.#rows > 0 && ns === this.#lastNs) this.#sameTimeRows++;
    this.#rows++;
    this.#lastNs = ns;
    if (ns >= this.#options.untilNs) return;
    if (this.#startNs.length === this.#options.mostRowsKept)
      throw new BenchError(
        'LIMIT',
        `${this.#path}:${this.#line}: more than ${this.#options.mostRowsKept} streams begin within one trial`,
        { hint: 'lower --duration, or the speed after the colon of --arrivals' },
      );
    this.#startNs.push(ns);
    this.#inputTokens.push(row.inputTokens);
    this.#outputTokens.push(row.outputTokens);
  }

  /** @throws BenchError USAGE */
  refuse(problem: string): never {
    throw new BenchError('USAGE', `${this.#path}:${this.#line}: ${problem}`);
  }

  finish(): Omit<Trace, 'sha256'> {
    if (this.#parser === undefined || this.#rows === 0)
      throw new BenchError('USAGE', `${this.#path} has no rows`, {
        hint: TRACE_FORMS,
      });
    return {
      format: this.#parser.format,
      rows: this.#rows,
      spanNs: this.#lastNs,
      sameTimeRows: this.#sameTimeRows,
      startNs: this.#startNs,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
    };
  }
}
