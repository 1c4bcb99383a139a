import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addPage, readPageFiles } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'page-'));
let app: FastifyInstance;

beforeAll(() => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>é</title>');
  writeFileSync(join(folder, 'app.js'), 'export const one = 1;');
  writeFileSync(join(folder, 'style.css'), 'body { color: black }');
  writeFileSync(join(folder, 'notes.txt'), 'not for the browser');
  mkdirSync(join(folder, 'folder.js'));
  app = Fastify();
  addPage(app, readPageFiles(folder));
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

it.each([
  ['/demo', 'text/html; charset=utf-8', '<!doctype html><title>é</title>'],
  ['/demo/app.js', 'text/javascript; charset=utf-8', 'export const one = 1;'],
  ['/demo/style.css', 'text/css; charset=utf-8', 'body { color: black }'],
])(
  '%s is sent as %s, never cached unasked, and may load nothing from elsewhere',
  async (url, contentType, body) => {
    const response = await app.inject(url);
    expect([response.statusCode, response.body]).toEqual([200, body]);
    expect(response.headers).toMatchObject({
      'content-type': contentType,
      'cache-control': 'no-cache',
      'content-security-policy':
        "default-src 'self'; connect-src *; img-src 'self' data:; style-src 'self'",
      'x-content-type-options': 'nosniff',
    });
  },
);

it.each([
  '/demo/nothing.js',
  '/demo/notes.txt',
  '/demo/folder.js',
  '/demo/../page.ts',
  '/demo/..%2fpage.ts',
  '/demo/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/demo/__proto__',
  '/demo/constructor',
])('%s is not there', async (url) => {
  const response = await app.inject(url);
  expect(response.statusCode).toBe(404);
});

it.each(['/', '/demo/'])('%s leads to the page', async (url) => {
  const response = await app.inject(url);
  expect([response.statusCode, response.headers.location]).toEqual([302, '/demo']);
});

it('the icon that every browser asks for is answered with nothing', async () => {
  expect((await app.inject('/favicon.ico')).statusCode).toBe(204);
});
