// A request to an endpoint that streams, and the ways in which its connection can fail. The server
// may be any, not only this project's: nothing that it sends is trusted.

import { z } from 'zod';

/** Every way in which a stream can fail to begin, or to end whole. */
export const endpointCauses = [
  'refused',
  'unreachable',
  'dns',
  'tls-name',
  'tls-chain',
  'tls-other',
  'connect-timeout',
  'unauthorised',
  'forbidden',
  'not-found',
  'too-many-requests',
  'server-error',
  'redirect-refused',
  'status',
  'not-a-stream',
  'json-error',
  'upgrade-refused',
  'never-started',
  'silent',
  'too-long',
  'line-too-long',
  'too-many-bytes',
  'bad-encoding',
  'bad-framing',
  'closed-with-code',
  'cut',
  'reset',
] as const;

export type EndpointCause = (typeof endpointCauses)[number];

const headerSchema = z.tuple([z.string(), z.string()]).readonly();

export const endpointRequestSchema = z
  .object({
    /** http:, https:, ws: or wss:. */
    url: z.string(),
    /** GET, POST and so on; not used by a WebSocket. */
    method: z.string(),
    headers: z.array(headerSchema).readonly(),
    body: z.string().exactOptional(),
    /** Text messages that are sent, in order, once a WebSocket is open. */
    messages: z.array(z.string()).readonly().exactOptional(),
    subprotocols: z.array(z.string()).readonly().exactOptional(),
    /** Until the head of the answer, until its first event, and between two reads. */
    timeoutMs: z.number().positive(),
    /** The whole stream, from the connection on. */
    totalTimeoutMs: z.number().positive(),
    /** 1 when absent. */
    http: z.union([z.literal(1), z.literal(2)]).exactOptional(),
    /** Certificates are not checked. */
    isInsecure: z.literal(true).exactOptional(),
    /** PEM of the authorities that are trusted instead of those of Node. */
    ca: z.string().exactOptional(),
    /** Bytes of the answer's body that are read at most, before and after decompression. */
    maxBytes: z.number().positive(),
    /** Hosts to which a redirect may go; credentials never follow one to another host. */
    allowedRedirects: z.array(z.string()).readonly().exactOptional(),
    /**
     * Names, in lower case, of further headers that are credentials, besides those that always are
     * (authorization, cookie and so on).
     */
    credentialHeaders: z.array(z.string()).readonly().exactOptional(),
    /** The body holds a secret: it follows no redirect to another origin. */
    hasSecretBody: z.literal(true).exactOptional(),
  })
  .readonly();

export type EndpointRequest = z.infer<typeof endpointRequestSchema>;

export const endpointFailureSchema = z
  .object({
    cause: z.enum(endpointCauses),
    /** Says what was seen: the status, the bytes, the time waited. */
    message: z.string(),
    /** Says what to try. */
    hint: z.string().exactOptional(),
    status: z.number().exactOptional(),
    /** As the server asked by Retry-After. */
    retryAfterMs: z.number().exactOptional(),
    /** The beginning of what the server sent instead of a stream, as it came, not escaped. */
    excerpt: z.string().exactOptional(),
  })
  .readonly();

export type EndpointFailure = z.infer<typeof endpointFailureSchema>;

/** The content type decides how the body is cut into events. */
const endpointFramings = ['event-stream', 'lines', 'messages', 'other'] as const;

export type EndpointFraming = (typeof endpointFramings)[number];

export const endpointHeadSchema = z
  .object({
    status: z.number(),
    /** `1.0`, `1.1` or `2`. */
    httpVersion: z.string(),
    /** By lower-case name; repeated ones are joined by ", ". */
    headers: z.record(z.string(), z.string()).readonly(),
    /** Without parameters, in lower case; empty when there is none. */
    contentType: z.string(),
    framing: z.enum(endpointFramings),
  })
  .readonly();

export type EndpointHead = z.infer<typeof endpointHeadSchema>;

const lineEndsSchema = z.object({ lf: z.number(), crlf: z.number(), cr: z.number() }).readonly();

/** These counts describe the bytes of a stream. */
export const wireFactsSchema = z
  .object({
    /** Payload of TCP (after TLS), heads and framing included; of HTTP/2, the body alone. */
    bytesRead: z.number(),
    /** The body as it was sent, its transfer coding taken off; payloads of WebSocket messages. */
    bodyBytes: z.number(),
    /** Returns of the kernel that brought payload of the body, or of frames. */
    reads: z.number(),
    /** The stream ended within an event, a line or a message. */
    hasHalfEvent: z.boolean(),
    lineEnds: lineEndsSchema.exactOptional(),
    /** Whether a space follows `data:`; absent without any such line. */
    hasSpacedData: z.union([z.boolean(), z.literal('some')]).exactOptional(),
    hasInvalidUtf8: z.boolean(),
    contentEncoding: z.string().exactOptional(),
    /** WebSocket's close code; 1005 for a close frame without one, absent without a close frame. */
    closeCode: z.number().exactOptional(),
  })
  .readonly();

export type WireFacts = z.infer<typeof wireFactsSchema>;
