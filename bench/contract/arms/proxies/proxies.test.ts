import { describe, expect, it } from 'vitest';
import { paths, proxiesOf, proxyPath } from '../paths.ts';
import { proxies, proxyNames } from './proxies.ts';
import { changesOf, renderConfiguration, type ProxyPlaces } from './proxy.ts';

const places: ProxyPlaces = {
  port: '8123',
  serverPort: '9456',
  folder: '/folder',
  isRoot: false,
  idleScale: 1,
};

const textsOf = (name: (typeof proxyNames)[number], form: 'plain' | 'fixed'): readonly string[] =>
  Object.values(proxies[name].files(places)).map((lines) => renderConfiguration(lines, form));

it('a change stands in the fixed form, and what it replaces in the plain one', () => {
  const lines = ['a', { plain: 'b', fixed: 'c', why: 'x' }, { fixed: 'd', why: 'y' }, 'e'];
  expect(renderConfiguration(lines, 'plain')).toBe('a\nb\ne\n');
  expect(renderConfiguration(lines, 'fixed')).toBe('a\nc\nd\ne\n');
});

describe.each(proxyNames)('%s', (name) => {
  it('listens on its port of loopback, in both forms', () => {
    for (const form of ['plain', 'fixed'] as const) {
      const text = textsOf(name, form).join('\n');
      expect(text).toContain('8123');
      expect(text).toContain('127.0.0.1');
    }
  });

  // A forward proxy is told of the server by its clients.
  it('leads to the server, in both forms, unless clients name it', () => {
    if (proxies[name].forward !== undefined) return;
    for (const form of ['plain', 'fixed'] as const)
      expect(textsOf(name, form).join('\n')).toContain('9456');
  });

  it('says of every change what it is for, in a sentence', () => {
    const changes = changesOf(proxies[name]);
    for (const { why, fixed } of changes) {
      expect(why).toMatch(/^[A-Zn].*\.$/s);
      expect(fixed.trim()).not.toBe('');
    }
  });

  it('is a path in two forms, which frame bytes anew and lead to one server', () => {
    for (const form of ['plain', 'fixed'] as const)
      expect(paths[proxyPath(name, form)]).toMatchObject({
        keepsBytes: false,
        leadsToOneServer: true,
        real: { name, form },
      });
  });
});

it('a scaled limit of idle time is a fraction of the default, and of the fixed one', () => {
  const scaled = { ...places, idleScale: 10 };
  const [lines = []] = Object.values(proxies.nginx.files(scaled));
  expect(renderConfiguration(lines, 'plain')).toContain('proxy_read_timeout 6s;');
  expect(renderConfiguration(lines, 'fixed')).toContain('proxy_read_timeout 360s;');
  expect(textsOf('nginx', 'plain').join('')).not.toContain('proxy_read_timeout');
});

it('the proxies of a run are named once each, with the forms that take part', () => {
  const found = proxiesOf(['direct', 'nginx', 'nginx-fixed', 'nginx', 'haproxy-fixed', 'relay']);
  expect([...found]).toEqual([
    ['nginx', new Set(['plain', 'fixed'])],
    ['haproxy', new Set(['fixed'])],
  ]);
});
