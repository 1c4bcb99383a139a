// What the program that asks receivers of event streams for their conformance (in clients/) says to the one that makes a
// table of it.

import { z } from 'zod';

export const conformanceSchema = z.object({
  receivers: z.array(z.object({ title: z.string(), version: z.string(), note: z.string() })),
  vectors: z.array(
    z.object({
      name: z.string(),
      /** What the standard says, and where. */
      rule: z.string(),
      /** By receiver: how it differs from the standard, in words; '' where it does not. */
      cells: z.array(z.string()),
    }),
  ),
  divergences: z.array(z.object({ receiver: z.string(), vectors: z.array(z.string()), why: z.string() })),
  /** Of those that come back by themselves. */
  delays: z.array(
    z.object({
      receiver: z.string(),
      /** By what the stream asked for; without it, nothing. From the end of a response to the next request, rising. */
      used: z.array(z.object({ retryMs: z.number().optional(), waitsMs: z.array(z.number()) })),
    }),
  ),
  /** What is not as it was known to be. */
  news: z.array(z.string()),
});

export type Conformance = z.infer<typeof conformanceSchema>;
