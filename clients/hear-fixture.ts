// Test support: waits for what a load process says.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fromClientSchema, type FromClient } from '../bench/contract/messages.ts';

/** The next message of this kind. @throws Error when the process reports its failure instead */
export async function hear<Kind extends FromClient['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<FromClient, { kind: Kind }>> {
  for (;;) {
    const [raw] = (await once(child, 'message')) as [{ kind: string }];
    if (raw.kind === 'failed') throw new Error(JSON.stringify(raw));
    const message = fromClientSchema.parse(raw);
    if (message.kind === kind) return message as Extract<FromClient, { kind: Kind }>;
  }
}
