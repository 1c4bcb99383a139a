// Connects to the message server between controller and agents. Without credentials only one on
// this machine is accepted: whoever reaches a broker without a password could make agents work.

import { readFileSync } from 'node:fs';
import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  type ConnectionOptions,
  type NatsConnection,
} from '@nats-io/transport-node';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { BROKER } from '../lab/lab-sources.ts';
import { parseBrokerUrl } from './broker-url.ts';
import { BenchError, messageOf } from '../contract/errors.ts';

export interface BrokerPlace {
  /** `nats://host:port`, or `tls://host:port`. */
  readonly url: string;
  /** Path of a credentials file. */
  readonly credentials: string | undefined;
  /** Shown by the broker's own tools. */
  readonly name: string;
}

const CONNECT_TIMEOUT_MS = 5000;
/** A connection that does not answer is noticed after three of these. */
const PING_MS = 1000;
const MOST_UNANSWERED = 2;
const RECONNECT_MS = 250;

/**
 * Connects, and connects again whenever the connection is lost. @throws BenchError USAGE for a place
 * that is refused, BROKER
 */
export async function connectToBroker({
  url,
  credentials,
  name,
}: BrokerPlace): Promise<NatsConnection> {
  const server = parseBrokerUrl(url);
  if (credentials === undefined && !isLoopback(server.hostname))
    throw new BenchError(
      'USAGE',
      `--nats ${url}: a broker on another machine needs credentials, or anyone could use its agents`,
      { hint: 'give --creds FILE, of a user at the broker' },
    );
  const login = credentials === undefined ? {} : readCredentials(credentials, server);
  try {
    return await connect({
      servers: server.host,
      name,
      timeout: CONNECT_TIMEOUT_MS,
      pingInterval: PING_MS,
      maxPingOut: MOST_UNANSWERED,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_MS,
      reconnectJitter: RECONNECT_MS,
      noAsyncTraces: true,
      ...(server.protocol === 'tls:' && { tls: {} }),
      ...login,
    });
  } catch (cause) {
    throw explainRefusal(url, cause);
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

const loginSchema = z.union([
  z.strictObject({ user: z.string(), password: z.string() }),
  z.strictObject({ token: z.string() }),
]);

/** The seed of a user (https://docs.nats.io, NKeys). */
const NKEY_SEED = /^SU[A-Z2-7]{56}$/;

/**
 * A `.creds` file of NATS, the seed of an NKey, or YAML with `user` and `password` or with `token`. @throws BenchError
 * USAGE, without the contents
 */
function readCredentials(path: string, server: URL): ConnectionOptions {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BenchError('USAGE', `--creds ${path}: ${messageOf(cause)}`, { cause });
  }
  // Signs what the broker sends, so that no secret leaves this machine.
  if (text.includes('-----BEGIN NATS USER JWT-----'))
    return { authenticator: credsAuthenticator(new TextEncoder().encode(text)) };
  if (NKEY_SEED.test(text.trim()))
    return { authenticator: nkeyAuthenticator(new TextEncoder().encode(text.trim())) };
  const login = loginSchema.safeParse(tryYaml(text));
  if (!login.success)
    throw new BenchError('USAGE', `--creds ${path}: no credentials of NATS`, {
      hint: 'a .creds file, the seed of an NKey, or the lines "user: NAME" and "password: WORD", or "token: WORD"',
    });
  if (server.protocol !== 'tls:' && !isLoopback(server.hostname))
    throw new BenchError(
      'USAGE',
      `--creds ${path}: a password to another machine must not travel without TLS`,
      { hint: 'use tls://, or a .creds file or NKey, whose secret does not travel' },
    );
  return 'token' in login.data
    ? { token: login.data.token }
    : { user: login.data.user, pass: login.data.password };
}

function tryYaml(text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    return undefined;
  }
}

function explainRefusal(url: string, cause: unknown): BenchError {
  const why = messageOf(cause);
  if (/authori[sz]ation|authentication/i.test(why))
    return new BenchError('BROKER', `the broker at ${url} refuses these credentials`, {
      cause,
      hint: 'give --creds FILE of a user that it knows, who may use streamduel.> and _INBOX.>',
    });
  return new BenchError('BROKER', `no broker answers at ${url}: ${why}`, {
    cause,
    hint: `start one: ${BROKER} --addr 127.0.0.1 (get it: streamduel lab install ${BROKER})`,
  });
}
