// The saved form of a recorded stream: one line of NDJSON. It holds reads as well as events, or it
// would be lost which events came together. docs/record-replay.md describes it.

import { z } from 'zod';
import { dialectIds } from '../dialects/dialect-ids.ts';
import { endpointHeadSchema } from '../endpoint.ts';

const ns = z.number().nonnegative();
const count = z.int().nonnegative();
const base64 = z.base64();

/** ns since `arrivalNs`; the event in its canonical form; a third member for a binary message. */
const eventSchema = z.union([z.tuple([ns, base64]), z.tuple([ns, base64, z.literal('binary')])]);

const moment = { ns, cause: z.string().exactOptional() };

/** How the transport ended, when, and the cause of a failure. */
const endSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('in-order'), ...moment }),
  z.object({ kind: z.literal('closed'), why: z.string(), ...moment }),
  z.object({ kind: z.literal('cut'), why: z.string(), ...moment }),
  z.object({ kind: z.literal('timeout'), why: z.string(), ...moment }),
  z.object({ kind: z.literal('by-client'), ...moment }),
]);

/** What an import had to make up, because the trace that it read does not hold it. */
const importedSchema = z.object({
  /** The format of the trace. */
  from: z.string(),
  /** `recorded`: as it came; `resplit`: the whole text was, cut here; `bundled`: none was. */
  text: z.enum(['recorded', 'resplit', 'bundled']),
  /** Whether the trace holds reads; otherwise events of one time are taken for one read. */
  reads: z.enum(['recorded', 'by-equal-times']),
});

export const streamRecordSchema = z.object({
  version: z.literal(1),
  /** The stream was asked for then, ns after the first one of its recording or trial. */
  arrivalNs: ns,
  /** The same as a date; absent where a trace does not tell. */
  startedAt: z.string().exactOptional(),
  /** Absent where there was no stream. */
  dialect: z.enum(dialectIds).exactOptional(),
  /** The target and the trial of a run. */
  target: z.string().exactOptional(),
  trial: count.exactOptional(),
  /** Absent where a trace does not tell. */
  request: z
    .object({
      /** Absent where a trace does not tell. */
      url: z.string().exactOptional(),
      method: z.string(),
      headers: z.array(z.tuple([z.string(), z.string()])),
      body: z.string().exactOptional(),
      messages: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
  head: endpointHeadSchema.exactOptional(),
  /** The request was sent then, ns since `arrivalNs`: before it the connection was made. */
  sentNs: ns.exactOptional(),
  events: z.array(eventSchema),
  /** Why there are no events, though some came. */
  withheld: z.string().exactOptional(),
  reads: z.array(z.tuple([ns, count])),
  end: endSchema,
  /** Whether it reached the highest rung of completeness that its dialect lets a client check. */
  isWhole: z.boolean().exactOptional(),
  imported: importedSchema.exactOptional(),
});

/** One line of a recording. */
export type StreamRecord = z.infer<typeof streamRecordSchema>;
