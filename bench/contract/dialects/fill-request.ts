// Puts model and prompt into a default request. Names of secrets stay, for whoever sends it.

import type { DialectRequest, Json } from './dialect.ts';

export interface Wishes {
  /** The dialect's default where it is absent. */
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
}

export const DEFAULT_PROMPT = 'Count from one to thirty in words.';

export function fillRequest(request: DialectRequest, wishes: Wishes = {}): DialectRequest {
  const values = {
    '${MODEL}': wishes.model ?? request.model,
    '${PROMPT}': wishes.prompt ?? DEFAULT_PROMPT,
  };
  const fill = (text: string): string => {
    let filled = text;
    for (const [name, value] of Object.entries(values))
      filled = filled.replaceAll(name, () => value);
    return filled;
  };
  const { body, messages, socketPathSuffix } = request;
  return {
    ...request,
    model: values['${MODEL}'],
    pathSuffix: fill(request.pathSuffix),
    ...(body !== undefined && { body: fillJson(body, fill) }),
    ...(messages !== undefined && { messages: messages.map((message) => fillJson(message, fill)) }),
    ...(socketPathSuffix !== undefined && { socketPathSuffix: fill(socketPathSuffix) }),
  };
}

function fillJson(json: Json, fill: (text: string) => string): Json {
  if (typeof json === 'string') return fill(json);
  if (Array.isArray(json)) return (json as readonly Json[]).map((inner) => fillJson(inner, fill));
  if (typeof json === 'object' && json !== null)
    return Object.fromEntries(
      Object.entries(json).map(([name, inner]) => [name, fillJson(inner as Json, fill)]),
    );
  return json;
}
