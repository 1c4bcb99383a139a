// The null arm as a Node consumer would write it: decoded chunks, split at line ends. An empty line is a heartbeat.

import { connect } from 'node:net';
import { MIB } from '../../bench/contract/units.ts';
import { requestLineOf } from '../request-target.ts';
import { protocolFailure, socketFailure } from '../stream-failure.ts';
import type { OpenStream } from './library-stream.ts';

const MAX_LINE_CHARACTERS = MIB;

export const tcp: OpenStream = (stream, target) => {
  const { host, port, localAddress } = target;
  const socket = connect({ host, port, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) });
  let unfinished = '';
  socket.setEncoding('utf8');

  socket.on('connect', () => {
    const at = stream.now();
    stream.connected(socket, at);
    stream.accept(0, at);
    socket.write(requestLineOf(target));
  });
  socket.on('data', (text: string) => {
    const at = stream.now();
    try {
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) if (line !== '') stream.message(line, at);
      if (unfinished.length > MAX_LINE_CHARACTERS) throw protocolFailure(`a line of more than ${MAX_LINE_CHARACTERS} characters`);
    } catch (error) {
      stream.fail(error, at);
    }
  });
  socket.on('end', () => {
    const at = stream.now();
    if (stream.isDone && unfinished === '') stream.end(at);
    else if (stream.isDone) stream.fail(protocolFailure('the connection ended within a line, after `done`'), at);
    else stream.fail(socketFailure(undefined, 'before `done`'), at);
  });
  socket.on('error', (error) => stream.fail(socketFailure(error, stream.isDone ? 'after `done`' : 'before `done`'), stream.now()));
  return { close: () => void socket.destroy(), pause: () => void socket.pause(), unpause: () => void socket.resume() };
};
