// The saved form of a suite, `suite.json`: several scenarios that one command measured one after
// another, or the runs that claims need. Each part is an ordinary run in a folder of its own inside the suite's, so every command
// for a run works on a part.

import { z } from 'zod';
import { runHeaderSchema } from './run-file.ts';

export const SUITE_SCHEMA_VERSION = 1;

const partSchema = z.object({
  scenario: runHeaderSchema.shape.plan.shape.scenario,
  /** Folder inside the suite's, and never anywhere else: reports are written into it. */
  folder: z.string().regex(/^[a-z][a-z-]*$/, 'the name of a folder inside the suite'),
});

export const suiteSchema = z.object({
  kind: z.literal('suite'),
  schema: z.literal(SUITE_SCHEMA_VERSION),
  streamduel: z.string(),
  name: z.string(),
  startedAt: z.string(),
  /** The command line that repeats it. */
  command: z.string(),
  /** Parts in the order of measurement, each in a folder of its own. */
  parts: z
    .array(partSchema)
    .min(1)
    .refine(
      (parts) => new Set(parts.map(({ folder }) => folder)).size === parts.length,
      'each folder once',
    ),
  /** Set when `streamduel claims` measured it. */
  claims: z
    .object({
      ids: z.array(z.string()),
      /** Runs that the machine could not measure. */
      leftOut: z.array(z.object({ run: z.string(), why: z.string() })),
    })
    .optional(),
});

export type Suite = z.infer<typeof suiteSchema>;
