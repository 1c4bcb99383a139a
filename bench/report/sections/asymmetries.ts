// Lists what differs between the arms besides the transport itself. Everything else is one code
// path shared by all of them.

import { armTitle, needsTls, sharesConnections, type Arm } from '../../contract/arms/arms.ts';
import { paths } from '../../contract/arms/paths.ts';
import { clientStacks, isBrowser } from '../../contract/arms/stacks.ts';
import type { TransportDescription } from '../../contract/arms/transport-description.ts';
import { writesOf } from '../../contract/arms/writes.ts';
import { payloads } from '../../contract/payload.ts';
import type { Plan } from '../../contract/run-file.ts';
import { browserAsymmetries } from '../browser.ts';
import { alikeContent, chunkForms } from '../chunk-words.ts';
import { capitalised } from '../format.ts';
import { handshakesFirst, librariesThatWrite, listWords, transportsOf } from '../mechanisms.ts';
import { list, section, type Block } from '../blocks.ts';
import type { RunReport } from '../scenario-parts.ts';

export function renderAsymmetries({ analysis, parts }: RunReport): readonly Block[] {
  const { plan } = analysis;
  const isSteady = parts.outlivesConnections !== true;
  const present = transportsOf(plan.arms);
  const stacks = new Set(
    plan.arms.map(({ client }) => client).filter((client) => !isBrowser(client)),
  );
  return section('What differs between the arms', [
    `${plan.targets === undefined ? `${alikeContent(plan)}, ` : ''}${parts.alike ?? 'due times, pacer, limits, recorder and order of work'} are the same in every arm. These things are not:`,
    list([
      ...(parts.hasOwnForms === true ? [] : chunkForms(plan)),
      ...(isSteady && parts.hasOwnForms !== true && payloads[plan.payload].isNumbered
        ? resumeIds(present)
        : []),
      ...apiEvents(plan, present),
      ...new Set(present.flatMap(({ texts }) => texts.opening ?? [])),
      ...(parts.asymmetries?.(analysis) ?? []),
      ...(isSteady
        ? [
            ...(parts.isOnTimetable === true ? [] : handlers(present)),
            ...ends(present),
            ...writing(plan.arms),
          ]
        : []),
      ...(plan.arms.some(({ writes }) => writes !== undefined)
        ? [
            `${plan.arms.flatMap((arm) => (arm.writes === undefined ? [] : [`${armTitle(arm)}: ${writesOf[arm.writes]}`])).join('. ')}. Their libraries do the opposite by themselves.`,
          ]
        : []),
      ...present.flatMap(({ texts }) => texts.absence ?? []),
      ...(plan.arms.some(sharesConnections) ? [SHARED] : []),
      ...tlsSentences(plan),
      ...new Set(plan.arms.flatMap(({ path }) => paths[path].asymmetry ?? [])),
      ...new Set([...stacks].flatMap((client) => clientStacks[client].asymmetry ?? [])),
      ...browserAsymmetries(analysis),
    ]),
  ]);
}

const SHARED =
  'Where streams share a connection, the first of them opens it, and it stays open until the client ends: open latency and processor time of the others hold no opening, and no stream closes a connection.' +
  ' In counts of connections such an arm is counted by its streams.';

/** A session is resumed only at the load points that are there to measure it, or by a browser. */
function tlsSentences({ arms, loadPoints }: Plan): readonly string[] {
  const secure = arms.filter(({ tls }) => tls === true);
  if (secure.length === 0) return [];
  const paged = secure.filter(({ client }) => isBrowser(client));
  const told = loadPoints.some(({ connecting }) => connecting === 'resumed')
    ? 'only at load points that say so is a session resumed'
    : 'no session is resumed';
  const resumes =
    paged.length === 0
      ? told
      : `a browser may resume a session${paged.length < secure.length ? ', other clients do not' : ''}`;
  return [
    `Over TLS (1.3, a certificate of this run on ECDSA P-256) a connection begins with a whole handshake, which is part of open latency; ${resumes}.` +
      ' Bytes on the socket are counted before they are encrypted; those on the wire are not given, because the kernel counts the handshake with them.',
    ...(secure.some(needsTls) && secure.length < arms.length
      ? [
          'A browser speaks HTTP/2 over TLS only: a difference between such an arm and one without TLS is that of TLS, too.',
        ]
      : []),
  ];
}

/** One sentence, where one of the transports has means of its own. */
function resumeIds(present: readonly TransportDescription[]): readonly string[] {
  if (present.every(({ capabilities }) => capabilities.resumable !== 'standard')) return [];
  const means = new Set(present.flatMap(({ texts }) => texts.resumeId ?? []));
  return [`${[...means].join('; ')}.`];
}

/** The parts that a payload's API adds to an event stream and to no other transport. */
function apiEvents(
  { payload, hasApiMessages }: Plan,
  present: readonly TransportDescription[],
): readonly string[] {
  const asymmetry = hasApiMessages === true ? payloads[payload].api?.asymmetry : undefined;
  const carriers = new Set(present.map(({ protocol }) => protocol === 'event-stream'));
  return asymmetry === undefined || carriers.size < 2 ? [] : [asymmetry];
}

function handlers(present: readonly TransportDescription[]): readonly string[] {
  const timed = present.filter(({ twin }) => twin.handlerRuns !== undefined);
  const byMoment = Map.groupBy(timed, ({ twin }) => twin.handlerRuns);
  if (byMoment.size < 2) return [];
  const moments = Array.from(
    byMoment,
    ([moment, those]) => `${moment} on ${listWords(those.map(({ title }) => title))}`,
  );
  return [
    `A stream's due times count from its handler, which runs ${listWords(moments)}: the handshake is charged to open latency and time to first token, not to delivery.`,
  ];
}

function ends(present: readonly TransportDescription[]): readonly string[] {
  const all = handshakesFirst(present).flatMap(({ texts }) => texts.end ?? []);
  const [first, ...others] = new Map(all.map((end) => [end.stream, end])).values();
  if (first === undefined || others.length === 0) return [];
  return [
    `${capitalised([`${first.stream} ends ${first.how}`, ...others.map(({ stream, how }) => `${stream} ${how}`)].join(', '))}.`,
  ];
}

function writing(arms: readonly Arm[]): readonly string[] {
  const corked = librariesThatWrite('corked', arms);
  const atOnce = librariesThatWrite('at-once', arms);
  if (corked.length === 0 || atOnce.length === 0) return [];
  return [
    `${listWords(corked)} ${corked.length === 1 ? 'holds' : 'hold'} what is written in a turn of the event loop until its end; ${listWords(atOnce)} ${atOnce.length === 1 ? 'writes' : 'write'} each message at once.` +
      ` ${corked.length + atOnce.length === 2 ? 'Both' : 'All'} are used the way their documentation shows.`,
  ];
}
