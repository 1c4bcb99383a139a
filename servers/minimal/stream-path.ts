// Reads the path of a WebSocket: which stream, and after which token.

/** `/streams/ID?after=17`; undefined for another. */
export function readStreamPath(
  path = '',
): { readonly id: string; readonly after: number } | undefined {
  const [, id, after = '0'] = /^\/streams\/([\w-]+)(?:\?after=(\d+))?$/.exec(path) ?? [];
  return id === undefined ? undefined : { id, after: Number(after) };
}
