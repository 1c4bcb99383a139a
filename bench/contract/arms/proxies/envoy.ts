// Envoy as a reverse proxy.

import { scaledDefault, type ProxyDescription } from './proxy.ts';

const EXTENSIONS = 'type.googleapis.com/envoy.extensions.filters';

export const envoy = {
  title: 'Envoy',
  programs: ['envoy'],
  versionArguments: ['--version'],
  source: 'Envoy, “Configuration: static”',
  files: ({ port, serverPort, idleScale }) => ({
    'envoy.yaml': [
      'static_resources:',
      '  listeners:',
      '  - name: listener_0',
      `    address: { socket_address: { address: 127.0.0.1, port_value: ${port} } }`,
      '    filter_chains:',
      '    - filters:',
      '      - name: envoy.filters.network.http_connection_manager',
      '        typed_config:',
      `          "@type": ${EXTENSIONS}.network.http_connection_manager.v3.HttpConnectionManager`,
      '          stat_prefix: ingress_http',
      {
        fixed: '          upgrade_configs: [{ upgrade_type: websocket }]',
        why: 'Without it Envoy answers 403 to a request for an upgrade: no WebSocket connects.',
      },
      {
        ...scaledDefault({ idleScale }, (scale) => `          stream_idle_timeout: ${scale(300)}s`),
        fixed: `          stream_idle_timeout: ${3600 / idleScale}s`,
        why: 'By default Envoy ends a stream on which nothing passed for 5 minutes.',
      },
      '          http_filters:',
      '          - name: envoy.filters.http.router',
      '            typed_config:',
      `              "@type": ${EXTENSIONS}.http.router.v3.Router`,
      '          route_config:',
      '            virtual_hosts:',
      '            - name: local_service',
      '              domains: ["*"]',
      '              routes:',
      '              - match: { prefix: "/" }',
      '                route:',
      '                  cluster: server',
      {
        fixed: '                  timeout: 0s',
        why: 'By default Envoy ends every response 15 s after its request, however much still flows; an upgraded connection is not a response.',
      },
      '  clusters:',
      '  - name: server',
      '    type: STATIC',
      // The default of 1024 limits the load and not a transport.
      '    circuit_breakers: { thresholds: [{ max_connections: 16384, max_pending_requests: 16384, max_requests: 16384 }] }',
      '    load_assignment:',
      '      cluster_name: server',
      '      endpoints:',
      '      - lb_endpoints:',
      `        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${serverPort} } } }`,
    ],
  }),
  // Several may run at once, which a hot restart does not expect.
  startArguments: ({ folder }) => [
    '-c',
    `${folder}/envoy.yaml`,
    '--disable-hot-restart',
    '--log-level',
    'error',
  ],
} as const satisfies ProxyDescription;
