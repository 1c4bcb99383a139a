// `streamduel probe` as a user runs it: against our own twins, a mock of the vendors' APIs, and
// servers that are hostile or broken.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../servers/twin-fixture.ts';
import { CliFolder, type Ended } from './cli-fixture.ts';
import type { ProbeReport } from './probe/report-probe.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

const KEY = 'sk-live-0123456789abcdef';

interface Probed extends Ended {
  readonly report: ProbeReport;
}

async function probeJson(...words: readonly string[]): Promise<Probed> {
  const ended = await place.run('probe', ...words, '--json');
  expect(ended.stderr).toBe('');
  return { ...ended, report: JSON.parse(ended.stdout) as ProbeReport };
}

describe('a mock of the APIs of vendors', () => {
  let mock: LLMock;
  const answer = 'one two three four five six seven eight nine ten eleven twelve';

  beforeAll(async () => {
    mock = new LLMock({ port: 0, host: '127.0.0.1' });
    mock.onMessage(/./, { content: answer }, { latency: 5, chunkSize: 5 });
    await mock.start();
  });
  afterAll(async () => await mock.stop());

  const over = [
    ['openai-chat', 'http', '/v1/chat/completions'],
    ['responses', 'http', '/v1/responses'],
    ['anthropic', 'http', '/v1/messages'],
    ['gemini', 'http', '/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse'],
    ['ollama', 'http', '/api/chat'],
    ['responses', 'ws', '/v1/responses'],
    ['realtime', 'ws', '/v1/realtime?model=gpt-realtime'],
  ] as const;

  it.each(over)('%s over %s%s is asked, found out and whole', async (dialect, scheme, path) => {
    const url = `${scheme}://127.0.0.1:${mock.port}${path}`;
    const { code, report } = await probeJson(url, '--dialect', dialect);
    expect(report.dialect).toMatchObject({ id: dialect, isSure: true });
    expect(report.failure).toBeUndefined();
    expect(report.completeness?.failures).toEqual([]);
    expect(code).toBe(0);
    expect(report.counts.tokensByChannel.content).toBeGreaterThan(5);
    const { byteNs = 0, eventNs = 0, tokenNs = 0, contentNs = 0 } = report.firsts;
    expect(byteNs).toBeGreaterThan(0);
    expect(eventNs).toBeGreaterThanOrEqual(byteNs);
    expect(tokenNs).toBeGreaterThanOrEqual(eventNs);
    expect(contentNs).toBeGreaterThanOrEqual(tokenNs);
  });

  it('the dialect is found out from the answer alone', async () => {
    const body = { model: 'gpt-4', stream: true, messages: [{ role: 'user', content: 'x' }] };
    const url = `http://127.0.0.1:${mock.port}/v1/chat/completions`;
    const { code, report } = await probeJson(url, '--data', JSON.stringify(body));
    expect(report.dialect).toMatchObject({ id: 'openai-chat', isSure: true });
    expect([code, report.isWhole]).toEqual([0, true]);
  });

  it('an answer without a stream is one JSON answer', async () => {
    const body = { model: 'gpt-4', messages: [{ role: 'user', content: 'x' }] };
    const url = `http://127.0.0.1:${mock.port}/v1/chat/completions`;
    const { code, report } = await probeJson(url, '--data', JSON.stringify(body));
    expect([code, report.failure?.cause]).toEqual([1, 'json-error']);
  });
});

describe('our own twins', () => {
  it('with the payload of OpenAI over POST are whole in its dialect', async () => {
    await using server = await startTestServer('sse-post', { payload: 'openai' });
    const url = `http://127.0.0.1:${server.port}/v1/streams/one?n=40&rate=2000&seed=7`;
    const { code, report } = await probeJson(url, '--data', '{"stream":true}');
    expect(report.dialect?.id).toBe('openai-chat');
    expect(report.completeness?.failures).toEqual([]);
    expect([code, report.counts.tokens]).toEqual([0, 40]);
  });

  it('over WebSocket are whole in their own dialect', async () => {
    await using server = await startTestServer('ws');
    const url = `ws://127.0.0.1:${server.port}/v1/ws/one?n=40&rate=2000&seed=7`;
    const { code, report } = await probeJson(url, '--subprotocol', 'tokens.v1.json');
    expect(report.dialect?.id).toBe('streamduel');
    expect([code, report.counts.tokens, report.closeCode]).toEqual([0, 40, 1000]);
    expect(report.completeness?.reached).toBe(3);
  });

  it('over NDJSON are whole, too', async () => {
    await using server = await startTestServer('ndjson');
    const url = `http://127.0.0.1:${server.port}/v1/ndjson/one?n=40&rate=2000&seed=7`;
    const { code, report } = await probeJson(url, '--data', '{"stream":true}');
    expect([code, report.answer?.framing, report.counts.tokens]).toEqual([0, 'lines', 40]);
  });

  it('of `serve` resume with the next event', async () => {
    const program = place.start('serve', '--port', '0', '--ws-port', '0');
    await expect
      .poll(() => program.answered().split('\n').length, { timeout: 60_000, interval: 50 })
      .toBe(4);
    const [, origin] = /(http:\/\/[\d.:]+)\/demo/.exec(program.answered())!;
    const { code, report } = await probeJson(
      `${origin}/v1/streams/mine?n=40&rate=40&seed=7`,
      '--resume',
    );
    program.child.kill('SIGTERM');
    await program.ended;
    expect(report.resume).toMatchObject({ verdict: 'continues', repeated: 0, lost: 0 });
    expect([code, report.counts.tokens, report.dialect?.id]).toEqual([0, 40, 'streamduel']);
    expect(report.buffering.kind).not.toBe('all');
  });
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/stream`;
}

const eventStream = { 'content-type': 'text/event-stream' } as const;

describe('a secret', () => {
  const withKey = async (...words: readonly string[]): Promise<Ended> => {
    process.env['PROBE_TEST_KEY'] = KEY;
    try {
      return await place.run('probe', ...words);
    } finally {
      delete process.env['PROBE_TEST_KEY'];
    }
  };

  /** Says everything that it was told in every place that there is. */
  const echo: Handler = (request, response) => {
    const said = `${request.headers.authorization} ${request.url}`;
    let body = '';
    request.on('data', (bytes) => (body += String(bytes)));
    request.on('end', () => {
      response.writeHead(request.url?.includes('refuse') === true ? 401 : 200, {
        'content-type':
          request.url?.includes('refuse') === true ? `text/${KEY}` : 'text/event-stream',
        'x-echo': said,
        'set-cookie': `k=${KEY}`,
      });
      response.write(`event: ${KEY}\nid: ${KEY}\ndata: ${said} ${body}\n\n`);
      response.write(`data: ${Buffer.from(KEY).toString('base64')}\n\n`);
      response.end(`data: {"error":{"message":"${KEY} is wrong","code":"${KEY}"}}\n\n`);
    });
  };

  const request = [
    '--header',
    'authorization: Bearer ${PROBE_TEST_KEY}',
    '--data',
    '{"key":"${PROBE_TEST_KEY}"}',
  ];

  it.each([
    ['on the terminal', '', []],
    ['as JSON', '', ['--json']],
    ['in the record', '', ['--record', 'echo.ndjson']],
    ['when it is refused', '&refuse', []],
    ['when it is refused, as JSON', '&refuse', ['--json', '--record', 'echo.ndjson']],
    ['when it is asked to resume', '', ['--resume', '--json']],
  ])('appears nowhere %s, though the server sends it back', async (_where, query, words) => {
    const url = await serve(echo);
    const { stdout, stderr } = await withKey(
      `${url}?key=\${PROBE_TEST_KEY}${query}`,
      ...request,
      ...words,
    );
    const saved = words.includes('--record')
      ? readFileSync(join(place.path, 'echo.ndjson'), 'utf8')
      : '';
    const decoded = saved.replaceAll(/"([A-Za-z0-9+/=]{8,})"/g, (_, b64: string) =>
      Buffer.from(b64, 'base64').toString(),
    );
    const all = [stdout, stderr, saved, decoded].join('\n');
    expect(all).toContain('${PROBE_TEST_KEY}');
    for (const form of [KEY, Buffer.from(KEY).toString('base64'), KEY.slice(0, 12)])
      expect(all).not.toContain(form);
  });

  it('that is missing is a usage error that names it', async () => {
    const { code, stderr } = await place.run('probe', 'http://127.0.0.1:9/', ...request);
    expect(code).toBe(2);
    expect(stderr).toContain('--header authorization: the environment has no PROBE_TEST_KEY');
  });

  it('that cannot be sent is refused without being shown', async () => {
    process.env['PROBE_TEST_BAD'] = `${KEY}\r\nx: y`;
    const { code, stdout, stderr } = await place.run(
      'probe',
      'http://127.0.0.1:9/',
      '--header',
      'x: ${PROBE_TEST_BAD}',
    );
    delete process.env['PROBE_TEST_BAD'];
    expect(code).toBe(2);
    expect(stderr).toContain('the value of header x has characters');
    expect(stdout + stderr).not.toContain(KEY);
  });
});

describe('a server that is not to be trusted', () => {
  it('cannot write to the terminal', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e';
    const url = await serve((_request, response) => {
      response.writeHead(200, eventStream);
      response.end(`data: {"error":{"message":${JSON.stringify(evil)}}}\n\ndata: ${evil}\n\n`);
    });
    const shown = await place.run('probe', url);
    const json = await place.run('probe', url, '--json');
    for (const text of [shown.stdout, json.stdout])
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('that never ends is ended in time, with exit code 1', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, eventStream);
      const timer = setInterval(() => response.write('data: tick\n\n'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const { code, report } = await probeJson(url, '--max-time', '500ms');
    expect([code, report.failure?.cause, report.isWhole]).toEqual([1, 'too-long', false]);
    expect(report.counts.events).toBeGreaterThan(3);
  });

  it('that never ends is reported as far as it came on Ctrl-C', async () => {
    const { promise: started, resolve } = Promise.withResolvers<void>();
    const url = await serve((_request, response) => {
      response.writeHead(200, eventStream);
      const timer = setInterval(() => response.write('data: tick\n\n'), 20);
      response.on('close', () => clearInterval(timer));
      setTimeout(resolve, 200);
    });
    const program = place.start('probe', url, '--json');
    await started;
    program.child.kill('SIGINT');
    const { code, stdout } = await program.ended;
    const report = JSON.parse(stdout) as ProbeReport;
    expect([code, report.end.kind]).toEqual([1, 'by-client']);
    expect(report.counts.events).toBeGreaterThan(0);
  });

  it('that holds everything back is found out', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, eventStream);
      response.flushHeaders();
      setTimeout(() => response.end('data: x\n\n'.repeat(30)), 400);
    });
    const { code, stdout } = await place.run('probe', url);
    expect(code).toBe(0);
    expect(stdout).toContain('something buffers the whole answer');
    expect(stdout).toContain('The stream arrived whole.');
  });
});

it('records one line a probe, with events and reads', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, eventStream);
    response.end('id: 1\ndata: a\n\ndata: b\n\n');
  });
  await place.run('probe', url, '--record', 'two.ndjson');
  await place.run('probe', url, '--record', 'two.ndjson');
  const lines = readFileSync(join(place.path, 'two.ndjson'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  const record = JSON.parse(lines[0]!) as {
    readonly events: readonly (readonly [number, string])[];
    readonly reads: readonly (readonly [number, number])[];
  };
  expect(record.events.map(([, b64]) => Buffer.from(b64, 'base64').toString())).toEqual([
    'id: 1\ndata: a\n\n',
    'data: b\n\n',
  ]);
  expect(record.reads.map(([ns]) => ns)).toContain(record.events[0]![0]);
});

it.each([
  [['probe'], "missing required argument 'url'"],
  [['probe', 'nonsense'], '"nonsense" is no URL that can be opened'],
  [['probe', 'http://h/', '--record', '/no/such/folder/x'], '--record /no/such/folder/x'],
])('%j is a usage error', async (words, message) => {
  const { code, stderr } = await place.run(...words);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

it('refuses where nothing listens with exit code 1', async () => {
  const { code, stdout } = await place.run('probe', 'http://127.0.0.1:1/');
  expect(code).toBe(1);
  expect(stdout).toContain('refused: no connection to 127.0.0.1:1 (ECONNREFUSED');
  expect(stdout).toContain('There was no stream.');
});
