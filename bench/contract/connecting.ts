// How streams get their connections in scenario `connect`.

import { z } from 'zod';

/**
 * - `storm`: all streams begin at one moment, `atNs` after T0, each on a new connection.
 * - `kept`: the streams of a slot run one after another on one connection.
 */
export const connectingSpecificationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('storm'), atNs: z.number().nonnegative() }),
  z.object({ kind: z.literal('kept') }),
]);

export type ConnectingSpecification = z.infer<typeof connectingSpecificationSchema>;
