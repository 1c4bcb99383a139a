// Parses messages of WebSocket clients: `start` on a connection that carries one stream after
// another, `cancel` and `resume` when streams outlive their connections.

type ClientMessage =
  | { readonly type: 'start'; readonly id: string }
  | { readonly type: 'cancel' }
  | { readonly type: 'resume'; readonly after: string };

/**
 * Returns undefined for anything else; neither the id of a `start` nor the cursor of a `resume` is
 * validated.
 */
export function parseClientMessage(text: string): ClientMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (message.type === 'cancel') return { type: 'cancel' };
  if (message.type === 'start' && 'id' in message && typeof message.id === 'string')
    return { type: 'start', id: message.id };
  return message.type === 'resume' && 'after' in message && typeof message.after === 'string'
    ? { type: 'resume', after: message.after }
    : undefined;
}
