// Reads a target file: servers of the user's own as YAML, or JSON, which is YAML too. Errors say
// the line and the column. Its form is published as JSON Schema in target-schema.json.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { pathNames, paths, type PathName } from '../contract/arms/paths.ts';
import { transportIds, type TransportId } from '../contract/arms/transports.ts';
import { dialectIds } from '../contract/dialects/dialect-ids.ts';
import { BenchError, messageOf } from '../contract/errors.ts';
import { pointerDialect } from '../contract/dialects/pointer-dialect.ts';
import {
  AUTO_DIALECT,
  targetPointersSchema,
  type TargetDialect,
  type TargetPointers,
  type TargetStart,
} from '../contract/target.ts';
import { NS_PER_S } from '../contract/units.ts';
import { parseDuration } from './quantities.ts';

export const TARGET_SCHEMA_PATH = fileURLToPath(new URL('target-schema.json', import.meta.url));

const READY_TIMEOUT_NS = 30 * NS_PER_S;

/** Those that a server of the host can stand behind. */
/** The URL of a target names no proxy, so none that clients must know of. */
const targetPaths = pathNames.filter(
  (name) => paths[name].isOnHost && paths[name].forward === undefined,
) as [PathName, ...PathName[]];

/** A message is JSON, or the text itself. */
const jsonOrText = z.union([z.string(), z.record(z.string(), z.json()), z.array(z.json())]);

const startSchema = z.strictObject({
  command: z
    .union([z.string().min(1), z.array(z.string()).min(1)])
    .describe(
      'the program with its arguments, as a list, or as one text that is split at spaces; ${PORT} stands for a free port',
    ),
  directory: z
    .string()
    .optional()
    .describe('where it is started; the folder of this file when absent'),
  environment: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .describe('variables of its environment; PORT: ${PORT} when absent'),
  ready: z
    .string()
    .startsWith('/')
    .optional()
    .describe(
      'a path that answers with a status below 500 when the server is ready; when absent, it must accept a connection',
    ),
  'ready-timeout': z.string().optional().describe('30s when absent'),
});

const filedTargetSchema = z.strictObject({
  name: z.string().describe('the name of the arm'),
  server: z
    .string()
    .min(1)
    .optional()
    .describe(
      'the server that it belongs to: targets of one server are compared with each other, and not with those of others',
    ),
  url: z
    .string()
    .describe(
      'http, https, ws or wss; ${PORT} for a server that is started, ${NAME} for a variable of the environment',
    ),
  transport: z.enum(transportIds as [TransportId, ...TransportId[]]).optional(),
  dialect: z
    .enum([AUTO_DIALECT, ...dialectIds.filter((id) => id !== 'pointers')])
    .optional()
    .describe('what its events mean; found out when absent'),
  pointers: targetPointersSchema.optional().describe('a dialect of its own, by JSON pointers'),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'expected a method in capital letters, such as POST')
    .optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: jsonOrText.optional().describe('of the request; ${PROMPT} stands for the prompt'),
  messages: z.array(jsonOrText).optional().describe('sent once a WebSocket is open'),
  subprotocols: z.array(z.string()).optional(),
  model: z.string().optional().describe('in the dialect’s usual request'),
  insecure: z.boolean().optional().describe('certificates are not checked'),
  start: startSchema.optional().describe('how to start the server afresh for each trial'),
  path: z
    .enum(targetPaths)
    .optional()
    .describe(
      'what stands before a server that is started: a relay, or a proxy of streamduel lab list as it is (NAME) or with what it lacks (NAME-fixed); nothing when absent',
    ),
});

const fileSchema = z.strictObject({
  $schema: z.string().optional(),
  targets: z.array(filedTargetSchema).min(1),
  prompts: z
    .array(z.string().min(1))
    .optional()
    .describe('drawn from for each stream, alike for all targets'),
});

/** A target as it was given, by flags or by a file. */
export interface FiledTarget {
  readonly name: string;
  readonly server?: string;
  readonly url: string;
  readonly transport?: TransportId;
  readonly dialect?: TargetDialect;
  readonly pointers?: TargetPointers;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly messages?: readonly string[];
  readonly subprotocols?: readonly string[];
  readonly model?: string;
  readonly isInsecure?: true;
  readonly start?: TargetStart;
  readonly path?: PathName;
}

interface TargetFile {
  readonly targets: readonly (FiledTarget & { readonly place: string })[];
  readonly prompts: readonly string[];
}

/** @throws BenchError USAGE that begins with the file, the line and the column. */
export function readTargetFile(path: string): TargetFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BenchError('USAGE', `--target ${path}: cannot be read: ${messageOf(cause)}`, {
      cause,
      hint: 'expected NAME=URL, such as mine=http://127.0.0.1:8000/stream, or a target file; streamduel init target prints one',
    });
  }
  return parseTargetFile(path, text);
}

export function parseTargetFile(path: string, text: string): TargetFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const placeOf = (keys: readonly PropertyKey[]): string => placeAt(offsetOf(document, keys));
  const [error] = document.errors;
  if (error !== undefined)
    throw new BenchError('USAGE', `${placeAt(error.pos[0])}: ${error.message}`);
  const parsed = fileSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BenchError('USAGE', describeIssue(issue, placeOf), {
      hint: 'streamduel init target prints a commented target file',
    });
  }
  const { targets, prompts = [] } = parsed.data;
  return {
    prompts,
    targets: targets.map((filed, index) => {
      const place = {
        folder: dirname(resolve(path)),
        placeOf: (...keys: readonly PropertyKey[]) => placeOf(['targets', index, ...keys]),
      };
      return Object.assign(convert(filed, place), { place: place.placeOf() });
    }),
  };
}

type Issue = z.core.$ZodIssue;

function describeIssue(
  issue: Issue | undefined,
  placeOf: (keys: readonly PropertyKey[]) => string,
): string {
  if (issue === undefined) return 'the file has another form than a target file';
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return `${placeOf([...issue.path, key])}: unknown key "${key}"`;
  }
  const name = issue.path.findLast((key) => typeof key === 'string');
  return `${placeOf(issue.path)}: ${name === undefined ? '' : `${name}: `}${issue.message}`;
}

/** The deepest node of the path that exists. */
function offsetOf(document: Document.Parsed, keys: readonly PropertyKey[]): number {
  for (let length = keys.length; length > 0; length--) {
    const node = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range != null) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}

interface FilePlace {
  readonly folder: string;
  readonly placeOf: (...keys: readonly PropertyKey[]) => string;
}

function convert(
  { insecure, start, body, messages, ...filed }: z.infer<typeof filedTargetSchema>,
  { folder, placeOf }: FilePlace,
): FiledTarget {
  const { dialect, pointers, ...others } = filed;
  if (pointers !== undefined) checkPointers(pointers, placeOf('pointers'));
  if (filed.path !== undefined)
    checkPath(filed.path, { url: filed.url, isStarted: start !== undefined }, placeOf('path'));
  return {
    ...definedOf(others),
    name: filed.name,
    url: filed.url,
    ...(dialect !== undefined && { dialect }),
    ...(pointers !== undefined && { pointers }),
    ...(body !== undefined && { body: asText(body) }),
    ...(messages !== undefined && { messages: messages.map(asText) }),
    ...(insecure === true && { isInsecure: true }),
    ...(start !== undefined && {
      start: {
        command: typeof start.command === 'string' ? splitWords(start.command) : start.command,
        directory: resolve(folder, start.directory ?? '.'),
        environment: Object.fromEntries(
          Object.entries(start.environment ?? { PORT: '${PORT}' }).map(([name, value]) => [
            name,
            String(value),
          ]),
        ),
        ...(start.ready !== undefined && { readyPath: start.ready }),
        readyTimeoutNs:
          start['ready-timeout'] === undefined
            ? READY_TIMEOUT_NS
            : parseDuration(
                `${placeOf('start', 'ready-timeout')}: ready-timeout`,
                start['ready-timeout'],
              ),
      },
    }),
  };
}

function checkPointers(pointers: TargetPointers, place: string): void {
  try {
    pointerDialect(pointers);
  } catch (error) {
    throw new BenchError('USAGE', `${place}: ${messageOf(error)}`);
  }
}

function checkPath(
  path: PathName,
  { url, isStarted }: { readonly url: string; readonly isStarted: boolean },
  place: string,
): void {
  if (!isStarted)
    throw new BenchError(
      'USAGE',
      `${place}: path: it leads to a server that the run starts, and this target has no start`,
      {
        hint: 'give the URL at which your own proxy listens, as a target beside the server itself',
      },
    );
  const { real, proxy } = paths[path];
  if (real !== undefined && /^(https|wss):/.test(url))
    throw new BenchError(
      'USAGE',
      `${place}: path: ${proxy} passes on plain HTTP/1.1 alone here, and the URL begins with ${url.split(':')[0]}:`,
    );
}

/** Without the members that are undefined, which the plan does not take. */
function definedOf<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** A shell takes no part: quotes have no meaning, so a list says what has spaces. */
const splitWords = (command: string): string[] => command.trim().split(/\s+/);

export function renderTargetSchema(): string {
  const schema = z.toJSONSchema(fileSchema);
  return `${JSON.stringify({ ...schema, title: 'Target file of streamduel run --target FILE' }, undefined, 2)}\n`;
}

if (import.meta.main) writeFileSync(TARGET_SCHEMA_PATH, renderTargetSchema());
