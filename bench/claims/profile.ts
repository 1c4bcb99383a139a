// What an application needs, as its user describes it in a file: YAML, or JSON, which is YAML too.

import { readFileSync } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { BenchError, messageOf } from '../contract/errors.ts';

const profileSchema = z.strictObject({
  /** What receives: pages of browsers, or other servers. */
  clients: z.enum(['page', 'server']).optional(),
  /** At a time, on one server. */
  streams: z.int().min(1).optional(),
  /** Of each stream. */
  'tokens-per-second': z.number().positive().optional(),
  /** Whether clients send while they receive: a stop, answers of tools, voice. */
  duplex: z.boolean().optional(),
  /** Whether proxies that others configure stand between. */
  proxies: z.boolean().optional(),
  binary: z.boolean().optional(),
  /** Whether connections break often. */
  mobile: z.boolean().optional(),
});

export type Profile = z.infer<typeof profileSchema>;

const HINT = `known: ${Object.keys(profileSchema.shape).join(', ')}; docs/claims.md has an example`;

/** @throws BenchError USAGE that names the file, and the line where one is wrong */
export function readProfile(path: string): Profile {
  try {
    return parseProfile(path, readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError('USAGE', `--profile ${path}: cannot be read: ${messageOf(cause)}`, {
      cause,
      hint: HINT,
    });
  }
}

export function parseProfile(path: string, text: string): Profile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, what: string): BenchError => {
    const { line, col } = lines.linePos(offset);
    return new BenchError('USAGE', `--profile ${path}:${line}:${col}: ${what}`, { hint: HINT });
  };
  const [damage] = document.errors;
  if (damage !== undefined) throw at(damage.pos[0], damage.message);
  const parsed = profileSchema.safeParse(document.toJS());
  if (parsed.success) {
    if (Object.keys(parsed.data).length > 0) return parsed.data;
    throw at(0, 'it names no need');
  }
  const [issue] = parsed.error.issues;
  const [key] = issue?.code === 'unrecognized_keys' ? issue.keys : (issue?.path ?? []);
  const node = key === undefined ? undefined : document.get(key, true);
  const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  throw at(offset, `${key === undefined ? '' : `${String(key)}: `}${issue?.message ?? 'wrong'}`);
}
