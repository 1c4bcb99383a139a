// WebSocket as a Node consumer reads it: the ws client.

import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { isChunkMessage, MAX_MESSAGE_BYTES } from '../../bench/contract/payload.ts';
import { authorityOf, resumeMessageOf, webSocketPathOf } from '../request-target.ts';
import type { StreamTarget } from '../stream-client.ts';
import { closeFailure, protocolFailure, StreamFailure } from '../stream-failure.ts';
import { countHeadBytes } from './head-bytes.ts';
import { openLibrarySocket, whenConnected } from './library-socket.ts';
import type { LibraryStream, OpenedStream, OpenStream } from './library-stream.ts';
import { Refusal } from './refusal.ts';

interface MessageForm {
  readonly hasBinaryTokens?: boolean;
  /** Compression that the server must agree to. */
  readonly deflate?: 'context-takeover' | 'no-context-takeover';
}

const libraryOf =
  (form: MessageForm): OpenStream =>
  (stream, target) =>
    openWebSocket(stream, target, form);

export const websocket = libraryOf({});

export const webSocketBinary = libraryOf({ hasBinaryTokens: true });

export const webSocketDeflate = libraryOf({ deflate: 'context-takeover' });

export const webSocketDeflateNoTakeover = libraryOf({ deflate: 'no-context-takeover' });

interface ClientOptions {
  readonly deflate?: MessageForm['deflate'] | undefined;
  readonly path: string;
  readonly socket: Socket;
}

/** A client of ws on a socket that is about to connect. */
export function openClient(
  target: StreamTarget,
  { path, deflate, socket }: ClientOptions,
): WebSocket {
  const scheme = target.tls === undefined ? 'ws' : 'wss';
  return new WebSocket(`${scheme}://${authorityOf(target)}${path}`, [WEBSOCKET_PROTOCOL], {
    // On by default in the client, off by default in the server.
    perMessageDeflate: deflate !== undefined && {
      serverNoContextTakeover: deflate === 'no-context-takeover',
      clientNoContextTakeover: true,
    },
    maxPayload: MAX_MESSAGE_BYTES,
    createConnection: () => socket,
  });
}

function openWebSocket(
  stream: LibraryStream,
  target: StreamTarget,
  { hasBinaryTokens = false, deflate }: MessageForm,
): OpenedStream {
  const resume = resumeMessageOf(target);
  let headBytes = 0;
  let isPaused = false;
  let socketError: NodeJS.ErrnoException | undefined;
  const socket = openLibrarySocket(target);
  whenConnected(socket, () => stream.connected(socket, stream.now()));
  // ws reports a reset as close code 1006, without its cause.
  socket.on('error', (error) => (socketError = error));
  const client = openClient(target, { path: webSocketPathOf(target), deflate, socket });

  client.on('upgrade', ({ statusCode = 0, statusMessage = '', rawHeaders }) => {
    headBytes = countHeadBytes({
      status: statusCode,
      reason: statusMessage,
      rawFields: rawHeaders,
    });
  });
  client.on('open', () => {
    if ((client.extensions === '') !== (deflate === undefined)) {
      stream.fail(
        protocolFailure(`the extension agreed on is ${client.extensions || 'none'}`),
        stream.now(),
      );
      return;
    }
    stream.accept(headBytes, stream.now());
    if (!stream.isOpen) return;
    if (resume !== undefined) client.send(resume);
    if (isPaused) client.pause();
  });
  client.on('message', (payload: Buffer, isBinary) => {
    const at = stream.now();
    try {
      if (isBinary && !hasBinaryTokens)
        throw protocolFailure('a binary message where only text was agreed');
      if (isBinary && isChunkMessage(payload)) stream.bytes(payload, at);
      else stream.message(payload.toString(), at);
    } catch (error) {
      stream.fail(error, at);
    }
  });
  onRefusal(client, (failure) => stream.fail(failure, stream.now()));
  client.on('error', (error) => stream.fail(describeError(error), stream.now()));
  client.on('close', (code, reason) => {
    const at = stream.now();
    const failure = describeClose({
      code,
      reason: reason.toString(),
      isDone: stream.isDone,
      socketError,
    });
    if (failure === undefined) stream.end(at);
    else stream.fail(failure, at);
  });
  return {
    close: () => client.terminate(),
    // ws ignores both until the connection is open.
    pause: () => {
      isPaused = true;
      client.pause();
    },
    unpause: () => {
      isPaused = false;
      client.resume();
    },
  };
}

/** The server answered with anything but 101. */
export function onRefusal(client: WebSocket, fail: (failure: StreamFailure) => void): void {
  client.on('unexpected-response', (_request, response) => {
    const refusal = new Refusal(response.statusCode ?? 0, response.statusMessage ?? '');
    const end = (): void => fail(refusal.failure());
    response.on('data', (chunk: Buffer) => {
      refusal.add(chunk);
      if (refusal.isFull) end();
    });
    response.on('end', end);
    response.on('error', end);
  });
}

/**
 * Translates ws's and llhttp's codes, and ws's errors without one, into those of this project;
 * keeps the system's as they are.
 */
export function describeError(error: NodeJS.ErrnoException): StreamFailure {
  // node:http's message for an orderly end before the response.
  if (error.message === 'socket hang up')
    return new StreamFailure(
      'closed-early',
      'the connection ended before the response head was whole',
    );
  const { code } = error;
  const isProtocol = code === undefined || code.startsWith('WS_ERR_') || code.startsWith('HPE_');
  return new StreamFailure(isProtocol ? 'protocol' : code, error.message);
}

interface Close {
  readonly code: number;
  readonly reason: string;
  readonly isDone: boolean;
  readonly socketError: NodeJS.ErrnoException | undefined;
}

/** Says why a stream is over with its WebSocket; undefined when it is whole. */
export function describeClose({
  code,
  reason,
  isDone,
  socketError,
}: Close): StreamFailure | undefined {
  // 1006 is ws's own: no close frame was received.
  if (code === 1006 && socketError !== undefined)
    return new StreamFailure(socketError.code ?? 'socket', socketError.message);
  if (code === 1006)
    return new StreamFailure(
      'closed-early',
      `the connection ended ${isDone ? 'without a close frame' : 'before `done`'}`,
    );
  // ws reports a close frame without a code as 1005.
  return closeFailure({ code: code === 1005 ? undefined : code, reason, isDone });
}
