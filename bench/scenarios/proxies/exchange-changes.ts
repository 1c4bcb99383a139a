// What a path changed of a response: the same exchange over it and over loopback, side by side.

import type { Exchange } from '../../contract/proxy-cells.ts';

export interface ExchangeChanges {
  /** Names of fields that one of both has, or whose values differ. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly altered: readonly string[];
  /** Chunks that arrived, and those of the server; undefined for a response without chunks. */
  readonly chunks: { readonly arrived: number; readonly sent: number } | undefined;
  /** Whether each chunk arrived as the server made it. */
  readonly isChunkedAnew: boolean;
  /** Content coding that the server had not applied; undefined for none. */
  readonly coding: string | undefined;
  /** Whether the bytes after the head, without the framing of chunks, are the same. */
  readonly keepsBody: boolean;
}

/** They are of one connection, and each hop has its own (RFC 9110 §7.6.1). */
const hopByHop: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);
/** Its value is the time. */
const DATE = 'date';

export function exchangeChanges(over: Exchange, direct: Exchange): ExchangeChanges {
  const [own, sent] = [over, direct].map(
    ({ fields }) => new Map(fields.filter(([name]) => !hopByHop.has(name))),
  ) as [Map<string, string>, Map<string, string>];
  const coding = own.get('content-encoding');
  const hasChunks = over.chunkBytes.length > 0 || direct.chunkBytes.length > 0;
  return {
    added: [...own.keys()].filter((name) => !sent.has(name)),
    removed: [...sent.keys()].filter((name) => !own.has(name)),
    altered: [...own].flatMap(([name, value]) => {
      const before = sent.get(name);
      return before === undefined || name === DATE || isAlike(before, value) ? [] : [name];
    }),
    chunks: hasChunks
      ? { arrived: over.chunkBytes.length, sent: direct.chunkBytes.length }
      : undefined,
    isChunkedAnew: over.chunkBytes.join() !== direct.chunkBytes.join(),
    coding: coding === sent.get('content-encoding') ? undefined : coding,
    keepsBody: over.bodySha256 === direct.bodySha256,
  };
}

/** Tokens such as `Upgrade` have no case. */
function isAlike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
