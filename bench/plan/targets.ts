// Parses flags into targets: servers that are not this project's, as `NAME=URL` with the common
// flags of a request, or a target file. Nothing is asked of any server here.

import { existsSync, readFileSync } from 'node:fs';
import { DEFAULT_PATH } from '../contract/arms/paths.ts';
import { COPY_LABEL, type Arm } from '../contract/arms/arms.ts';
import { DEFAULT_CLIENT } from '../contract/arms/stacks.ts';
import {
  beginsWithPost,
  transportIds,
  transports,
  type TransportId,
} from '../contract/arms/transports.ts';
import { isCredentialHeader } from '../contract/credentials.ts';
import { dialectIds, type DialectId } from '../contract/dialects/dialect-ids.ts';
import { dialects } from '../contract/dialects/dialects.ts';
import { DEFAULT_PROMPT } from '../contract/dialects/fill-request.ts';
import type { DialectRequest } from '../contract/dialects/dialect.ts';
import { BenchError, messageOf } from '../contract/errors.ts';
import { fillPlaceholders, LEAST_SECRET_LENGTH, placeholdersIn } from '../contract/placeholders.ts';
import { checkRecordFile, recordPath } from '../contract/recording/append-records.ts';
import {
  AUTO_DIALECT,
  OWN_PLACEHOLDERS,
  type GivenTargetFlags,
  type Target,
  type TargetsPlan,
} from '../contract/target.ts';
import { NS_PER_S } from '../contract/units.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { parseDuration, parsePositive, pickName, usageError } from './quantities.ts';
import { readTargetFile, type FiledTarget } from './target-file.ts';

const DEFAULT_SILENCE_NS = 30 * NS_PER_S;
/** A stream may be as long as this many silences. */
const TOTAL_SILENCES = 10;
const MOST_STARTS_PER_SECOND = 10_000;

/** @throws BenchError USAGE that names the flag, or the file and its line. */
export function readTargets(
  flags: RunFlags,
  { startsPerSecond }: { readonly startsPerSecond: number },
): TargetsPlan {
  const { target: entries = [] } = flags;
  if (entries.length === 0)
    throw new BenchError('USAGE', 'a run on your own servers needs --target, NAME=URL or a file', {
      hint: 'streamduel init target prints a commented target file',
    });
  const filedPrompts: string[] = [];
  const targets = entries.flatMap((entry) => {
    const [, name, url] = /^([^=/]+)=(\w+:\/\/.*)$/s.exec(entry) ?? [];
    if (name !== undefined && url !== undefined)
      return [completeTarget({ name, url }, flags, `--target ${entry}`)];
    const file = readTargetFile(entry);
    filedPrompts.push(...file.prompts);
    return file.targets.map(({ place, ...one }) => completeTarget(one, flags, place));
  });
  const repeated = targets.find(({ name }, index) =>
    targets.some((other, place) => place < index && other.name === name),
  );
  if (repeated !== undefined)
    throw new BenchError('USAGE', `--target: there are two targets named ${repeated.name}`);
  const prompts = flags.prompts === undefined ? filedPrompts : readPrompts(flags.prompts);
  const silenceNs =
    flags.timeout === undefined ? DEFAULT_SILENCE_NS : parseDuration('--timeout', flags.timeout);
  if (silenceNs === 0) throw usageError('--timeout', flags.timeout ?? '', 'more than 0');
  return {
    targets,
    startsPerSecond:
      flags.rate === undefined
        ? startsPerSecond
        : parsePositive('--rate', flags.rate, MOST_STARTS_PER_SECOND),
    prompts: prompts.length > 0 ? [...prompts] : [DEFAULT_PROMPT],
    silenceNs,
    totalNs: TOTAL_SILENCES * silenceNs,
    ...(flags.record !== undefined && { recordTo: readRecordPath(flags.record, targets) }),
    given: givenOf(flags),
  };
}

/** @throws BenchError USAGE when one of the files cannot be written to. */
function readRecordPath(path: string, targets: readonly Target[]): string {
  for (const { name } of targets) checkRecordFile(recordPath(path, name));
  return path;
}

/** One arm a target; with --aa the first once more, under another name. */
export function armsOfTargets({ targets }: TargetsPlan, { aa }: RunFlags): readonly Arm[] {
  const arms = targets.map(({ name, transport, path = DEFAULT_PATH }): Arm => ({
    transport,
    client: DEFAULT_CLIENT,
    path,
    target: name,
  }));
  const [baseline] = arms;
  return aa === true && baseline !== undefined
    ? [...arms, { ...baseline, label: COPY_LABEL }]
    : arms;
}

/** The p99 of gaps has enough of them only in longer windows. */
const LONG_WINDOW_NS = 5 * NS_PER_S;

/** CPU is an endpoint where the harness starts all of the servers, and so knows their processes. */
export function endpointsOfTargets({ targets }: TargetsPlan, windowNs: number): readonly string[] {
  const areStarted = targets.every(({ start }) => start !== undefined);
  return [
    'P1',
    'P2',
    'P3',
    ...(windowNs >= LONG_WINDOW_NS ? ['P4'] : []),
    ...(areStarted ? ['P5'] : []),
  ];
}

function givenOf(flags: RunFlags): GivenTargetFlags {
  const { target = [], dialect, method, header, data, message, model, prompts } = flags;
  return {
    target: [...target],
    ...(dialect !== undefined && { dialect }),
    ...(method !== undefined && { method }),
    ...(header !== undefined && { header: [...header] }),
    ...(data !== undefined && { data }),
    ...(message !== undefined && { message: [...message] }),
    ...(model !== undefined && { model }),
    ...(prompts !== undefined && { prompts }),
  };
}

/**
 * Fills what the user left out: the request of the dialect, or of the dialect whose path the URL
 * ends in.
 * @param place What errors begin with: the flag, or the line of the file.
 */
function completeTarget(filed: FiledTarget, flags: RunFlags, place: string): Target {
  const url = readUrl(filed.url, place);
  const isSocket = /^wss?:$/.test(url.protocol);
  const dialect = filed.dialect ?? readDialect(flags.dialect);
  const request = dialect === AUTO_DIALECT ? requestOfPath(url) : dialects[dialect].request;
  const givenBody = filed.body ?? (isSocket ? undefined : readText(flags.data));
  const usualBody =
    isSocket || filed.method === 'GET' || flags.method === 'GET' ? undefined : request?.body;
  const model = filed.model ?? flags.model ?? request?.model ?? '';
  const withModel = (text: string): string =>
    fillPlaceholders(text, (name) => (name === 'MODEL' ? model : undefined));
  const body = givenBody ?? (usualBody === undefined ? undefined : JSON.stringify(usualBody));
  const messages = isSocket
    ? (filed.messages ?? flags.message ?? request?.messages?.map((one) => JSON.stringify(one)))
    : undefined;
  const method = filed.method ?? flags.method ?? (body === undefined ? 'GET' : 'POST');
  const headers = [
    ...usualHeaders(request, { hasBody: body !== undefined, isSocket }),
    ...(flags.header ?? []).map((text) => readHeader(text)),
    ...Object.entries(filed.headers ?? {}),
  ];
  const target: Target = {
    name: readTargetName(filed.name, place),
    ...(filed.server !== undefined && { server: readTargetName(filed.server, place, 'server') }),
    url: withModel(filed.url),
    transport: filed.transport ?? transportOf({ isSocket, method, dialect }),
    dialect: filed.pointers === undefined ? dialect : 'pointers',
    ...(filed.pointers !== undefined && { pointers: filed.pointers }),
    method,
    headers: lastOfEach(headers),
    ...(body !== undefined && { body: withModel(body) }),
    ...(messages !== undefined && { messages: messages.map(withModel) }),
    ...(filed.subprotocols !== undefined && { subprotocols: [...filed.subprotocols] }),
    ...(filed.isInsecure === true && { isInsecure: true }),
    ...(filed.start !== undefined && { start: filed.start }),
    ...(filed.path !== undefined && { path: filed.path }),
  };
  checkSecrets(target, place);
  return target;
}

function readUrl(text: string, place: string): URL {
  // A placeholder may stand for the port, which a URL must have as a number.
  const url = URL.parse(text.replaceAll('${PORT}', '1').replaceAll(/\$\{\w+\}/g, 'x'));
  if (url === null || !/^(https?|wss?):$/.test(url.protocol))
    throw new BenchError(
      'USAGE',
      `${place}: expected a URL that begins with http://, https://, ws:// or wss://`,
    );
  if (url.password !== '' && !/:\$\{\w+\}@/.test(text))
    throw new BenchError(
      'USAGE',
      `${place}: the URL holds a password, which would be saved with the run`,
      { hint: 'put it into a variable of the environment and write ${NAME} in its place' },
    );
  return url;
}

function readTargetName(name: string, place: string, of = 'target'): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(name)) return name;
  throw new BenchError(
    'USAGE',
    `${place}: a ${of}’s name has up to 32 letters, digits, dots, dashes or underscores`,
  );
}

function readDialect(name: string | undefined): DialectId | typeof AUTO_DIALECT {
  if (name === undefined) return AUTO_DIALECT;
  try {
    return pickName('dialect', name, [AUTO_DIALECT, ...usableDialects]);
  } catch (error) {
    throw new BenchError('UNKNOWN_NAME', `--dialect ${name}: ${messageOf(error)}`);
  }
}

/** Those of JSON pointers need a target file, which says where they point. */
const usableDialects = dialectIds.filter((id) => id !== 'pointers');

/** The request of the dialect whose path the URL ends in, such as /chat/completions. */
function requestOfPath({ pathname }: URL): DialectRequest | undefined {
  const known = usableDialects.flatMap((id) => dialects[id].request ?? []);
  return known.find(({ pathSuffix }) => pathSuffix.length > 1 && pathname.endsWith(pathSuffix));
}

function usualHeaders(
  request: DialectRequest | undefined,
  { hasBody, isSocket }: { readonly hasBody: boolean; readonly isSocket: boolean },
): readonly (readonly [string, string])[] {
  const own = Object.entries(request?.headers ?? {}).filter(
    ([name, value]) =>
      !(isSocket && name === 'content-type') && placeholdersIn([value]).every(isSet),
  );
  return [
    ...(isSocket ? [] : [['accept', 'text/event-stream, application/x-ndjson, */*'] as const]),
    ...(hasBody ? [['content-type', 'application/json'] as const] : []),
    ...own,
  ];
}

const isSet = (name: string): boolean =>
  OWN_PLACEHOLDERS.has(name) || process.env[name] !== undefined;

/** Names in lower case; the last of several wins. */
function lastOfEach(headers: readonly (readonly [string, string])[]): [string, string][] {
  return [...new Map(headers.map(([name, value]) => [name.toLowerCase(), value]))];
}

function readHeader(text: string): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined || /[\r\n\0]/.test(value))
    throw usageError('--header', text, "'Name: value' in one line");
  return [name, value];
}

/** The text itself, or with @ before it the file that holds it. */
function readText(text: string | undefined): string | undefined {
  if (text === undefined || !text.startsWith('@')) return text;
  try {
    return readFileSync(text.slice(1), 'utf8');
  } catch (cause) {
    throw new BenchError('USAGE', `--data ${text}: cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** One prompt a line; blank lines are left out. @throws BenchError USAGE */
function readPrompts(path: string): readonly string[] {
  if (!existsSync(path))
    throw usageError('--prompts', path, 'a text file with a prompt in each line');
  const prompts = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (prompts.length === 0) throw usageError('--prompts', path, 'at least one prompt in the file');
  return prompts;
}

/** The transport of this project that is most like it. */
function transportOf({
  isSocket,
  method,
  dialect,
}: {
  readonly isSocket: boolean;
  readonly method: string;
  readonly dialect: DialectId | typeof AUTO_DIALECT;
}): TransportId {
  const isLines =
    dialect !== AUTO_DIALECT && dialects[dialect].framing.every((framing) => framing === 'lines');
  const protocol = isSocket ? 'websocket' : isLines ? 'lines' : 'event-stream';
  const alike = transportIds.filter((id) => transports[id].protocol === protocol);
  const isPost = method !== 'GET';
  const [first] = alike.toSorted(
    (a, b) => Number(beginsWithPost(a) !== isPost) - Number(beginsWithPost(b) !== isPost),
  );
  return first as TransportId;
}

/** @throws BenchError USAGE for a secret in plain text, or a variable that is not set. */
function checkSecrets({ url, headers, body = '', messages = [] }: Target, place: string): void {
  for (const [name, value] of headers)
    if (isCredentialHeader(name) && placeholdersIn([value]).length === 0)
      throw new BenchError(
        'USAGE',
        `${place}: the header ${name} holds a secret, which would be saved with the run`,
        {
          hint: `put it into a variable of the environment and write \${NAME} in its place, as in '${name}: Bearer \${API_KEY}'`,
        },
      );
  const texts = [url, ...headers.map(([, value]) => value), body, ...messages];
  const missing = placeholdersIn(texts).find((name) => !isSet(name));
  if (missing !== undefined)
    throw new BenchError('USAGE', `${place}: the environment has no variable ${missing}`, {
      hint: `export ${missing}=… before the run, or write $\${${missing}} for these characters`,
    });
  const short = placeholdersIn(texts).find(
    (name) => !OWN_PLACEHOLDERS.has(name) && (process.env[name] ?? '').length < LEAST_SECRET_LENGTH,
  );
  if (short !== undefined)
    throw new BenchError(
      'USAGE',
      `${place}: ${short} is too short to be kept secret, under ${LEAST_SECRET_LENGTH} characters`,
      { hint: 'write what is no secret into the flag or the file itself' },
    );
}
