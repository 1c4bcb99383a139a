// Bytes of the events of an event stream, before HTTP frames them: equal over each version of HTTP.

import { eventBytes, eventNameBytes, textBytes, type TransportBytes } from '../byte-model.ts';
import { renderTyped, SSE_RETRY_MS } from '../control-events.ts';

export const eventStreamBytes: Pick<TransportBytes, 'token' | 'open' | 'message' | 'done'> = {
  // An event's name, as the APIs of language models have it, is framing that other transports lack:
  // they send the same message without it.
  token: ({ payloadBytes, sequence, idPrefixBytes, eventName }) =>
    eventNameBytes(eventName) +
    'data: \n\n'.length +
    payloadBytes +
    (idPrefixBytes === undefined ? 0 : 'id: \n'.length + idPrefixBytes + String(sequence).length),
  open: (event, { isNumbered, api }) => {
    const data = JSON.stringify(event);
    if (api !== undefined) return textBytes(`: open ${data}\nretry: ${SSE_RETRY_MS}\n\n`);
    const id = isNumbered ? `${event.epoch}.0` : undefined;
    return eventBytes({ name: 'open', id, retryMs: SSE_RETRY_MS, data });
  },
  message: eventBytes,
  done: (event, epoch, { isNumbered, api }) => {
    if (api !== undefined) {
      const endMarkBytes = api.endMark === undefined ? 0 : eventBytes({ data: api.endMark });
      return endMarkBytes + eventBytes({ data: renderTyped('done', event) });
    }
    const id = isNumbered ? `${epoch}.${event.s}` : undefined;
    return eventBytes({ name: 'done', id, data: JSON.stringify(event) });
  },
};
