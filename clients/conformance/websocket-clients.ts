// Receives one stream over WebSocket with clients of four authors, each used only through its API.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { WebSocket as UndiciWebSocket } from 'undici';
import { WebSocket as WsWebSocket } from 'ws';
import { BenchError } from '../../bench/contract/errors.ts';
import { MIB } from '../../bench/contract/units.ts';

export interface WebSocketReceipt {
  readonly subprotocol: string;
  /** Extensions that were agreed on; all clients offer compression. */
  readonly extensions: readonly string[];
  readonly messages: readonly string[];
  readonly closeCode: number;
}

export async function receiveWithWs(url: string, subprotocol: string): Promise<WebSocketReceipt> {
  const socket = new WsWebSocket(url, subprotocol);
  const messages: string[] = [];
  socket.on('message', (message: Buffer) => messages.push(message.toString()));
  const [closeCode] = (await once(socket, 'close')) as [number];
  return {
    subprotocol: socket.protocol,
    extensions: namesOf(socket.extensions),
    messages,
    closeCode,
  };
}

export async function receiveWithUndici(
  url: string,
  subprotocol: string,
): Promise<WebSocketReceipt> {
  const socket = new UndiciWebSocket(url, subprotocol);
  const messages: string[] = [];
  socket.addEventListener('message', ({ data }) => messages.push(String(data)));
  const { code } = await new Promise<{ code: number }>((resolve) =>
    socket.addEventListener('close', resolve, { once: true }),
  );
  return {
    subprotocol: socket.protocol,
    extensions: namesOf(socket.extensions),
    messages,
    closeCode: code,
  };
}

export async function receiveWithChromium(
  page: Page,
  url: string,
  subprotocol: string,
): Promise<WebSocketReceipt> {
  const { extensions, ...receipt } = await page.evaluate(receiveInPage, [
    url,
    subprotocol,
  ] as const);
  return { ...receipt, extensions: namesOf(extensions) };
}

const script = fileURLToPath(new URL('websocket-client.py', import.meta.url));
/** Debian's own, for which Debian's modules are installed: another one may be first on PATH. */
export const PYTHON = '/usr/bin/python3';
export const INSTALL_PYTHON = 'apt-get install python3 python3-websockets';
/** The beginning of the script's own message. */
const MISSING_MODULE = 'the Python module websockets is missing';

/**
 * @param python Command that starts Python, with its own flags.
 * @throws BenchError when Python or its module is missing, with what to do.
 */
export async function receiveWithPython(
  url: string,
  subprotocol: string,
  python: readonly string[] = [PYTHON],
): Promise<WebSocketReceipt> {
  const [program = PYTHON, ...flags] = python;
  const running = promisify(execFile)(program, [...flags, script, url, subprotocol], {
    timeout: 60_000,
    maxBuffer: 64 * MIB,
  });
  const { stdout } = await running.catch((cause: NodeJS.ErrnoException & { stderr?: string }) => {
    const isMissing = cause.code === 'ENOENT' || cause.stderr?.startsWith(MISSING_MODULE) === true;
    if (!isMissing) throw cause;
    throw new BenchError(
      'MISSING_PROGRAM',
      cause.code === 'ENOENT' ? `${program} is not installed` : (cause.stderr ?? '').trim(),
      {
        hint: INSTALL_PYTHON,
        cause,
      },
    );
  });
  return JSON.parse(stdout) as WebSocketReceipt;
}

/** Names of the extensions, without their parameters. */
function namesOf(extensions: string): string[] {
  return extensions.split(',').flatMap((extension) => extension.split(';')[0]?.trim() || []);
}

/**
 * The only part of a page's WebSocket that is used; the types of browsers are not part of this
 * project.
 */
interface PageWebSocket {
  readonly protocol: string;
  readonly extensions: string;
  addEventListener: (
    type: 'message' | 'close',
    listener: (event: { data: string; code: number }) => void,
  ) => void;
}

/** Runs in the page: it must not use anything of this file. */
async function receiveInPage([url, subprotocol]: readonly [string, string]): Promise<
  Omit<WebSocketReceipt, 'extensions'> & { extensions: string }
> {
  const { WebSocket } = globalThis as unknown as {
    WebSocket: new (url: string, subprotocol: string) => PageWebSocket;
  };
  const socket = new WebSocket(url, subprotocol);
  const messages: string[] = [];
  socket.addEventListener('message', ({ data }) => messages.push(data));
  const closeCode = await new Promise<number>((resolve) =>
    socket.addEventListener('close', ({ code }) => resolve(code)),
  );
  return { subprotocol: socket.protocol, extensions: socket.extensions, messages, closeCode };
}
