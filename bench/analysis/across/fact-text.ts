// Renders a fact of a run's header as words: the suffix of its field's name is its unit.

import { amount } from '../amounts.ts';
import type { Fact } from './run-comparison.ts';

/** Enough characters to tell two hashes apart. */
const HASH_CHARACTERS = 12;

/** `none` for a fact that a run does not state, and for an empty one. */
export function factText(field: string, fact: Fact): string {
  if (fact === undefined || fact === '') return 'none';
  if (typeof fact === 'boolean') return fact ? 'on' : 'off';
  if (typeof fact === 'number' && field.endsWith('Ns')) return amount(fact, 'ns');
  if (typeof fact === 'number' && field.endsWith('Ms')) return `${fact} ms`;
  if (typeof fact === 'number' && field.endsWith('Bytes')) return bytesText(fact);
  if (field.endsWith('Sha256')) return String(fact).slice(0, HASH_CHARACTERS);
  return String(fact);
}

/** Sizes of memory are powers of two. */
function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)),
  );
  return `${Number((bytes / 1024 ** power).toPrecision(4))} ${units[power]}`;
}
