// Traefik as a reverse proxy. No line was found that either transport lacks: its limit on reading a
// request (60 s) does not end a response, as a scaled one did not.

import type { ProxyDescription } from './proxy.ts';

const READY_PATH = '/streamduel-ready';

export const traefik = {
  title: 'Traefik',
  programs: ['traefik'],
  versionArguments: ['version'],
  source: 'Traefik, “Routing & Load Balancing Overview” with the file provider',
  files: ({ port, serverPort, folder }) => ({
    'traefik.yaml': [
      'global: { checkNewVersion: false, sendAnonymousUsage: false }',
      'log: { level: ERROR }',
      'entryPoints:',
      '  web:',
      `    address: "127.0.0.1:${port}"`,
      'ping: { manualRouting: true }',
      'providers:',
      '  file:',
      `    filename: "${folder}/dynamic.yaml"`,
    ],
    'dynamic.yaml': [
      'http:',
      '  routers:',
      '    server: { rule: "PathPrefix(`/`)", service: server }',
      // It listens before it has read this file, and answers 404 until then.
      `    ready: { rule: "Path(\`${READY_PATH}\`)", service: "ping@internal" }`,
      '  services:',
      `    server: { loadBalancer: { servers: [{ url: "http://127.0.0.1:${serverPort}" }] } }`,
    ],
  }),
  readyPath: READY_PATH,
  startArguments: ({ folder }) => [`--configFile=${folder}/traefik.yaml`],
} as const satisfies ProxyDescription;
