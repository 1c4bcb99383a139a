// What a trial that replays recorded streams keeps of how faithful it was.

import { z } from 'zod';

const count = z.int().nonnegative();

export const replayRecordSchema = z.object({
  /** Streams of the trial; those that replay a recorded one to its end; different ones of these. */
  streams: count,
  whole: count,
  covered: count,
  /** Tokens of the window that follow another one of their stream, with both stamps. */
  followers: count,
  /** Of them: due at the instant of the token before, as both came in one read when recorded. */
  together: count,
  /** Of those: left in another turn than the token before. */
  split: count,
  /** Due after the token before, but left in its turn. */
  joined: count,
  /** Received in one read with the token before. */
  readTogether: count,
});

export type ReplayRecord = z.infer<typeof replayRecordSchema>;
