// The course of a trial's window, second by second, so that a drift or a stall can be seen and not
// only counted.

import { z } from 'zod';
import { NS_PER_S } from './units.ts';

/** Seconds that a trial keeps; a longer window keeps steps of several seconds instead. */
const MOST_STEPS = 30;

export const processReadingSchema = z.object({
  /** Since the window began. */
  atNs: z.number(),
  /** CPU time of all servers and of all load processes, in steps of 10 ms. */
  serverCpuNs: z.number().nonnegative(),
  clientCpuNs: z.number().nonnegative(),
  /** Resident memory of all servers. */
  serverResidentBytes: z.number().nonnegative().optional(),
});

export const courseSchema = z.object({
  /** Length of a step: whole seconds. */
  stepNs: z.number().positive(),
  /** Steps of the window, in their order; the last one may be shorter. */
  steps: z.array(
    z.object({
      /** Tokens of the window that were received in it. */
      tokens: z.int().nonnegative(),
      /** Delivery of the tokens that were due in it; absent where too few were. */
      deliveryP50Ns: z.number().optional(),
      deliveryP99Ns: z.number().optional(),
    }),
  ),
  /**
   * Totals of the processes since the window began, read once a second from outside; absent where
   * the machine does not offer them.
   */
  processes: z.array(processReadingSchema).optional(),
});

export type Course = z.infer<typeof courseSchema>;
export type ProcessReading = z.infer<typeof processReadingSchema>;

/** The step of a window of this length. */
export function stepOf(windowNs: number): number {
  return Math.max(1, Math.ceil(windowNs / NS_PER_S / MOST_STEPS)) * NS_PER_S;
}
