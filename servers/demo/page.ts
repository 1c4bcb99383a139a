// Serves the page of the demo, and what a browser requests besides. Its files are read once and
// served by name, so no request can name any other file.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { refuse } from '../twin.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

const INDEX = 'index.html';

const headers = {
  // A changed page must show at once, and it comes from the same machine.
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'self'; connect-src *; img-src 'self' data:; style-src 'self'",
  'x-content-type-options': 'nosniff',
} as const;

interface PageFile {
  readonly contentType: string;
  readonly bytes: Buffer;
}

export type PageFiles = ReadonlyMap<string, PageFile>;

/** Files of other types are left out, and so are folders. */
export function readPageFiles(folder: string): PageFiles {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return new Map(
    entries.flatMap((entry) => {
      const { name } = entry;
      const contentType = contentTypes[extname(name)];
      return contentType === undefined || !entry.isFile()
        ? []
        : [[name, { contentType, bytes: readFileSync(join(folder, name)) }]];
    }),
  );
}

export function addPage(app: FastifyInstance, files: PageFiles): void {
  const send = (reply: FastifyReply, name: string): FastifyReply => {
    const file = files.get(name);
    if (file === undefined) return refuse(reply, 404, `the page has no file ${name}`);
    return reply.headers(headers).type(file.contentType).send(file.bytes);
  };
  app.get('/demo', async (_request, reply) => await send(reply, INDEX));
  app.get(
    '/demo/:file',
    async (request, reply) => await send(reply, (request.params as { file: string }).file),
  );
  for (const near of ['/', '/demo/'])
    app.get(near, async (_request, reply) => await reply.redirect('/demo'));
  // Every browser requests one, and would wait for the 404 on one of its few connections.
  app.get('/favicon.ico', async (_request, reply) => await reply.code(204).send());
}
