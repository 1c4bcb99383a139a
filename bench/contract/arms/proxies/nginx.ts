// nginx as a reverse proxy.

import { scaledDefault, type ProxyDescription } from './proxy.ts';

const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as const;

export const nginx = {
  title: 'nginx',
  programs: ['nginx'],
  versionArguments: ['-v'],
  source: 'NGINX Reverse Proxy, “Passing a Request to a Proxied Server”',
  files: ({ port, serverPort, folder, isRoot, idleScale }) => ({
    'nginx.conf': [
      'daemon off;',
      // Started by root its workers would be another user's, who cannot write to the folder.
      ...(isRoot ? ['user root;'] : []),
      `pid ${folder}/nginx.pid;`,
      'error_log stderr;',
      'events {',
      // Each stream takes two of the 512 that are the default.
      '  worker_connections 16384;',
      '}',
      'http {',
      '  access_log off;',
      ...folders.map((name) => `  ${name}_temp_path ${folder}/${name};`),
      {
        fixed: "  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }",
        why: 'It gives `Connection: upgrade` to requests that ask for an upgrade, and to no others.',
      },
      '  server {',
      `    listen 127.0.0.1:${port};`,
      '    location / {',
      `      proxy_pass http://127.0.0.1:${serverPort};`,
      {
        fixed: '      proxy_http_version 1.1;',
        why: 'nginx before 1.29.7 asks the server over HTTP/1.0, which has neither chunks nor upgrades: the response then reaches the client when a buffer is full or the stream is over. Later versions have this value by default.',
      },
      {
        fixed: '      proxy_set_header Upgrade $http_upgrade;',
        why: 'Without it the server gets a plain GET and refuses it: no WebSocket connects.',
      },
      {
        fixed: '      proxy_set_header Connection $connection_upgrade;',
        why: 'The server upgrades a connection only when both fields ask for it.',
      },
      {
        fixed: '      proxy_buffering off;',
        why: 'With buffering on, nginx takes all that the server sends, however slowly the client reads, so that no backpressure reaches the server; and unless the response has `X-Accel-Buffering: no`, what it holds back depends on its buffers.',
      },
      {
        ...scaledDefault({ idleScale }, (scale) => `      proxy_read_timeout ${scale(60)}s;`),
        fixed: `      proxy_read_timeout ${3600 / idleScale}s;`,
        why: 'By default nginx ends a stream or a WebSocket on which the server sent nothing for 60 s.',
      },
      '    }',
      '  }',
      '}',
    ],
  }),
  startArguments: ({ folder }) => ['-p', folder, '-e', 'stderr', '-c', `${folder}/nginx.conf`],
} as const satisfies ProxyDescription;
