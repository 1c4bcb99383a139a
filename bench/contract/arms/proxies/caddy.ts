// Caddy as a reverse proxy.

import type { ProxyDescription } from './proxy.ts';

export const caddy = {
  title: 'Caddy',
  programs: ['caddy'],
  versionArguments: ['version'],
  source: 'Caddy, “Reverse proxy quick-start”',
  files: ({ port, serverPort }) => ({
    Caddyfile: [
      '{',
      '\tadmin off',
      '\tauto_https off',
      '\tpersist_config off',
      '}',
      `http://:${port} {`,
      '\tbind 127.0.0.1',
      `\treverse_proxy 127.0.0.1:${serverPort} {`,
      {
        fixed: '\t\tlb_try_duration 10s',
        why: 'While the server restarts, Caddy answers 502, after which an EventSource never tries again; with it the request waits for the server. Nothing else needs a change: Caddy passes event streams and WebSockets on as they come.',
      },
      '\t}',
      '}',
    ],
  }),
  startArguments: ({ folder }) => [
    'run',
    '--config',
    `${folder}/Caddyfile`,
    '--adapter',
    'caddyfile',
  ],
} as const satisfies ProxyDescription;
