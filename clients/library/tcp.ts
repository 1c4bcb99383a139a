// The null arm as a Node consumer would write it: decoded chunks, split at line ends.

import { requestLineOf } from '../request-target.ts';
import { protocolFailure, socketFailure } from '../stream-failure.ts';
import { openLibrarySocket, whenConnected, whenOpen } from './library-socket.ts';
import type { OpenStream } from './library-stream.ts';
import { splitLines } from './split-lines.ts';

export const tcp: OpenStream = (stream, target) => {
  const socket = openLibrarySocket(target);
  let at = stream.now();
  const lines = splitLines((line) => stream.message(line, at));
  socket.setEncoding('utf8');

  whenConnected(socket, () => stream.connected(socket, stream.now()));
  whenOpen(socket, target, () => {
    stream.accept(0, stream.now());
    socket.write(requestLineOf(target));
  });
  socket.on('data', (text: string) => {
    at = stream.now();
    try {
      lines.feed(text);
    } catch (error) {
      stream.fail(error, at);
    }
  });
  socket.on('end', () => {
    const endedAt = stream.now();
    if (stream.isDone && !lines.isInLine()) stream.end(endedAt);
    else if (stream.isDone)
      stream.fail(protocolFailure('the connection ended within a line, after `done`'), endedAt);
    else stream.fail(socketFailure(undefined, 'before `done`'), endedAt);
  });
  socket.on('error', (error) =>
    stream.fail(
      socketFailure(error, stream.isDone ? 'after `done`' : 'before `done`'),
      stream.now(),
    ),
  );
  return {
    close: () => void socket.destroy(),
    pause: () => void socket.pause(),
    unpause: () => void socket.resume(),
  };
};
