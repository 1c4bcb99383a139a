// Squid as a forward proxy, as between the clients of a company and the servers outside.

import type { ProxyDescription } from './proxy.ts';

export const squid = {
  title: 'Squid',
  programs: ['squid'],
  versionArguments: ['-v'],
  isForward: true,
  source: 'squid.conf.default, of which the rules that matter here are repeated',
  files: ({ port, serverPort }) => ({
    'squid.conf': [
      'pid_filename none',
      'visible_hostname localhost',
      'access_log none',
      'cache_log /dev/null',
      'cache deny all',
      'netdb_filename none',
      'pinger_enable off',
      'shutdown_lifetime 0 seconds',
      'acl Safe_ports port 80 443 1025-65535',
      'acl SSL_ports port 443',
      {
        fixed: `acl SSL_ports port ${serverPort}`,
        why: 'By default Squid lets clients tunnel to port 443 alone. A client that is told to use a proxy asks it for a tunnel for every WebSocket, so `ws://` on another port does not connect; `wss://` on port 443 does, and so does SSE on any port, which needs no tunnel without TLS.',
      },
      'http_access deny !Safe_ports',
      'http_access deny CONNECT !SSL_ports',
      'http_access allow localhost',
      'http_access deny all',
      `http_port 127.0.0.1:${port}`,
    ],
  }),
  startArguments: ({ folder }) => ['-N', '-d', '1', '-f', `${folder}/squid.conf`],
} as const satisfies ProxyDescription;
