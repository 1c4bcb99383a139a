// Hands Node the sources that stripped-sources.ts stripped, which lie beside this file; runs in a
// child before its program. It must import only Node's own modules: it is the first module that a
// child loads.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/**
 * File name of the stripped source of a URL: a hash, because a path can be longer than a file name
 * may be.
 */
export function strippedName(url: string): string {
  return `${createHash('sha256').update(url).digest('hex')}.mjs`;
}

/** Returns undefined for a source that was not stripped in advance: Node then strips it itself. */
function readStripped(url: string): string | undefined {
  try {
    return readFileSync(new URL(strippedName(url), import.meta.url), 'utf8');
  } catch {
    return undefined;
  }
}

// Runs only in the copy that stripped-sources.ts made for children; the orchestrator imports this
// file only for `strippedName`.
if (import.meta.filename.endsWith('.mjs')) {
  registerHooks({
    load: (url, context, nextLoad) => {
      const source = url.startsWith('file:') && url.endsWith('.ts') ? readStripped(url) : undefined;
      return source === undefined
        ? nextLoad(url, context)
        : { format: 'module', source, shortCircuit: true };
    },
  });
}
