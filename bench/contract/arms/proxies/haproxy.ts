// HAProxy as a reverse proxy.

import type { ProxyDescription } from './proxy.ts';

export const haproxy = {
  title: 'HAProxy',
  programs: ['haproxy'],
  versionArguments: ['-v'],
  source: 'HAProxy Configuration Manual, “Quick reminder about configuration files: Examples”',
  files: ({ port, serverPort, idleScale }) => ({
    'haproxy.cfg': [
      'defaults',
      '    mode http',
      '    timeout connect 5000ms',
      {
        plain: `    timeout client ${50_000 / idleScale}ms`,
        fixed: `    timeout client ${3600 / idleScale}s`,
        why: 'HAProxy ends a stream of HTTP on which nothing passed for this long; `timeout tunnel` applies to WebSocket alone.',
      },
      {
        plain: `    timeout server ${50_000 / idleScale}ms`,
        fixed: `    timeout server ${3600 / idleScale}s`,
        why: 'The same on the side of the server.',
      },
      {
        fixed: '    option http-no-delay',
        why: 'Without it HAProxy tells the kernel that more will follow each piece of a response, and the kernel waits up to 200 ms for it.',
      },
      {
        fixed: '    option abortonclose',
        why: 'Without it a client that closes its connection may still want the response: HAProxy tells the server nothing until the next token, and not at all on a quiet stream. It must stand in `defaults`; from 3.3 on it is the default.',
      },
      'frontend http-in',
      `    bind 127.0.0.1:${port}`,
      '    default_backend servers',
      'backend servers',
      // Without the `maxconn 32` of the example, which limits the load and not a transport.
      `    server server1 127.0.0.1:${serverPort}`,
    ],
  }),
  startArguments: ({ folder }) => ['-db', '-f', `${folder}/haproxy.cfg`],
} as const satisfies ProxyDescription;
