// Table of the transports. To add one: its description here, a writer in servers/, a reader in each client stack; the compiler
// names every place, because each keeps a table over TransportId.

import { sse } from './sse.ts';
import { tcp } from './tcp.ts';
import type { TransportDescription } from './transport-description.ts';
import { websocket } from './websocket.ts';

const descriptions = { sse, ws: websocket, tcp } as const satisfies Record<string, TransportDescription>;

export type TransportId = keyof typeof descriptions;

export const transports: Readonly<Record<TransportId, TransportDescription>> = descriptions;

export const transportIds = Object.keys(descriptions) as TransportId[];
