import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planProbe } from './probe-request.ts';

const folder = mkdtempSync(join(tmpdir(), 'probe-request-'));
afterAll(() => rmSync(folder, { recursive: true }));

const environment = { OPENAI_API_KEY: 'sk-openai-1', KEY: 'secret-key' };
const plan = (url: string, flags: Parameters<typeof planProbe>[1] = {}) =>
  planProbe(url, flags, environment);

describe('a request', () => {
  it('is a GET with generous limits, unless something else is asked for', () => {
    expect(plan('http://h/x').request).toEqual({
      url: 'http://h/x',
      method: 'GET',
      headers: [],
      timeoutMs: 30_000,
      totalTimeoutMs: 120_000,
      http: 1,
      maxBytes: 32 * 1024 * 1024,
      allowedRedirects: [],
      credentialHeaders: [],
    });
  });

  it('with data is a POST, and the data may be a file', () => {
    const path = join(folder, 'body.json');
    writeFileSync(path, '{"key":"${KEY}"}');
    expect(plan('http://h/', { data: `@${path}` }).request).toMatchObject({
      method: 'POST',
      body: '{"key":"secret-key"}',
      hasSecretBody: true,
    });
    expect(plan('http://h/', { data: 'x', method: 'put' }).request).toMatchObject({
      method: 'PUT',
      body: 'x',
    });
  });

  it('of a dialect asks a small question, with the model that is wanted', () => {
    const { request, dialect, secrets, leftOut } = plan('http://h/v1/chat/completions', {
      dialect: 'openai-chat',
      model: 'tiny',
    });
    expect(dialect).toBe('openai-chat');
    expect(request.method).toBe('POST');
    expect(JSON.parse(request.body ?? '')).toMatchObject({ model: 'tiny', stream: true });
    expect(request.headers).toContainEqual(['authorization', 'Bearer sk-openai-1']);
    expect(request.credentialHeaders).toEqual(['authorization']);
    expect(secrets.redact('sk-openai-1')).toBe('${OPENAI_API_KEY}');
    expect(leftOut).toEqual([]);
  });

  it('of a dialect leaves out headers for which there is no value, and says so', () => {
    const { request, leftOut } = planProbe('http://h/', { dialect: 'openai-chat' }, {});
    expect(request.headers).toEqual([['content-type', 'application/json']]);
    expect(leftOut).toEqual(['authorization: Bearer ${OPENAI_API_KEY}']);
  });

  it('of a dialect with headers of the user has those instead', () => {
    const { request } = plan('http://h/', {
      dialect: 'openai-chat',
      header: ['Authorization: Bearer ${KEY}'],
    });
    expect(request.headers).toEqual([
      ['content-type', 'application/json'],
      ['Authorization', 'Bearer secret-key'],
    ]);
  });

  it('over a WebSocket sends the messages of the dialect, or those of the user', () => {
    const { request } = plan('ws://h/v1/responses', { dialect: 'responses', model: 'm' });
    expect(request.messages?.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { type: 'response.create', model: 'm' },
    ]);
    expect(request.body).toBeUndefined();
    expect(plan('wss://h/', { message: ['a', '${KEY}'] }).request.messages).toEqual([
      'a',
      'secret-key',
    ]);
  });

  it('hides credentials that were written out, and those of the URL', () => {
    const { secrets } = plan('http://name:pass-word@h/', {
      header: ['authorization: Bearer abcdefgh', 'x-plain: visible-one'],
    });
    expect(secrets.redact('abcdefgh, pass-word, visible-one')).toBe(
      '<authorization>, <password>, visible-one',
    );
    expect(secrets.redact(Buffer.from('name:pass-word').toString('base64'))).toBe('<password>');
  });
});

describe('a usage error says what and what instead', () => {
  it.each([
    ['localhost:8000', {}, '"localhost:8000" is no URL'],
    ['ftp://h/', {}, '"ftp://h/" is no URL'],
    ['http://h/', { header: ['no colon'] }, '--header: expected "name: value"'],
    ['http://h/', { header: ['a: ${NOPE}'] }, '--header a: the environment has no NOPE'],
    ['http://h/', { data: '${NOPE}' }, '--data: the environment has no NOPE'],
    ['http://h/?k=${NOPE}', {}, 'the URL: the environment has no NOPE'],
    ['http://h/', { data: '@/no/such/file' }, '--data /no/such/file: ENOENT'],
    ['http://h/', { ca: '/no/such/file' }, '--ca /no/such/file: ENOENT'],
    ['http://h/', { dialect: 'openai' }, '--dialect openai: there is no dialect "openai"'],
    ['http://h/', { timeout: '10' }, '--timeout 10: expected a duration'],
    ['http://h/', { timeout: '0s' }, '--timeout 0s: expected a time above 0'],
    ['http://h/', { maxTime: '25h' }, '--max-time 25h: expected a time above 0, at most 24h'],
    ['http://h/', { maxTime: '0s' }, '--max-time 0s: expected a time above 0'],
    ['http://h/', { http: '3' }, '--http 3: expected a whole number from 1 to 2'],
    ['http://h/', { message: ['x'] }, '--message: that is for ws: and wss: URLs'],
    ['http://h/', { subprotocol: ['x'] }, '--subprotocol: that is for ws: and wss: URLs'],
    ['ws://h/', { data: 'x' }, '--data: a WebSocket has none'],
    ['ws://h/', { resume: true }, '--resume: a WebSocket has none'],
    ['ws://h/', { http: '2' }, '--http: a WebSocket has none'],
    ['http://h/', { model: 'x' }, '--model: there is no request to put it into'],
    ['http://h/', { model: 'x', data: 'x', dialect: 'openai-chat' }, '--model: what is asked'],
  ])('%s %j', (url, flags, message) => {
    expect(() => plan(url, flags)).toThrow(message);
  });

  it('without the value of a secret', () => {
    expect(() => plan('nonsense:${KEY}')).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('secret-key') as string,
      }) as Error,
    );
  });
});
