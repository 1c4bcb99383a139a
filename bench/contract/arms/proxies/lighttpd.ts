// lighttpd as a reverse proxy.

import { scaledDefault, type ProxyDescription } from './proxy.ts';

export const lighttpd = {
  title: 'lighttpd',
  programs: ['lighttpd'],
  versionArguments: ['-v'],
  source: 'lighttpd, “mod_proxy”',
  files: ({ port, serverPort, idleScale }) => ({
    'lighttpd.conf': [
      'server.modules = ( "mod_proxy" )',
      'server.bind = "127.0.0.1"',
      `server.port = ${port}`,
      'server.document-root = "/"',
      // Half of it is the most connections, and each stream takes two.
      'server.max-fds = 16384',
      'server.max-connections = 8192',
      {
        fixed: 'server.stream-response-body = 2',
        why: 'By default lighttpd collects the whole response before it sends any of it: a stream reaches the client when it is over.',
      },
      {
        fixed: 'proxy.header = ( "upgrade" => "enable" )',
        why: 'Without it the server gets a plain GET and refuses it: no WebSocket connects.',
      },
      {
        ...scaledDefault({ idleScale }, (scale) => `server.max-write-idle = ${scale(360)}`),
        fixed: `server.max-write-idle = ${3600 / idleScale}`,
        why: 'By default lighttpd ends a connection to which it wrote nothing for 360 s.',
      },
      `proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => ${serverPort} ) ) )`,
    ],
  }),
  startArguments: ({ folder }) => ['-D', '-f', `${folder}/lighttpd.conf`],
} as const satisfies ProxyDescription;
