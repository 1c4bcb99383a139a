// A stop over HTTP: a request of its own, repeated until the server has it.

import { waitAfter, type StreamRequest } from './resuming.ts';

export async function cancelByPost({ origin, id }: StreamRequest): Promise<void> {
  for (let losses = 0; ; losses++) {
    try {
      const { ok } = await fetch(`${origin}/streams/${id}/cancel`, {
        method: 'POST',
        signal: AbortSignal.timeout(5000),
      });
      if (ok) return;
    } catch {
      // The server is away; the next request may find it.
    }
    await waitAfter(losses);
  }
}
