// Squid as a forward proxy: the way out of a company's network. Clients know of it, and reach the
// server through it: by CONNECT for TLS and for an upgrade, as browsers do, or by asking it to pass
// every request on, which stands for a firewall that reads HTTP.

import { scaledDefault, type ConfigurationLine, type ProxyDescription } from './proxy.ts';
import type { ProxyPlaces } from './proxy.ts';

const common = {
  programs: ['squid'],
  versionArguments: ['-v'],
  // A service of its own name, whose memory is not that of another squid.
  startArguments: ({ port, folder }) => [
    '-N',
    '-n',
    serviceName({ port }),
    '-f',
    `${folder}/squid.conf`,
  ],
  leftovers: ({ port }) =>
    ['metadata', 'queues', 'readers'].map(
      (name) => `/dev/shm/${serviceName({ port })}-cf__${name}.shm`,
    ),
} as const satisfies Partial<ProxyDescription>;

function serviceName({ port }: Pick<ProxyPlaces, 'port'>): string {
  return `streamduel${port}`;
}

function filesWith(
  own: (places: ProxyPlaces) => readonly ConfigurationLine[],
): ProxyDescription['files'] {
  return (places) => ({
    'squid.conf': [
      'acl SSL_ports port 443',
      ...own(places),
      'acl Safe_ports port 80 443 1025-65535',
      'http_access deny !Safe_ports',
      'http_access deny CONNECT !SSL_ports',
      'http_access allow localhost',
      'http_access deny all',
      {
        ...scaledDefault(places, (scale) => `read_timeout ${scale(900)} seconds`),
        fixed: `read_timeout ${3600 / places.idleScale} seconds`,
        why: 'By default Squid ends a stream or a tunnel on which the server sent nothing for 15 minutes.',
      },
      `http_port 127.0.0.1:${places.port}`,
      'visible_hostname localhost',
      'access_log none',
      'cache_log /dev/stderr',
      // Streams are not to be kept.
      'cache deny all',
      'memory_cache_shared off',
      'shared_transient_entries_limit 0',
      'pid_filename none',
      'netdb_filename none',
      'pinger_enable off',
      'shutdown_lifetime 0 seconds',
      // Squid refuses to run as root.
      ...(places.isRoot ? ['cache_effective_user nobody'] : []),
    ],
  });
}

export const squid = {
  ...common,
  title: 'Squid',
  source: 'Squid, the `squid.conf` that comes with it',
  forward: { upgrades: 'tunnelled' },
  files: filesWith(({ serverPort }) => [
    {
      fixed: `acl SSL_ports port ${serverPort}`,
      why: 'Without it Squid refuses CONNECT to any port but 443: no TLS on another port gets through, and no `ws://`, whose port is 80 and for which browsers use CONNECT, too.',
    },
  ]),
} as const satisfies ProxyDescription;

export const squidForward = {
  ...common,
  title: 'Squid without CONNECT',
  source: 'Squid, the `squid.conf` that comes with it',
  forward: { upgrades: 'forwarded' },
  files: filesWith(() => [
    {
      fixed: 'http_upgrade_request_protocols websocket allow all',
      why: 'Without it Squid takes the field `Upgrade` out of a request that it passes on, as a proxy that does not know the protocol must: the server gets a plain GET and refuses it.',
    },
  ]),
} as const satisfies ProxyDescription;
