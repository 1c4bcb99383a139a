// The EventSources of Node, used only through their API.

import { EventSource as NpmEventSource } from 'eventsource';
import { EventSource as UndiciEventSource, fetch } from 'undici';
import { listenedTypes } from './listened-types.ts';
import {
  RECEPTION_LIMIT_MS,
  type Receiver,
  type ReceiverId,
  type Received,
  type Reception,
} from './receiver.ts';
import type { SeenEvent } from './vector.ts';
import { installedVersion } from './versions.ts';

/** Members that all implementations have (WHATWG HTML §9.2.2). */
interface AnyEventSource {
  readonly readyState: number;
  addEventListener: (type: string, listener: (event: Event) => void) => void;
  close: () => void;
}

const CLOSED = 2;

export const undiciEventSource = receiverOf('undici', (url) => new UndiciEventSource(url));

/** Over undici's fetch, of which Node's own is a copy. */
export const npmEventSource = receiverOf(
  'eventsource',
  (url) => new NpmEventSource(url, { fetch: async (input, init) => await fetch(input, init) }),
);

function receiverOf(
  id: ReceiverId & ('undici' | 'eventsource'),
  create: (url: string) => AnyEventSource,
): Receiver {
  return {
    id,
    version: installedVersion(id),
    receive: async (reception) => await receive(create, reception),
  };
}

async function receive(
  create: (url: string) => AnyEventSource,
  { url, patienceMs }: Reception,
): Promise<Received> {
  const events: SeenEvent[] = [];
  const source = create(url);
  const over = Promise.withResolvers<void>();
  let patience: NodeJS.Timeout | undefined;
  const limit = setTimeout(
    () => over.reject(new Error(`${url} did not end within ${RECEPTION_LIMIT_MS} ms`)),
    RECEPTION_LIMIT_MS,
  );
  for (const type of listenedTypes) {
    source.addEventListener(type, (event) => {
      if (isMessage(event)) events.push([event.type, event.data, event.lastEventId]);
    });
  }
  source.addEventListener('error', (event) => {
    if (isMessage(event)) return;
    // The first end of the response leads to a reconnect, to which the server answers that there is
    // nothing more.
    if (source.readyState === CLOSED) over.resolve();
    else patience ??= setTimeout(() => over.resolve(), patienceMs);
  });
  try {
    await over.promise;
  } finally {
    source.close();
    clearTimeout(patience);
    clearTimeout(limit);
  }
  return { events };
}

/**
 * Servers name events `error` or `open`, as an EventSource names its own, which have no data: that
 * is all that tells them apart.
 */
function isMessage(event: Event): event is Event & { data: string; lastEventId: string } {
  return 'data' in event && typeof event.data === 'string';
}
