// The streamable HTTP transport of MCP: JSON-RPC messages as events. The stream of a POST ends with
// the response to its request; what a tool reports on the way are notifications.

import type { Dialect, WireEvent } from './dialect.ts';
import { MAX_PARTS } from './delta-sums.ts';
import { openReader, type Grammar } from './grammar.ts';
import {
  listMember,
  member,
  memberAt,
  objectOf,
  parseJson,
  renderJson,
  textMember,
} from './json-members.ts';
import {
  clip,
  errorSign,
  fault,
  foreign,
  orStructure,
  ping,
  structure,
  tokenOf,
  unreadable,
  type Reading,
} from './readings.ts';
import { strongest } from './seen-events.ts';

/** Content of a tool's result is its answer; what it reports while it runs is of channel `tool`. */
function resultTokens(result: unknown): readonly Reading[] {
  return listMember(result, 'content').flatMap((part) =>
    tokenOf('content', textMember(part, 'text')),
  );
}

function notificationTokens(method: string, json: unknown): readonly Reading[] {
  if (method === 'notifications/progress')
    return tokenOf('tool', textMember(member(json, 'params'), 'message'));
  if (method !== 'notifications/message') return [];
  const logged = memberAt(json, 'params', 'data');
  return tokenOf('tool', typeof logged === 'string' ? logged : renderJson(logged));
}

function mcpGrammar(): Grammar {
  /** Ids of requests that were answered. */
  const answered = new Set<string>();

  const readResponse = (json: unknown): readonly Reading[] => {
    const id = clip(renderJson(member(json, 'id')));
    const isRepeated = answered.has(id);
    if (answered.size < MAX_PARTS) answered.add(id);
    const error = member(json, 'error');
    return [
      ...(isRepeated ? [fault(3, 'repeated-end', 'a request was answered more than once')] : []),
      ...(error === undefined ? resultTokens(member(json, 'result')) : [errorSign(error)]),
      { kind: 'finish', reason: error === undefined ? 'result' : 'error' },
    ];
  };

  const readMessage = (json: unknown): readonly Reading[] => {
    if (objectOf(json) === undefined || member(json, 'jsonrpc') === undefined)
      return foreign('an event that is no JSON-RPC message');
    const method = textMember(json, 'method');
    if (method === undefined)
      return member(json, 'result') === undefined && member(json, 'error') === undefined
        ? foreign('a JSON-RPC message without `method`, `result` and `error`')
        : readResponse(json);
    if (method === 'ping') return ping;
    const isLate = answered.size > 0;
    const tokens = notificationTokens(method, json);
    return [
      ...orStructure(tokens),
      ...(isLate && tokens.length > 0
        ? [fault(2, 'after-end', 'a tool reported after its response')]
        : []),
    ];
  };

  const read = ({ data }: WireEvent): readonly Reading[] => {
    // The first event only gives an id from which to resume (protocol 2025-11-25).
    if (data.trim() === '') return structure;
    const json = parseJson(data);
    // Up to protocol 2025-03-26 messages could come in batches.
    if (Array.isArray(json)) return orStructure(json.flatMap(readMessage));
    return objectOf(json) === undefined ? unreadable(data) : readMessage(json);
  };

  return {
    ends: { finish: 'a response with the id of the request' },
    read,
    hasEnded: () => answered.size > 0,
    // Each request of a batch has its response.
    readsOnAfterEnd: true,
    atEnd: () => ({
      faults: [],
      isChecked: false,
      notCheckable: ['nothing says how many notifications there were'],
    }),
  };
}

export const mcp: Dialect = {
  id: 'mcp',
  title: 'MCP streamable HTTP',
  framing: ['event-stream'],
  matches: (seen) => {
    if (seen.headers['mcp-session-id'] !== undefined) return 2;
    return strongest(seen, (json) => (textMember(json, 'jsonrpc') === '2.0' ? 2 : 0));
  },
  open: () => openReader(mcpGrammar()),
  request: {
    model: 'none',
    method: 'POST',
    pathSuffix: '/mcp',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'streamduel', version: '1' },
      },
    },
  },
};
