// Result that the program testing the conformance of event-stream receivers (in clients/) passes to
// the one that renders a table of it.

import { z } from 'zod';

export const conformanceSchema = z.object({
  receivers: z.array(z.object({ title: z.string(), version: z.string(), note: z.string() })),
  vectors: z.array(
    z.object({
      name: z.string(),
      /** Rule of the standard, with its section. */
      rule: z.string(),
      /** By receiver: how it differs from the standard, in words; '' when it conforms. */
      cells: z.array(z.string()),
    }),
  ),
  /** Streams of language-model APIs and web frameworks. */
  dialectStreams: z.array(
    z.object({
      name: z.string(),
      /** It names the servers that send it, and what is special in it. */
      what: z.string(),
      events: z.number(),
      /** Events without a name, which are all that `onmessage` hears. */
      heardUnnamed: z.number(),
      cells: z.array(z.string()),
    }),
  ),
  divergences: z.array(
    z.object({ receiver: z.string(), vectors: z.array(z.string()), why: z.string() }),
  ),
  /** Delays of the receivers that reconnect by themselves. */
  delays: z.array(
    z.object({
      receiver: z.string(),
      /**
       * By the stream's `retry`, absent when it sent none: times from the end of a response to the
       * next request, rising.
       */
      used: z.array(z.object({ retryMs: z.number().optional(), waitsMs: z.array(z.number()) })),
    }),
  ),
  /** Results that differ from the known ones. */
  news: z.array(z.string()),
});

export type Conformance = z.infer<typeof conformanceSchema>;
