// aimock's own recording, made here: its proxy records a stream whose gaps are known.

import { createServer } from 'node:http';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, expect, it } from 'vitest';
import { deltasOf } from '../recorded-deltas.ts';
import { importAimock } from './aimock.ts';
import { importTrace } from './import-trace.ts';

const folder = mkdtempSync(join(tmpdir(), 'aimock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const words = ['One', ' two', ' three', ' four'];
const GAP_MS = 20;

async function all<T>(streams: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of streams) found.push(one);
  return found;
}

const upstream = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  void (async () => {
    for (const content of words) {
      const choices = [{ index: 0, delta: { content }, finish_reason: null }];
      response.write(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'm', choices })}\n\n`,
      );
      await setTimeout(GAP_MS);
    }
    response.end('data: [DONE]\n\n');
  })();
});

it('has the text, and the gaps that were made', async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  const mock = new LLMock({
    record: { providers: { openai: `http://127.0.0.1:${port}` }, fixturePath: folder },
  });
  const url = await mock.start();
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: 'count' }],
      }),
    });
    expect(await response.text()).toContain('[DONE]');
  } finally {
    await mock.stop();
    upstream.close();
    upstream.closeAllConnections();
  }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  expect(files.map(({ name }) => name)).toEqual([expect.stringMatching(/\.json$/)]);
  const path = join(files[0]!.parentPath, files[0]!.name);
  const [record] = await all(importTrace(path, undefined));
  const deltas = record === undefined ? undefined : deltasOf(record, path);
  expect(deltas).toMatchObject({ tokens: words });
  expect(record?.imported).toEqual({ from: 'aimock', text: 'resplit', reads: 'by-equal-times' });
  const { offsetsNs } = deltas as { readonly offsetsNs: readonly number[] };
  // Timers are late but not early; the first token may be read late, too, and the rest then sooner after it.
  expect(offsetsNs[3]! - offsetsNs[0]!).toBeGreaterThan(GAP_MS * 1e6);
});

it.each([
  [{ response: { content: 'a' } }, /fixtures\[0\] has no recordedTimings/],
  [
    { response: { toolCalls: [] }, recordedTimings: { ttftMs: 1, interChunkDelaysMs: [1] } },
    /fixtures\[0\] has no response\.content/,
  ],
  [
    { response: { content: 'a' }, recordedTimings: { ttftMs: 1, interChunkDelaysMs: [1, -1] } },
    /interChunkDelaysMs\[1\] is -1, which is negative/,
  ],
])('%j is refused by name', async (fixture, message) => {
  const path = join(folder, 'bad.json');
  writeFileSync(path, JSON.stringify({ fixtures: [{ match: {}, ...fixture }] }));
  await expect(all(importAimock(path))).rejects.toThrow(message);
});
