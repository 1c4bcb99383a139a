// Renders the payload of a message to many subscribers once, for the first of them, and keeps it
// for the others, as a broadcast does. They are served one after another, so one kept payload is
// enough.

import { renderContent, type Payload } from '../bench/contract/payload.ts';
import type { PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';

/** Caches the last payload: a repeated request for the same one costs nothing. */
export function renderOnce(render = renderContent): typeof renderContent {
  let kept:
    | { template: PayloadTemplate; sequence: number; content: string | Buffer; payload: Payload }
    | undefined;
  return (template, sequence, content) => {
    if (kept?.sequence === sequence && kept.content === content && isSame(kept.template, template))
      return kept.payload;
    const payload = render(template, sequence, content);
    kept = { template, sequence, content, payload };
    return payload;
  };
}

/**
 * Each subscriber has a template of its own, made of the same strings unless its stream's id is in
 * them.
 */
function isSame(one: PayloadTemplate, other: PayloadTemplate): boolean {
  return (
    one === other ||
    (one.before === other.before &&
      one.between === other.between &&
      one.after === other.after &&
      one.firstNumber === other.firstNumber)
  );
}
