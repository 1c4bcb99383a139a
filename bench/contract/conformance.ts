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
  /** What is not as it was known to be. */
  news: z.array(z.string()),
});

export type Conformance = z.infer<typeof conformanceSchema>;
