// Puts a token's payload into the form of its transport's messages, at the moment when it is
// written. Bytes become base64 only here: the chunks themselves lie ready in memory for every arm,
// as a model or a file hands them over, and no text of theirs does. What is kept is the last form
// that was made, and only for a broadcast, whose subscribers are given one payload one after another:
// it is encoded once for all of them, as a server of one source would, over text and over binary alike.

import {
  renderChunkMessage,
  renderChunkText,
  type ChunkPayload,
  type Payload,
} from '../bench/contract/payload.ts';

/** The same object again gets the same result, without work. */
function keepLast<Form>(make: (payload: ChunkPayload) => Form): (payload: ChunkPayload) => Form {
  let last: { readonly payload: ChunkPayload; readonly form: Form } | undefined;
  return (payload) => {
    if (last?.payload !== payload) last = { payload, form: make(payload) };
    return last.form;
  };
}

const chunkText = keepLast(renderChunkText);
const chunkMessage = keepLast(renderChunkMessage);

export function textOf(payload: Payload): string {
  return typeof payload === 'string' ? payload : chunkText(payload);
}

/** Text stays text, in a message of type binary. */
export function binaryOf(payload: Payload): string | Buffer {
  return typeof payload === 'string' ? payload : chunkMessage(payload);
}
