// Computes where a stream resumes. Never a refusal: an EventSource that is refused once stops for
// good (WHATWG HTML §9.2.3), so a cursor that cannot be honoured is answered with the available
// tokens, and a `gap` that says so.

import { parseCursor, type GapEvent } from '../bench/contract/control-events.ts';

/** State of a stream that decides what can be replayed. */
export interface Kept {
  readonly epoch: string;
  /** Tokens of the whole stream, and those generated so far. */
  readonly tokens: number;
  readonly generated: number;
  /** The oldest token that can be replayed; undefined for a stream that keeps nothing. */
  readonly oldest: number | undefined;
}

export interface ResumePoint {
  /** The first token that is sent, replayed or still to come. */
  readonly from: number;
  readonly gap: GapEvent | undefined;
}

/** @param after The receiver's cursor as sent; undefined when it has none. */
export function resumePoint(
  { epoch, tokens, generated, oldest }: Kept,
  after: string | undefined,
): ResumePoint {
  if (oldest === undefined) return { from: generated + 1, gap: undefined };
  if (after === undefined)
    return oldest === 1
      ? { from: 1, gap: undefined }
      : { from: oldest, gap: { missing: 1, from: oldest } };
  const cursor = parseCursor(after);
  // A cursor that this stream cannot have issued (one of another epoch, one from the future,
  // garbage) does not tell what the receiver has. It is sent all kept tokens and drops duplicates
  // by their number; continuing at the newest token instead would lose those that it lacks. `done`
  // is numbered too, hence one more than the tokens.
  const isOurs =
    cursor?.epoch === epoch &&
    (cursor.sequence <= generated || (generated === tokens && cursor.sequence === tokens + 1));
  if (cursor === undefined || !isOurs) return { from: oldest, gap: { missing: 1, from: oldest } };
  const from = Math.min(cursor.sequence, tokens) + 1;
  return from >= oldest
    ? { from, gap: undefined }
    : { from: oldest, gap: { missing: from, from: oldest } };
}

/** Whether nothing is left to send: the receiver has all of a finished stream. */
export function isOver({ tokens, generated }: Kept, { from, gap }: ResumePoint): boolean {
  return generated === tokens && from > tokens && gap === undefined;
}
