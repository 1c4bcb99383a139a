// Traefik as a reverse proxy.

import { scaledDefault, type ProxyDescription } from './proxy.ts';

export const traefik = {
  title: 'Traefik',
  programs: ['traefik'],
  versionArguments: ['version'],
  source: 'Traefik, “Routing & Load Balancing Overview” with the file provider',
  files: ({ port, serverPort, folder, idleScale }) => ({
    'traefik.yaml': [
      'global: { checkNewVersion: false, sendAnonymousUsage: false }',
      'log: { level: ERROR }',
      'entryPoints:',
      '  web:',
      `    address: "127.0.0.1:${port}"`,
      {
        ...scaledDefault(
          { idleScale },
          (scale) => `    transport: { respondingTimeouts: { readTimeout: ${scale(60)}s } }`,
        ),
        fixed: '    transport: { respondingTimeouts: { readTimeout: 0s } }',
        why: 'By default Traefik allows 60 s for a request to be read, and ends the response to one after that time.',
      },
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
