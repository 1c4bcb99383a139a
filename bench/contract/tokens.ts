// Token sequences: real text split by a real tokenizer, kept in a file with its hash. Tokens are
// text deltas as APIs send them: a token whose bytes end inside a character is joined with the
// next, so every delta is valid UTF-8.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BenchError, messageOf } from './errors.ts';

const segmentSchema = z.object({
  id: z.string(),
  title: z.string(),
  language: z.string(),
  script: z.string(),
  provenance: z.string(),
  /** SHA-256 of the UTF-8 text that the tokens spell. */
  textSha256: z.string(),
  tokens: z.array(z.string()).min(1),
  /**
   * When each token is due, ns after the stream was asked for, never falling: set where the segment
   * is a recorded stream.
   */
  offsetsNs: z.array(z.number().nonnegative()).exactOptional(),
});

const tokenFileSchema = z.object({
  schema: z.literal(1),
  encoding: z.string(),
  /** SHA-256 over the JSON of all segments' tokens; see hashTokens. */
  tokensSha256: z.string(),
  segments: z.array(segmentSchema).min(1),
});

export type TokenSegment = z.infer<typeof segmentSchema>;
export type TokenFile = z.infer<typeof tokenFileSchema>;

type Hashed = Pick<TokenSegment, 'id' | 'tokens' | 'offsetsNs'>;

export function hashTokens(segments: readonly Hashed[]): string {
  const hash = createHash('sha256');
  for (const { id, tokens, offsetsNs } of segments)
    hash
      .update(JSON.stringify(offsetsNs === undefined ? [id, tokens] : [id, tokens, offsetsNs]))
      .update('\n');
  return hash.digest('hex');
}

/**
 * Reads and verifies a token file.
 * @throws BenchError WORKLOAD when it cannot be read, has another shape, or its tokens do not match
 * its hashes.
 */
export function readTokenFile(path: string): TokenFile {
  let file: TokenFile;
  try {
    file = tokenFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const message = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new BenchError('WORKLOAD', `${path} is not a token file: ${message}`, { cause });
  }
  for (const segment of file.segments) {
    const textSha256 = createHash('sha256').update(segment.tokens.join('')).digest('hex');
    if (textSha256 !== segment.textSha256)
      throw new BenchError(
        'WORKLOAD',
        `${path}: segment ${segment.id} does not spell the text its hash announces`,
      );
    checkOffsets(path, segment);
  }
  if (hashTokens(file.segments) !== file.tokensSha256)
    throw new BenchError('WORKLOAD', `${path}: the tokens do not match tokensSha256`, {
      hint: 'restore the file, or build it again with npm run build:tokens',
    });
  return file;
}

function checkOffsets(path: string, { id, tokens, offsetsNs }: TokenSegment): void {
  if (offsetsNs === undefined) return;
  const isRising = offsetsNs.every((ns, index) => index === 0 || ns >= (offsetsNs[index - 1] ?? 0));
  if (offsetsNs.length === tokens.length && isRising) return;
  throw new BenchError(
    'WORKLOAD',
    `${path}: segment ${id} has no due time for each of its tokens, or one before that of the token before it`,
  );
}
