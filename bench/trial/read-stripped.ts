// Hands Node the sources that stripped-sources.ts stripped, which lie beside this file; in a child, before its program. It must
// import nothing but Node's own: it is the first that a child loads.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** The file in which the stripped source of a URL lies: a hash, as a path can be longer than a name may be. */
export function strippedName(url: string): string {
  return `${createHash('sha256').update(url).digest('hex')}.mjs`;
}

/** Undefined for what was not foreseen: Node then strips it itself. */
function readStripped(url: string): string | undefined {
  try {
    return readFileSync(new URL(strippedName(url), import.meta.url), 'utf8');
  } catch {
    return undefined;
  }
}

// Only as the copy that stripped-sources.ts made for children, and not in the orchestrator, which imports it for the name alone.
if (import.meta.filename.endsWith('.mjs')) {
  registerHooks({
    load: (url, context, nextLoad) => {
      const source = url.startsWith('file:') && url.endsWith('.ts') ? readStripped(url) : undefined;
      return source === undefined ? nextLoad(url, context) : { format: 'module', source, shortCircuit: true };
    },
  });
}
