// Apache httpd as a reverse proxy.

import type { ProxyDescription } from './proxy.ts';

const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http'] as const;
/** Debian and its derivatives keep the modules here. */
const MODULES = '/usr/lib/apache2/modules';

export const apache = {
  title: 'Apache httpd',
  programs: ['apache2', 'httpd'],
  versionArguments: ['-v'],
  source: 'Apache HTTP Server, “Reverse Proxy Guide: Simple reverse proxying”',
  files: ({ port, serverPort, folder, isRoot, idleScale }) => ({
    'httpd.conf': [
      ...modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
      `Listen 127.0.0.1:${port}`,
      'ServerName 127.0.0.1',
      `ServerRoot "${folder}"`,
      `DefaultRuntimeDir "${folder}"`,
      `PidFile "${folder}/httpd.pid"`,
      'ErrorLog /dev/stderr',
      ...(isRoot ? ['User daemon', 'Group daemon'] : []),
      // Each stream takes one of the 400 threads that are the default.
      'ThreadsPerChild 64',
      'ServerLimit 32',
      'MaxRequestWorkers 2048',
      {
        plain: `ProxyPass "/" "http://127.0.0.1:${serverPort}/"${idleScale === 1 ? '' : ` timeout=${60 / idleScale}`}`,
        fixed: `ProxyPass "/" "http://127.0.0.1:${serverPort}/" upgrade=websocket timeout=${3600 / idleScale}`,
        why: 'Without `upgrade=websocket` the server gets a plain GET and refuses it: no WebSocket connects. Without `timeout` httpd ends a stream on which the server sent nothing for 60 s.',
      },
      `ProxyPassReverse "/" "http://127.0.0.1:${serverPort}/"`,
    ],
  }),
  startArguments: ({ folder }) => ['-D', 'FOREGROUND', '-f', `${folder}/httpd.conf`],
} as const satisfies ProxyDescription;
