// Holds each minimal program against all cases: a client with the usual server of its transport, in
// Node and in a page, and a server with clients that can do all that is asked.

import type { Browser } from 'playwright-core';
import { judgeAlone, type Judgement } from '../../../clients/conformance/judge.ts';
import { startChromium, type ChromiumReceiver } from '../../../clients/conformance/chromium.ts';
import { undiciEventSource } from '../../../clients/conformance/event-sources.ts';
import { minimal, parser } from '../../../clients/conformance/readers.ts';
import type { Receiver } from '../../../clients/conformance/receiver.ts';
import { startVectorServer } from '../../../clients/conformance/vector-server.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { CodeProgram, TriedCases } from '../../contract/code-measure.ts';
import { messageOf } from '../../contract/errors.ts';
import { projectPath } from '../../contract/program.ts';
import { bundleProgram } from './bundle-program.ts';
import { faultCases, tryCase, type StartServer } from './fault-cases.ts';
import {
  clientFrameCases,
  serverFrameCases,
  tryFramesOnClient,
  tryFramesOnServer,
} from './frame-trials.ts';
import { nodeClient } from './node-client.ts';
import { pageClient } from './page-client.ts';
import { clientPrograms, serverPrograms, type ClientId, type ServerId } from './programs.ts';
import { serverCases, tryServerCase } from './server-cases.ts';
import type { TriedClient } from './tried-client.ts';

const usualServers = {
  sse: 'sse',
  'sse-post': 'sse-post',
  ws: 'ws-library',
} as const satisfies Record<CodeProgram['transport'], ServerId>;

/** Clients that can hold back a server. */
const ableClients: Readonly<Record<CodeProgram['transport'], readonly ClientId[]>> = {
  sse: ['sse'],
  'sse-post': ['sse-post'],
  ws: ['ws-library', 'ws'],
};

async function loadServer(id: ServerId): Promise<StartServer> {
  const program = serverPrograms.find((one) => one.id === id);
  if (program === undefined) throw new Error(`no server ${id}`);
  const { start } = (await import(projectPath(program.file))) as { readonly start: StartServer };
  return start;
}

async function loadClient(id: ClientId): Promise<TriedClient> {
  const program = clientPrograms.find((one) => one.id === id);
  if (program === undefined) throw new Error(`no client ${id}`);
  return await nodeClient(program.file);
}

interface NamedTrial {
  readonly name: string;
  readonly run: () => Promise<void>;
}

interface Outcome {
  readonly name: string;
  readonly why: string | undefined;
}

/** Pages that are open at a time: more would be late by each other. */
const MOST_PAGES = 4;

/** Side by side: most of the time is waiting. */
async function tryAll(
  how: string,
  trials: readonly NamedTrial[],
  most = trials.length,
): Promise<TriedCases> {
  const outcomes: Outcome[] = [];
  const waiting = trials.map((trial, index) => ({ ...trial, index }));
  const lane = async (): Promise<void> => {
    for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) {
      const { name, index, run } = trial;
      try {
        await run();
        outcomes[index] = { name, why: undefined };
      } catch (error) {
        outcomes[index] = { name, why: messageOf(error).split('\n')[0] ?? '' };
      }
    }
  };
  await Promise.all(Array.from({ length: most }, lane));
  return {
    how,
    passed: outcomes.flatMap(({ name, why }) => (why === undefined ? [name] : [])),
    failed: outcomes.flatMap(({ name, why }) => (why === undefined ? [] : [{ name, why }])),
  };
}

/** In each place where it runs; a page is left out without a browser. */
export async function tryClient(
  { id, file, transport, runsIn }: (typeof clientPrograms)[number],
  browser: Browser | undefined,
): Promise<readonly TriedCases[]> {
  const startServer = await loadServer(usualServers[transport]);
  const ways: (readonly [string, TriedClient, number?])[] = [];
  const inNode = id.startsWith('event-source') ? 'in Node, by undici' : 'in Node';
  ways.push([inNode, await nodeClient(file)]);
  if (browser !== undefined && runsIn !== 'node')
    ways.push([
      'in a page',
      pageClient(browser, await bundleProgram({ file, runsIn })),
      MOST_PAGES,
    ]);
  const tried: TriedCases[] = [];
  for (const [how, client, most] of ways)
    tried.push(
      await tryAll(
        how,
        faultCases.map((one) => ({
          name: one.name,
          run: async () => await tryCase(one, { client, startServer }),
        })),
        most,
      ),
    );
  return tried;
}

export async function tryServer({
  id,
  transport,
}: (typeof serverPrograms)[number]): Promise<readonly TriedCases[]> {
  const startServer = await loadServer(id);
  const tried: TriedCases[] = [];
  for (const clientId of ableClients[transport]) {
    const client = await loadClient(clientId);
    tried.push(
      await tryAll(`with client ${clientId}`, [
        ...faultCases.map((one) => ({
          name: one.name,
          run: async () => await tryCase(one, { client, startServer }),
        })),
        ...serverCases.map((one) => ({
          name: one.name,
          run: async () => await tryServerCase(one, { startServer, transport }),
        })),
      ]),
    );
  }
  return tried;
}

/** Event streams as WHATWG HTML §9.2 means them; frames as RFC 6455 does. */
export async function tryClientConformance(
  { id, file, transport }: (typeof clientPrograms)[number],
  browser: Browser | undefined,
): Promise<TriedCases> {
  // Its platform reads: the client with all duties is tried for both.
  if (id.endsWith('-listening')) return { how: 'as its platform', passed: [], failed: [] };
  if (transports[transport].protocol === 'websocket') {
    const isInPage = id === 'websocket' && browser !== undefined;
    const client = isInPage
      ? pageClient(browser, await bundleProgram({ file, runsIn: 'both' }))
      : await nodeClient(file);
    return await tryAll(
      isInPage ? 'frames, in a page' : 'frames',
      clientFrameCases.map((one) => ({
        name: one.name,
        run: async () => await tryFramesOnClient(one, client),
      })),
      isInPage ? MOST_PAGES : undefined,
    );
  }
  if (id !== 'event-source')
    return judged('event streams', await judgeAlone(id.endsWith('parser') ? parser : minimal));
  if (browser === undefined)
    return judged('event streams, by undici', await judgeAlone(undiciEventSource));
  await using server = await startVectorServer();
  await using chromium: ChromiumReceiver = await startChromium(`http://127.0.0.1:${server.port}/`);
  return judged('event streams, in a page', await judgeAlone(chromium satisfies Receiver));
}

export async function tryServerConformance({
  id,
  transport,
}: (typeof serverPrograms)[number]): Promise<TriedCases> {
  const startServer = await loadServer(id);
  if (transports[transport].protocol !== 'websocket')
    return { how: 'nothing to read but HTTP', passed: [], failed: [] };
  return await tryAll(
    'frames',
    serverFrameCases.map((one) => ({
      name: one.name,
      run: async () => await tryFramesOnServer(one, startServer),
    })),
  );
}

function judged(how: string, judgements: readonly Judgement[]): TriedCases {
  const names = [...new Set(judgements.map(({ vector }) => vector.name))];
  const whyOf = (name: string): string | undefined =>
    judgements.find(({ vector, differences }) => vector.name === name && differences.length > 0)
      ?.differences[0];
  return {
    how,
    passed: names.filter((name) => whyOf(name) === undefined),
    failed: names.flatMap((name) => {
      const why = whyOf(name);
      return why === undefined ? [] : [{ name, why }];
    }),
  };
}
