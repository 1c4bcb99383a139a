// Stamps travel out of band: each process writes ns since T0 into preallocated columns and dumps
// them after the trial. File: magic, u32 header bytes, JSON header (column names and lengths), then
// the columns as little-endian float64. NaN marks a stamp that was never taken.

import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { BenchError } from './errors.ts';

export type StampColumns = Record<string, Float64Array>;

const MAGIC = 'SDSTAMP1';
const PREFIX_BYTES = MAGIC.length + 4;

const headerSchema = z.object({
  columns: z.array(z.object({ name: z.string(), length: z.int().nonnegative() })),
});

/** A column of stamps that were not taken yet. */
export function emptyStamps(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

export function writeStamps(path: string, columns: StampColumns): void {
  const names = Object.keys(columns);
  const header = Buffer.from(
    JSON.stringify({ columns: names.map((name) => ({ name, length: columns[name]?.length })) }),
  );
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC);
  prefix.writeUInt32LE(header.length, MAGIC.length);
  const bodies = names.map((name) => {
    const column = columns[name] as Float64Array;
    return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  });
  writeFileSync(path, Buffer.concat([prefix, header, ...bodies]));
}

/** @throws BenchError RUN_FOLDER when the file is truncated or not a stamp file. */
export function readStamps(path: string): StampColumns {
  return parseStamps(readFileSync(path), path);
}

/** @param path Named in errors. @throws BenchError RUN_FOLDER */
export function parseStamps(bytes: Buffer, path: string): StampColumns {
  const damaged = (what: string): BenchError =>
    new BenchError('RUN_FOLDER', `${path}: ${what}`, {
      hint: 'delete the trial and measure it again',
    });
  if (bytes.length < PREFIX_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw damaged('not a stamp file');
  let at = PREFIX_BYTES + bytes.readUInt32LE(MAGIC.length);
  if (at > bytes.length) throw damaged('the header is cut short');
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', PREFIX_BYTES, at)));
  const columns: StampColumns = {};
  for (const { name, length } of header.columns) {
    const end = at + length * Float64Array.BYTES_PER_ELEMENT;
    if (end > bytes.length) throw damaged(`column ${name} is cut short at byte ${bytes.length}`);
    // Copied, because a Float64Array must begin at a multiple of 8.
    columns[name] = new Float64Array(
      bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + end),
    );
    at = end;
  }
  return columns;
}
