// Known effects, injected into one arm on purpose: a trustworthy harness must find exactly what was
// injected, and nothing else. They are values of the plan like any other, so the file of such a run
// names them and can never pass for a measurement.

import { z } from 'zod';

const count = z.int().min(1);
const ns = z.number().positive();

export const injectionSchema = z.discriminatedUnion('kind', [
  /**
   * Every read from the server is passed on this much later, by a relay between server and client.
   */
  z.object({ kind: z.literal('delay'), delayNs: ns }),
  /**
   * The server computes for this long between a token's stamp and its write: within the turn of the
   * pacer, as ws writes, or right after it, as node:http does. `pacer: 'armed-after'` reproduces a
   * defect of the harness before 0.2: the timer was armed at the end of a turn.
   */
  z.object({
    kind: z.literal('spin-before-write'),
    spinNs: ns,
    when: z.enum(['within-turn', 'after-turn']).optional(),
    pacer: z.literal('armed-after').optional(),
  }),
  /**
   * The server computes for this long after each write: this costs CPU, but delays no token that is
   * alone in its turn.
   */
  z.object({ kind: z.literal('spin-after-write'), spinNs: ns }),
  /**
   * One token in `every` is held back after its stamp, without blocking; later tokens of its stream
   * wait behind it.
   */
  z.object({ kind: z.literal('tail'), every: count, delayNs: ns }),
  /** The server's event loop is blocked for `stallNs` once in `everyNs`. */
  z.object({ kind: z.literal('stall'), everyNs: ns, stallNs: ns }),
  /** Each payload is this many bytes longer; both sides know. */
  z.object({ kind: z.literal('padding'), bytes: z.int().min(8) }),
  /**
   * After one token in `every` the server sends bytes that neither the client nor the byte model
   * expects.
   */
  z.object({ kind: z.literal('undeclared'), every: count }),
  /** The server keeps this much memory, written to, for each open stream. */
  z.object({ kind: z.literal('retained'), bytesPerStream: count }),
  /** One token in `every` is left out, another one sent twice, another one altered. */
  z.object({ kind: z.literal('damage'), every: count }),
  /** The server waits for this long before it begins the reply to a turn of a conversation. */
  z.object({ kind: z.literal('turn-delay'), delayNs: ns }),
  /** The server goes on for this many tokens after each stop of a stream, however it was told. */
  z.object({ kind: z.literal('late-stop'), tokens: count }),
  /** The server takes each input to a stream up this long after its receipt. */
  z.object({ kind: z.literal('late-steer'), delayNs: ns }),
  /** The client computes for this long on each token it receives. */
  z.object({ kind: z.literal('slow-client'), spinNs: ns }),
  /**
   * The server holds one frame in `every` of one direction of its sessions for this long: on the way
   * up before it takes it, on the way down after its stamp.
   */
  z.object({
    kind: z.literal('hold-frame'),
    direction: z.enum(['up', 'down']),
    every: count,
    holdNs: ns,
  }),
]);

export type Injection = z.infer<typeof injectionSchema>;

export type InjectionOf<Kind extends Injection['kind']> = Extract<Injection, { kind: Kind }>;

/** Blocks this thread; used only for injections. Returns the real duration, ns. */
export function spin(forNs: number): number {
  const start = process.hrtime.bigint();
  const until = start + BigInt(Math.round(forNs));
  let now = start;
  while (now < until) now = process.hrtime.bigint();
  return Number(now - start);
}
