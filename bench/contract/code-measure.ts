// The counts of the code of minimal clients and servers, and the cases that they pass: the
// saved result of `npm run bench:code`, which claims and docs read.

import { z } from 'zod';

const codeTransports = ['sse', 'sse-post', 'ws'] as const;

const programSchema = z.object({
  id: z.string(),
  title: z.string(),
  transport: z.enum(codeTransports),
  /** It is meant to run there. */
  runsIn: z.enum(['page', 'node', 'both']),
  /** Its own file, from the root of the project. */
  file: z.string(),
});

/** A minimal client or server. */
export type CodeProgram = z.infer<typeof programSchema>;

const count = z.int().min(0);

const sizeSchema = z.object({
  /** Each file of the project that it imports, its own first. */
  files: z.array(z.object({ file: z.string(), lines: count, branches: count })),
  /** Packages that it imports, with their versions. */
  packages: z.array(z.string()),
  /** All packages that come with them, these included. */
  allPackages: count,
  minifiedBytes: count,
  gzipBytes: count,
  brotliBytes: count,
});

export type CodeSize = z.infer<typeof sizeSchema>;

/** Cases by name, for each way in which the program was tried: that it failed, and why. */
const triedSchema = z.object({
  /** `in Node, with the server ws-library` */
  how: z.string(),
  passed: z.array(z.string()),
  failed: z.array(z.object({ name: z.string(), why: z.string() })),
});

export type TriedCases = z.infer<typeof triedSchema>;

const measuredSchema = programSchema.extend({
  size: sizeSchema,
  /** How it reads what the standards define: event streams, or frames. */
  conformance: triedSchema,
  faults: z.array(triedSchema),
});

export type MeasuredProgram = z.infer<typeof measuredSchema>;

export const codeMeasureSchema = z.object({
  schema: z.literal(1),
  measuredAt: z.string(),
  node: z.string(),
  /** Undefined where no browser was there. */
  browser: z.string().optional(),
  bundler: z.string(),
  clients: z.array(measuredSchema),
  servers: z.array(measuredSchema),
});

export type CodeMeasure = z.infer<typeof codeMeasureSchema>;

/** In a page of a browser, not in Node. */
export function isInPage({ how }: Pick<TriedCases, 'how'>): boolean {
  return how.includes('in a page');
}

/** Cases of faults that were passed in each of these trials. */
export function passedCases(faults: readonly TriedCases[]): ReadonlySet<string> {
  const [first, ...others] = faults.map(({ passed }) => passed);
  return new Set(first?.filter((name) => others.every((passed) => passed.includes(name))));
}
