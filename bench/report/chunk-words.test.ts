import { expect, it } from 'vitest';
import type { Arm } from '../contract/arms/arms.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import { alikeContent, chunkForms, contentLimit } from './chunk-words.ts';

const armsOf = (...transports: readonly TransportId[]): Arm[] =>
  transports.map((transport) => ({ transport, client: 'probe', path: 'direct' }));

const forms = (...transports: readonly TransportId[]): string =>
  chunkForms({ payload: 'audio', arms: armsOf(...transports) }).join('');

it('each way to carry bytes is named with the arms that took part, and no other', () => {
  expect(forms('sse', 'ws', 'ws-binary')).toBe(
    'A token of payload `audio` is 640 bytes.' +
      ' Over SSE and WebSocket they are base64 within JSON, 876 bytes or a few less: the server encodes them in the moment in which it writes the message, from bytes that lie ready in every arm.' +
      ' Over WebSocket, binary they are sent as they are, after the number of the token in 4 bytes.',
  );
  expect(forms('ws-binary')).not.toContain('base64');
  expect(forms('ndjson')).not.toContain('binary');
});

it('a payload of text has no such words', () => {
  expect(chunkForms({ payload: 'lean', arms: armsOf('sse', 'ws-binary') })).toEqual([]);
  expect(alikeContent({ payload: 'lean' })).toBe('Token text, payload bytes');
  expect(contentLimit({ payload: 'lean' }, armsOf('sse'))).toBe(
    'The text is real but the timing is modelled: no language model ran, and prefill is a planned wait.',
  );
});

it('that nothing is decoded is said where there is something to decode', () => {
  expect(contentLimit({ payload: 'blob-16k' }, armsOf('sse'))).toContain('--client library');
  expect(contentLimit({ payload: 'blob-16k' }, armsOf('ws-binary'))).not.toContain('library');
  expect(alikeContent({ payload: 'blob-16k' })).toBe('The bytes of each token');
});
