// Tests the conformance of every receiver of event streams and prints the results as JSON
// (bench/contract/conformance.ts).

import type { Conformance } from '../../bench/contract/conformance.ts';
import { BenchError, exitCodeOf, messageOf } from '../../bench/contract/errors.ts';
import { startChromium } from './chromium.ts';
import { measureDelays } from './delays.ts';
import { dialectStreams, heardUnnamed } from './dialect-streams.ts';
import { npmEventSource, undiciEventSource } from './event-sources.ts';
import { judge, type Judgement } from './judge.ts';
import { knownDivergences } from './known-divergences.ts';
import { framer, minimal, parser, probe } from './readers.ts';
import { receiverTitles, type Receiver, type ReceiverId } from './receiver.ts';
import { deliveries, startVectorServer } from './vector-server.ts';
import { vectors } from './vectors.ts';

const notes: Record<ReceiverId, string> = {
  chromium: 'EventSource of a page, headless',
  undici: 'EventSource',
  eventsource: 'EventSource of npm, over undici’s fetch',
  parser: 'the parser alone, fed as by client stack `library`',
  probe: 'the reader of client stack `probe`',
  framer: 'the reader of endpoints that are not ours',
  minimal: 'the parser of the smallest client without a library',
};

function cellOf(judgements: readonly Judgement[], name: string): string {
  const [whole = '', byByte = ''] = deliveries.map(
    (delivery) =>
      judgements
        .find((judgement) => judgement.vector.name === name && judgement.delivery === delivery)
        ?.differences.join('; ') ?? '',
  );
  return whole === byByte ? whole : `whole: ${whole || '✓'}; byte by byte: ${byByte || '✓'}`;
}

async function ask(): Promise<Conformance> {
  await using server = await startVectorServer();
  await using chromium = await startChromium(`http://127.0.0.1:${server.port}/`);
  const receivers: readonly Receiver[] = [
    chromium,
    undiciEventSource,
    npmEventSource,
    parser,
    probe,
    framer,
    minimal,
  ];
  const judgements: Judgement[][] = [];
  const ofDialects: Judgement[][] = [];
  // One after another, so that they do not compete for a processor.
  for (const receiver of receivers) {
    process.stderr.write(
      `${receiverTitles[receiver.id]} ${receiver.version}: ${vectors.length} vectors and ${dialectStreams.length} streams of APIs, ${deliveries.join(' and ')}\n`,
    );
    judgements.push(await judge(receiver, server));
    ofDialects.push(await judge(receiver, server, dialectStreams));
  }
  const delays: Conformance['delays'] = [];
  for (const receiver of [chromium, undiciEventSource, npmEventSource]) {
    const used = await measureDelays(receiver, server);
    delays.push({
      receiver: receiverTitles[receiver.id],
      used,
    });
  }
  return {
    receivers: receivers.map(({ id, version }) => ({
      title: receiverTitles[id],
      version,
      note: notes[id],
    })),
    vectors: vectors.map(({ name, rule }) => ({
      name,
      rule,
      cells: judgements.map((all) => cellOf(all, name)),
    })),
    dialectStreams: dialectStreams.map((stream) => ({
      name: stream.name,
      what: stream.rule,
      events: stream.events.length,
      heardUnnamed: heardUnnamed(stream).length,
      cells: ofDialects.map((all) => cellOf(all, stream.name)),
    })),
    divergences: knownDivergences.map(({ receiver, vectors: names, why }) => ({
      receiver: receiverTitles[receiver],
      vectors: [...names],
      why,
    })),
    delays,
    news: [...judgements, ...ofDialects].flat().flatMap(({ news }) => news ?? []),
  };
}

try {
  process.stdout.write(`${JSON.stringify(await ask())}\n`);
} catch (error) {
  process.stderr.write(
    `error: ${messageOf(error)}\n${error instanceof BenchError && error.hint !== undefined ? `${error.hint}\n` : ''}`,
  );
  process.exitCode = exitCodeOf(error);
}
