// Measures the CPU cost of the pacer without any write: runs as a process of its own, prints one
// line of JSON.

import { Pacer, type Paced } from '../../servers/pacer.ts';
import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../contract/units.ts';

const STREAMS = 2000;
const TOKENS_PER_SECOND = 20;
const RUN_NS = 5 * NS_PER_S;

interface CountedStream extends Paced {
  readonly firstNs: number;
  sent: number;
}

const epochNs = process.hrtime.bigint();
const now = (): number => Number(process.hrtime.bigint() - epochNs);
const gapNs = NS_PER_S / TOKENS_PER_SECOND;
const tokensPerStream = RUN_NS / gapNs;
let early = 0;
let sent = 0;

const pacer = new Pacer<CountedStream>({
  now,
  emit: (stream) => {
    if (now() < stream.dueNs) early++;
    sent++;
    stream.sent++;
    return stream.sent < tokensPerStream ? stream.firstNs + stream.sent * gapNs : undefined;
  },
});

const cpu = process.cpuUsage();
for (let stream = 0; stream < STREAMS; stream++) {
  const firstNs = 10 * NS_PER_MS + (stream * gapNs) / STREAMS;
  pacer.schedule(
    { firstNs, sent: 0, dueNs: 0, nextInSlot: undefined, isScheduled: false },
    firstNs,
  );
}

const expected = STREAMS * tokensPerStream;
setTimeout(
  () => {
    const used = process.cpuUsage(cpu);
    const perTokenNs = ((used.user + used.system) * NS_PER_US) / sent;
    process.stdout.write(`${JSON.stringify({ expected, sent, early, perTokenNs })}\n`);
  },
  RUN_NS / NS_PER_MS + 500,
);
