// A minimal client in this process. Node keeps its EventSource behind a flag; that of undici is the
// same code.

import { EventSource as UndiciEventSource } from 'undici';
import type { ReceiveTokens } from '../../../clients/minimal/resuming.ts';
import { projectPath } from '../../contract/program.ts';
import type { ClientAsk, StartedClient, TriedClient } from './tried-client.ts';

export async function nodeClient(file: string): Promise<TriedClient> {
  Object.assign(globalThis, { EventSource: UndiciEventSource });
  const { receive } = (await import(projectPath(file))) as { readonly receive: ReceiveTokens };
  return {
    prepare: (ask) =>
      Promise.resolve({
        start: () => Promise.resolve(startHere(receive, ask)),
        // A client that would try for ever ends with this process.
        end: () => Promise.resolve(),
      }),
  };
}

function startHere(receive: ReceiveTokens, { isHeld, ...request }: ClientAsk): StartedClient {
  const texts: string[] = [];
  const held = Promise.withResolvers<void>();
  if (isHeld !== true) held.resolve();
  let ending: string | undefined;
  const { ended, stop } = receive(request, async (text) => {
    texts.push(text);
    await held.promise;
  });
  ended.then(
    () => (ending = 'over'),
    (error: unknown) => (ending = String(error)),
  );
  return {
    texts: () => Promise.resolve(texts),
    ending: () => Promise.resolve(ending),
    stop,
    release: () => Promise.resolve(held.resolve()),
  };
}
