// Table of the client stacks that receive in this process; browsers are in browser/.

import type { StreamStack } from '../bench/contract/arms/stacks.ts';
import type { TransportId } from '../bench/contract/arms/transports.ts';
import { openEventSourceClient } from './library/eventsource.ts';
import { openLibraryClient } from './library/library-client.ts';
import { openUndiciEventSourceClient } from './library/undici-eventsource.ts';
import { openProbeClient } from './probe/probe-client.ts';
import type { StreamClient, StreamClientOptions } from './stream-client.ts';

type OpenClient = (transport: TransportId, options: StreamClientOptions) => StreamClient;

/**
 * Each asserts that it speaks the transport; see `canSpeak`. No load generators or pages: no single
 * stream is opened through them.
 */
export const stacks = {
  probe: openProbeClient,
  library: openLibraryClient,
  eventsource: openEventSourceClient,
  'undici-eventsource': openUndiciEventSourceClient,
} as const satisfies Record<StreamStack, OpenClient>;
