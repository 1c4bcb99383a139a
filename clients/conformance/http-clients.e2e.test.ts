// The HTTP twins with a client of another author and language: curl receives the same stream over
// each of them, whole, and speaks the version of HTTP, the method and the coding that the arm is
// named after.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { transports, type TransportId } from '../../bench/contract/arms/transports.ts';
import { TLS_NAME } from '../../bench/contract/certificate.ts';
import { renderStreamRequest } from '../../bench/contract/control-events.ts';
import { isUntested, whyNoProgram } from '../../bench/missing-fixture.ts';
import { makeCertificate } from '../../bench/trial/certificate.ts';
import { testPopulation } from '../../servers/kept-fixture.ts';
import { startTestServer } from '../../servers/twin-fixture.ts';

const noCurl = isUntested('streams received by curl', whyNoProgram('curl', 'apt-get install curl'));

const STREAM = 2;

interface Answer {
  /** Status, version of HTTP, coding and type, as curl heard them. */
  readonly head: string;
  readonly text: string;
}

async function ask(url: string, flags: readonly string[]): Promise<Answer> {
  const written = '%{stderr}%{http_code} %{http_version} %header{content-encoding} %{content_type}';
  const { stdout, stderr } = await promisify(execFile)(
    'curl',
    ['--silent', '--no-buffer', '--max-time', '30', '--write-out', written, ...flags, url],
    { maxBuffer: 2 ** 20 },
  );
  return { head: stderr.trim(), text: stdout };
}

interface Message {
  readonly s?: number;
  readonly d?: string;
  readonly sha256?: string;
}

/** The JSON values of the tokens and of `done`, whatever frames them. */
function messagesOf(text: string): Message[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Message)
    .filter(({ s }) => s !== undefined);
}

const post = ['--header', 'content-type: application/json', '--data', renderStreamRequest()];
const EVENTS = 'text/event-stream; charset=utf-8';
const LINES = 'application/x-ndjson; charset=utf-8';

it.skipIf(noCurl).each<[TransportId, readonly string[], string]>([
  ['sse', ['--http1.1'], `200 1.1  ${EVENTS}`],
  ['sse-post', post, `200 1.1  ${EVENTS}`],
  ['sse-gzip', ['--compressed'], `200 1.1 gzip ${EVENTS}`],
  ['sse-gzip', [], `200 1.1  ${EVENTS}`],
  ['ndjson', post, `200 1.1  ${LINES}`],
  ['buffered', post, `200 1.1  ${LINES}`],
  ['sse-h2', ['--http2-prior-knowledge'], `200 2  ${EVENTS}`],
])('%s with %j', async (transport, flags, head) => {
  await using server = await startTestServer(transport, { population: testPopulation });
  const url = `http://127.0.0.1:${server.port}${transports[transport].route(String(STREAM))}`;
  const answer = await ask(url, flags);
  expect(answer.head).toBe(head);
  const messages = messagesOf(answer.text);
  const done = messages.pop();
  const tokens = testPopulation.tokens[STREAM] as number;
  expect(messages.map(({ s }) => s)).toEqual(Array.from({ length: tokens }, (_, i) => i + 1));
  const sha256 = createHash('sha256')
    .update(messages.map(({ d }) => d).join(''))
    .digest('hex');
  expect(done).toMatchObject({ s: tokens + 1, sha256 });
  expect(server.planned.find({ id: String(STREAM) })?.sha256).toBe(sha256);
});

it.skipIf(noCurl)(
  'over TLS curl agrees on HTTP/2 and trusts the certificate of the run',
  async () => {
    const certificate = await makeCertificate();
    await using server = await startTestServer('sse-h2', {
      population: testPopulation,
      tls: certificate,
    });
    using folder = mkdtempDisposableSync(join(tmpdir(), 'curl-'));
    const file = join(folder.path, 'cert.pem');
    writeFileSync(file, certificate.cert);
    const path = transports['sse-h2'].route(String(STREAM));
    const url = `https://${TLS_NAME}:${server.port}${path}`;
    const { head, text } = await ask(url, ['--cacert', file, '--ipv4']);
    expect(head).toBe(`200 2  ${EVENTS}`);
    expect(messagesOf(text)).toHaveLength((testPopulation.tokens[STREAM] as number) + 1);
  },
);

it.skipIf(noCurl)('the twin over HTTP/2 does not answer HTTP/1.1 as if it could', async () => {
  await using server = await startTestServer('sse-h2', { population: testPopulation });
  const url = `http://127.0.0.1:${server.port}${transports['sse-h2'].route(String(STREAM))}`;
  const { head } = await ask(url, ['--http1.1']).catch((error: { stderr: string }) => ({
    head: error.stderr.trim(),
  }));
  expect(head).not.toContain('200');
});
