// From the words of `streamduel probe` to the request that is made.

import { readFileSync } from 'node:fs';
import { isCredentialHeader } from '../contract/credentials.ts';
import type { DialectRequest } from '../contract/dialects/dialect.ts';
import { dialectIds, dialects, type DialectId } from '../contract/dialects/dialects.ts';
import { fillRequest } from '../contract/dialects/fill-request.ts';
import type { EndpointRequest } from '../contract/endpoint.ts';
import { BenchError, messageOf } from '../contract/errors.ts';
import { placeholdersIn } from '../contract/placeholders.ts';
import { MIB, NS_PER_MS } from '../contract/units.ts';
import { quotedText } from '../contract/visible-text.ts';
import { parseCount, parseDuration, parseName, usageError } from '../plan/quantities.ts';
import { expandVariables, hasVariables, type Environment } from './environment-values.ts';
import { AUTO, DEFAULT_MAX_TIME, DEFAULT_TIMEOUT, type ProbeFlags } from './probe-flags.ts';
import { Secrets } from '../contract/secrets.ts';

export interface ProbePlan {
  readonly request: EndpointRequest;
  /** Undefined to find it out. */
  readonly dialect: DialectId | undefined;
  readonly secrets: Secrets;
  /** Headers of the dialect that were left out, because the environment has no value for them. */
  readonly leftOut: readonly string[];
}

/** Body that is read at most. */
const MAX_BYTES = 32 * MIB;

const MAX_LIMIT_MS = 24 * 3_600_000;

type Header = readonly [name: string, value: string];

/** @throws BenchError USAGE, or FILE for a file that cannot be read */
export function planProbe(
  text: string,
  flags: ProbeFlags,
  environment: Environment = process.env,
): ProbePlan {
  const secrets = new Secrets();
  const expand = (flag: string, value: string): string =>
    expandVariables(value, { flag, environment, secrets });
  const url = parseUrl(expand('the URL', text), text, secrets);
  const isSocket = /^wss?:$/.test(url.protocol);
  refuseMismatched(flags, isSocket);
  const dialect = readDialect(flags.dialect);
  const usual = usualRequest(dialect, flags);
  const given = (flags.header ?? []).map((header) => parseHeader(header));
  const known = knownHeaders(usual, { given, environment });
  const headers = [...known.headers, ...given];
  const data = flags.data === undefined ? undefined : readData(flags.data);
  const body = isSocket ? undefined : (data ?? usualBody(usual, flags));
  for (const [name, value] of headers) hideCredential(name, value, secrets);
  const request: EndpointRequest = {
    url: url.href,
    method: methodOf(flags, { usual, hasBody: body !== undefined }),
    headers: headers.map(([name, value]) => [name, expand(`--header ${name}`, value)]),
    ...(body !== undefined && { body: expand('--data', body) }),
    ...(body !== undefined && hasVariables(body) && { hasSecretBody: true }),
    ...(isSocket && { messages: messagesOf(flags, usual).map((one) => expand('--message', one)) }),
    ...(flags.subprotocol !== undefined && { subprotocols: flags.subprotocol }),
    timeoutMs: parseLimit('--timeout', flags.timeout ?? DEFAULT_TIMEOUT),
    totalTimeoutMs: parseLimit('--max-time', flags.maxTime ?? DEFAULT_MAX_TIME),
    http: flags.http === undefined || parseCount('--http', flags.http, 1, 2) === 1 ? 1 : 2,
    ...(flags.insecure === true && { isInsecure: true }),
    ...(flags.ca !== undefined && { ca: readText('--ca', flags.ca) }),
    maxBytes: MAX_BYTES,
    allowedRedirects: flags.allowRedirect ?? [],
    credentialHeaders: headers
      .filter(([, value]) => hasVariables(value))
      .map(([name]) => name.toLowerCase()),
  };
  return { request, dialect, secrets, leftOut: known.leftOut };
}

/** ms */
function parseLimit(flag: string, value: string): number {
  const ms = parseDuration(flag, value) / NS_PER_MS;
  if (!(ms > 0 && ms <= MAX_LIMIT_MS)) throw usageError(flag, value, 'a time above 0, at most 24h');
  return ms;
}

/** Credentials in a URL are secret, too. @throws BenchError USAGE that shows the URL as written */
function parseUrl(expanded: string, written: string, secrets: Secrets): URL {
  const url = URL.parse(expanded);
  if (url === null || !/^(?:https?|wss?):$/.test(url.protocol) || url.hostname === '') {
    throw new BenchError('USAGE', `${quotedText(written)} is no URL that can be opened`, {
      hint: 'begin with http://, https://, ws:// or wss://',
    });
  }
  if (url.password !== '') {
    const password = decodeURIComponent(url.password);
    secrets.add(password, '<password>');
    secrets.add(`${decodeURIComponent(url.username)}:${password}`, '<password>');
  }
  return url;
}

const httpOnly = ['method', 'data', 'http', 'resume'] as const;
const socketOnly = ['message', 'subprotocol'] as const;

function refuseMismatched(flags: ProbeFlags, isSocket: boolean): void {
  const foreign = (isSocket ? httpOnly : socketOnly).find((name) => flags[name] !== undefined);
  if (foreign === undefined) return;
  throw new BenchError(
    'USAGE',
    `--${foreign}: ${isSocket ? 'a WebSocket has none' : 'that is for ws: and wss: URLs'}`,
    { hint: isSocket ? '--message sends a text message' : '--data sends a body' },
  );
}

function readDialect(name: string | undefined): DialectId | undefined {
  if (name === undefined || name === AUTO) return undefined;
  return parseName('--dialect', name, { what: 'dialect', names: dialectIds });
}

/** The dialect asks with this, where the user gave nothing else to ask. */
function usualRequest(
  dialect: DialectId | undefined,
  { model, data, message }: ProbeFlags,
): DialectRequest | undefined {
  const request = dialect === undefined ? undefined : dialects[dialect].request;
  if (model !== undefined && (data ?? message) !== undefined)
    throw new BenchError('USAGE', '--model: what is asked is given with --data or --message');
  if (request === undefined && model !== undefined) {
    throw new BenchError('USAGE', '--model: there is no request to put it into', {
      hint: 'name a --dialect with a request of its own, such as openai-chat, or give --data',
    });
  }
  return request === undefined ? undefined : fillRequest(request, { model });
}

function usualBody(usual: DialectRequest | undefined, { method }: ProbeFlags): string | undefined {
  const asked = method?.toUpperCase() ?? usual?.method;
  return usual?.body === undefined || asked !== 'POST' ? undefined : JSON.stringify(usual.body);
}

function methodOf(
  { method }: ProbeFlags,
  { usual, hasBody }: { readonly usual: DialectRequest | undefined; readonly hasBody: boolean },
): string {
  return method?.toUpperCase() ?? (hasBody ? 'POST' : (usual?.method ?? 'GET'));
}

function messagesOf({ message }: ProbeFlags, usual: DialectRequest | undefined): readonly string[] {
  return message ?? usual?.messages?.map((one) => JSON.stringify(one)) ?? [];
}

/** @throws BenchError USAGE; the message has no value, which may be a secret. */
function parseHeader(text: string): Header {
  const colon = text.indexOf(':');
  if (colon < 1) {
    throw new BenchError('USAGE', '--header: expected "name: value", and there is no colon', {
      hint: "for example: --header 'authorization: Bearer ${NAME}'",
    });
  }
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

/** Headers of the dialect that the user did not give; without a value they are not sent. */
function knownHeaders(
  usual: DialectRequest | undefined,
  { given, environment }: { readonly given: readonly Header[]; readonly environment: Environment },
): { readonly headers: readonly Header[]; readonly leftOut: readonly string[] } {
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  const all = Object.entries(usual?.headers ?? {}).filter(([name]) => !names.has(name));
  const isMissing = ([, value]: Header): boolean =>
    placeholdersIn([value]).some((name) => (environment[name] ?? '') === '');
  return {
    headers: all.filter((header) => !isMissing(header)),
    leftOut: all.filter(isMissing).map(([name, value]) => `${name}: ${value}`),
  };
}

/** A credential that was written out is no less secret. */
function hideCredential(name: string, value: string, secrets: Secrets): void {
  if (!isCredentialHeader(name) || hasVariables(value)) return;
  secrets.add(value, `<${name}>`);
  const [, token] = /^\w+ +(\S{4,})$/.exec(value) ?? [];
  if (token !== undefined) secrets.add(token, `<${name}>`);
}

function readData(data: string): string {
  return data.startsWith('@') ? readText('--data', data.slice(1)) : data;
}

function readText(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BenchError('USAGE', `${flag} ${path}: ${messageOf(error)}`, { cause: error });
  }
}
