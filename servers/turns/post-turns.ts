// Turns by POST: each is a request of its own, with an event stream in the response.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PayloadName } from '../../bench/contract/payload.ts';
import { payloads } from '../../bench/contract/payload.ts';
import {
  MOST_TURN_BYTES,
  renderRefusal,
  TURNS_PATH,
  turnRefusals,
  type TurnRefusal,
} from '../../bench/contract/turn-requests.ts';
import type { TwinParts } from '../admission.ts';
import { sseSink } from '../sse.ts';
import { buildTwin, onceFree } from '../twin.ts';
import { isTaken, TurnCore, uploadTimeout, type TakenTurn } from './turn-core.ts';
import type { TurnsParts } from './turn-ledger.ts';

export function buildPostTurns(
  parts: TwinParts,
  turns: TurnsParts,
  { payload }: { readonly payload: PayloadName },
): FastifyInstance {
  const app = buildTwin(parts);
  const core = new TurnCore(parts, turns);
  const form = { hasIds: payloads[payload].isNumbered, api: payloads[payload].api };
  const refuse = (reply: FastifyReply, refusal: TurnRefusal): FastifyReply => {
    core.refuse(refusal);
    return reply
      .code(turnRefusals[refusal.code].statusCode)
      .type('application/json')
      .send(renderRefusal(refusal));
  };
  const run = (reply: FastifyReply, turn: TakenTurn): void => {
    reply.hijack();
    onceFree(reply.raw, () => {
      if (reply.raw.socket === null || reply.raw.socket.destroyed) core.drop(turn);
      else core.run(turn, sseSink(reply.raw, turn.plan, form));
    });
  };
  void app.register((scope, _options, done) => {
    // The core parses the bytes, on both twins alike.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: MOST_TURN_BYTES },
      (_request, body, parsed) => parsed(null, body),
    );
    scope.addHook('onRequest', (request, reply, next) => {
      limitUpload(request, reply, core);
      next();
    });
    scope.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
      refuse(reply, {
        code: error.statusCode === 413 ? 'too_large' : 'bad_request',
        message: error.statusCode === 413 ? tooLarge : error.message,
      }),
    );
    scope.post(TURNS_PATH, (request, reply) => {
      if (!Buffer.isBuffer(request.body))
        return refuse(reply, { code: 'bad_request', message: 'the turn has no body' });
      const taken = core.take(request.body);
      if (!isTaken(taken)) return refuse(reply, taken);
      run(reply, taken);
      return reply;
    });
    done();
  });
  app.addHook('onClose', () => core.close());
  return app;
}

const tooLarge = `a turn has at most ${MOST_TURN_BYTES} bytes`;

/** Answers a request whose body does not end in time, and closes its connection. */
function limitUpload(request: FastifyRequest, reply: FastifyReply, core: TurnCore): void {
  const { raw } = request;
  const timer = setTimeout(() => {
    // It was refused before its body had come.
    if (reply.raw.headersSent) {
      raw.destroy();
      return;
    }
    const refusal = uploadTimeout(core);
    core.refuse(refusal);
    reply.hijack();
    reply.raw.writeHead(turnRefusals[refusal.code].statusCode, {
      'content-type': 'application/json',
      connection: 'close',
    });
    reply.raw.end(renderRefusal(refusal), () => raw.destroy());
  }, core.limits.uploadMs);
  const stop = (): void => clearTimeout(timer);
  raw.once('end', stop);
  raw.once('close', stop);
}
