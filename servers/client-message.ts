// What a WebSocket client may say where streams outlive their connections.

type ClientMessage = { readonly type: 'cancel' } | { readonly type: 'resume'; readonly after: string };

/** Undefined for anything else; the cursor of a `resume` is not looked at. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (message.type === 'cancel') return { type: 'cancel' };
  return message.type === 'resume' && 'after' in message && typeof message.after === 'string'
    ? { type: 'resume', after: message.after }
    : undefined;
}
