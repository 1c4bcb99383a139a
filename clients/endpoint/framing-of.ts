// The content type decides how an answer is cut into events: a browser's EventSource goes by it
// alone.

import type { EndpointFraming } from '../../bench/contract/endpoint.ts';

const framings: Readonly<Record<string, EndpointFraming>> = {
  'text/event-stream': 'event-stream',
  'application/x-ndjson': 'lines',
  'application/ndjson': 'lines',
  'application/jsonl': 'lines',
  'application/x-jsonlines': 'lines',
  'application/jsonlines': 'lines',
  'application/json-lines': 'lines',
  'application/stream+json': 'lines',
};

/** An answer without content, as its status says, is no stream. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300 && status !== 204 && status !== 205;
}

export function framingOf(status: number, contentType: string): EndpointFraming {
  if (!isSuccess(status) || !Object.hasOwn(framings, contentType)) return 'other';
  return framings[contentType] ?? 'other';
}
