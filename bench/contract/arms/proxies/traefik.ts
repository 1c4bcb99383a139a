// Traefik as a reverse proxy. No line was found that either transport lacks: its limit on reading a
// request (60 s) does not end a response, as a scaled one did not.

import type { ProxyDescription } from './proxy.ts';

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
      'providers:',
      '  file:',
      `    filename: "${folder}/dynamic.yaml"`,
    ],
    'dynamic.yaml': [
      'http:',
      '  routers:',
      '    server: { rule: "PathPrefix(`/`)", service: server }',
      '  services:',
      `    server: { loadBalancer: { servers: [{ url: "http://127.0.0.1:${serverPort}" }] } }`,
    ],
  }),
  startArguments: ({ folder }) => [`--configFile=${folder}/traefik.yaml`],
} as const satisfies ProxyDescription;
