// Fixtures of aimock that its proxy has recorded: the whole text of an answer, and the times of its
// frames in ms. Which frame held which part of the text is not kept.

import { z } from 'zod';
import { BenchError } from '../../contract/errors.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { problemOf } from '../read-recording.ts';
import type { ImportedStream } from './imported-stream.ts';
import { eventsWithText } from './made-events.ts';
import { readJson } from './read-json.ts';

const timingsSchema = z.object({
  ttftMs: z.number(),
  interChunkDelaysMs: z.array(z.number()),
});

const fixtureFileSchema = z.object({
  fixtures: z
    .array(
      z.object({
        response: z.object({ content: z.string().optional() }).loose(),
        recordedTimings: timingsSchema.optional(),
      }),
    )
    .min(1),
});

/** The role, the finish reason, the usage and `[DONE]` have frames, too. */
const FRAMES_WITHOUT_TEXT = 4;

export function isAimock(value: object): boolean {
  return 'fixtures' in value;
}

// oxlint-disable-next-line require-await -- one of several importers, of which others wait
export async function* importAimock(path: string): AsyncGenerator<ImportedStream> {
  const { success, data, error } = fixtureFileSchema.safeParse(readJson(path));
  if (!success)
    throw new BenchError('WORKLOAD', `${path} is no file of fixtures: ${problemOf(error)}`);
  for (const [index, { response, recordedTimings }] of data.fixtures.entries()) {
    const place = `${path}, fixtures[${index}]`;
    if (recordedTimings === undefined)
      throw new BenchError(
        'WORKLOAD',
        `${place} has no recordedTimings, so its gaps are not known`,
        {
          hint: 'aimock keeps them when its proxy records a streamed answer',
        },
      );
    if (response.content === undefined)
      throw new BenchError(
        'WORKLOAD',
        `${place} has no response.content, and only text is replayed`,
      );
    const timesNs = timesOf(recordedTimings, place);
    yield {
      arrivalNs: 0,
      framing: 'event-stream',
      dialect: 'openai-chat',
      events: eventsWithText(timesNs, response.content, FRAMES_WITHOUT_TEXT),
      text: 'resplit',
      end: { kind: 'in-order', ns: timesNs.at(-1) ?? 0 },
    };
  }
}

function timesOf(
  { ttftMs, interChunkDelaysMs }: z.infer<typeof timingsSchema>,
  place: string,
): readonly number[] {
  let atMs = 0;
  return [ttftMs, ...interChunkDelaysMs].map((delayMs, index) => {
    if (!(delayMs >= 0))
      throw new BenchError(
        'WORKLOAD',
        `${place}: ${index === 0 ? 'ttftMs' : `interChunkDelaysMs[${index - 1}]`} is ${delayMs}, which is negative`,
      );
    atMs += delayMs;
    return Math.round(atMs * NS_PER_MS);
  });
}
