// @fastify/http-proxy: a gateway in Node.

import { scaledDefault, type ProxyDescription } from './proxy.ts';

export const fastifyHttpProxy = {
  title: '@fastify/http-proxy',
  programs: ['node'],
  versionArguments: ['--version'],
  source: '@fastify/http-proxy, README, “Example”',
  files: ({ port, serverPort, idleScale }) => ({
    'proxy.mjs': [
      "import Fastify from 'fastify';",
      "import proxy from '@fastify/http-proxy';",
      '',
      'const server = Fastify();',
      'server.register(proxy, {',
      `  upstream: 'http://127.0.0.1:${serverPort}',`,
      {
        fixed: '  websocket: true,',
        why: 'Without it a request for an upgrade is passed on as a plain GET, which the server refuses: no WebSocket connects.',
      },
      {
        ...scaledDefault(
          { idleScale },
          (scale) => `  undici: { bodyTimeout: ${scale(300) * 1000} },`,
        ),
        fixed: '  undici: { bodyTimeout: 0 },',
        why: 'By default undici, which asks the server, ends a response on which nothing came for 300 s.',
      },
      '});',
      `await server.listen({ host: '127.0.0.1', port: ${port} });`,
    ],
  }),
  startArguments: ({ folder }) => [`${folder}/proxy.mjs`],
} as const satisfies ProxyDescription;
