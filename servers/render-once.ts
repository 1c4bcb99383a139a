// The payload of a message that goes to many subscribers, rendered for the first of them and kept for the others, as a
// broadcast does. They are served one after another, so one kept payload is enough.

import { renderPayload, type PayloadTemplate } from '../bench/contract/payload.ts';

/** With a memory of one: free of charge for whoever asks for the same once more. */
export function renderOnce(render = renderPayload): typeof renderPayload {
  let kept: { template: PayloadTemplate; sequence: number; jsonText: string; payload: string } | undefined;
  return (template, sequence, jsonText) => {
    if (kept?.sequence === sequence && kept.jsonText === jsonText && isSame(kept.template, template)) return kept.payload;
    const payload = render(template, sequence, jsonText);
    kept = { template, sequence, jsonText, payload };
    return payload;
  };
}

/** Each subscriber has a template of its own, made of the same strings unless its stream's id is in them. */
function isSame(one: PayloadTemplate, other: PayloadTemplate): boolean {
  return (
    one === other ||
    (one.before === other.before &&
      one.between === other.between &&
      one.after === other.after &&
      one.carriesSequence === other.carriesSequence)
  );
}
