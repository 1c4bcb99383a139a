// Messages between `streamduel probe` and its client process, and what that observed of a stream:
// all of it, with times, and nothing judged.

import { z } from 'zod';
import type { TransportEnd, WireEvent } from './dialects/dialect.ts';
import { dialectIds } from './dialects/dialect-ids.ts';
import {
  endpointFailureSchema,
  endpointHeadSchema,
  endpointRequestSchema,
  wireFactsSchema,
} from './endpoint.ts';

export const toProbeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('open'),
    request: endpointRequestSchema,
    /** Absent to find it out. */
    dialect: z.enum(dialectIds).exactOptional(),
    /** The client closes once it has read this many events. */
    stopAfterEvents: z.int().min(1).exactOptional(),
  }),
  /** Ends the stream that is open. */
  z.object({ kind: z.literal('stop') }),
]);

export type ToProbe = z.infer<typeof toProbeSchema>;

const wireEventSchema: z.ZodType<WireEvent> = z.object({
  name: z.string().exactOptional(),
  id: z.string().exactOptional(),
  data: z.string(),
  isBinary: z.literal(true).exactOptional(),
});

const transportEndSchema: z.ZodType<TransportEnd> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('in-order') }),
  z.object({ kind: z.literal('closed'), why: z.string() }),
  z.object({ kind: z.literal('cut'), why: z.string() }),
  z.object({ kind: z.literal('timeout'), why: z.string() }),
  z.object({ kind: z.literal('by-client') }),
]);

/** All times are ns since the connection was begun. */
const observationSchema = z
  .object({
    connectNs: z.number().exactOptional(),
    secureNs: z.number().exactOptional(),
    tls: z.object({ protocol: z.string(), alpn: z.string().exactOptional() }).exactOptional(),
    /** The server prefers this one of h2 and http/1.1; absent without TLS, or when it is silent. */
    preferredAlpn: z.string().exactOptional(),
    sentNs: z.number().exactOptional(),
    headNs: z.number().exactOptional(),
    head: endpointHeadSchema.exactOptional(),
    /** Time and payload bytes of each read. */
    reads: z.array(z.tuple([z.number(), z.number()])).readonly(),
    /** An event's time is that of the read with its last byte. */
    events: z.array(z.tuple([z.number(), wireEventSchema])).readonly(),
    /** Comments of an event stream. */
    commentsNs: z.array(z.number()).readonly(),
    /** Ping frames of a WebSocket. */
    pingsNs: z.array(z.number()).readonly(),
    /** More events came than are kept, and the client closed. */
    isTruncated: z.boolean(),
    failure: endpointFailureSchema.exactOptional(),
    end: transportEndSchema,
    endNs: z.number(),
    wire: wireFactsSchema,
  })
  .readonly();

export type Observation = z.infer<typeof observationSchema>;

export const fromProbeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('observed'), observation: observationSchema }),
]);

export type FromProbe = z.infer<typeof fromProbeSchema>;
