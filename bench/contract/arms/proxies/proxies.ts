// All real proxies. To add one: its file here, its line, and in bench/lab/ what installs it.

import { apache } from './apache.ts';
import { caddy } from './caddy.ts';
import { envoy } from './envoy.ts';
import { fastifyHttpProxy } from './fastify-http-proxy.ts';
import { haproxy } from './haproxy.ts';
import { lighttpd } from './lighttpd.ts';
import { nginx } from './nginx.ts';
import type { ProxyDescription } from './proxy.ts';
import { squid, squidForward } from './squid.ts';
import { traefik } from './traefik.ts';

const descriptions = {
  nginx,
  haproxy,
  caddy,
  traefik,
  envoy,
  apache,
  lighttpd,
  'fastify-http-proxy': fastifyHttpProxy,
  squid,
  'squid-forward': squidForward,
} as const satisfies Record<string, ProxyDescription>;

export type ProxyName = keyof typeof descriptions;

export const proxies: Readonly<Record<ProxyName, ProxyDescription>> = descriptions;

export const proxyNames = Object.keys(descriptions) as ProxyName[];
