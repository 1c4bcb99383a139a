// Messages between `streamduel serve` and the two processes of its twins over the IPC channel.

import { z } from 'zod';
import type { TransportId } from './arms/transports.ts';
import { workloadSchema } from './workload.ts';

/** The null arm has nothing to show to people. */
export const demoTransports = ['sse', 'ws'] as const satisfies readonly TransportId[];

export type DemoTransport = (typeof demoTransports)[number];

const port = z.int().min(0).max(65_535);

export const toDemoSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('serve'),
    transport: z.enum(demoTransports),
    host: z.string(),
    /** 0 lets the kernel choose. */
    port,
    /** Workloads that a request may choose by name; the first is the default. */
    workloads: z.array(workloadSchema).min(1),
  }),
  /** Ports of both twins once they listen: the page of each names the other. */
  z.object({ kind: z.literal('ports'), sse: port, ws: port }),
  z.object({ kind: z.literal('stop') }),
]);

export const fromDemoSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening'), port }),
  z.object({ kind: z.literal('stopped') }),
]);

export type ToDemo = z.infer<typeof toDemoSchema>;
export type FromDemo = z.infer<typeof fromDemoSchema>;
export type DemoPorts = Readonly<Record<DemoTransport, number>>;
