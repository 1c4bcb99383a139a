// Holds the plan of each command line, and the command that repeats it, against a recording.
// UPDATE_GOLDEN=1 writes it anew; read its difference before you commit it.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { hashPlan } from '../analysis/hash-plan.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { declareRunFlags } from './declare-options.ts';
import { repeatCommand, repeatSuite } from './repeat.ts';
import type { RunFlags } from './run-flags.ts';
import { readScenarios, shareFlags } from './suite.ts';

const RECORDING = fileURLToPath(new URL('golden/command-lines.txt', import.meta.url));

/** Command lines after `streamduel run`; words with spaces are in single quotes. */
const lines = [
  '',
  'stream --preset smoke',
  '--connections 100,500,2000',
  '--preset standard --loads 10%,50%,70% --carries 660',
  '--preset publication --carries 1000',
  '--preset quick --loads 12.5% --carries 90 --rate 20',
  '--transports ws,sse,tcp --connections 50',
  '--transports sse+at-once,ws+corked --connections 50',
  '--transports sse/library,ws --connections 40',
  '--client library --payload openai --connections 20',
  '--client browser',
  '--client browser --transports ws --connections 255 --browser /opt/chromium',
  '--transports sse/browser-fetch,ws/library --connections 4',
  '--client browser --workload chat --duration 2s',
  '--client browser --transports sse+tls,sse-h2,sse-h2:20 --connections 6',
  '--aa --precision 5% --max-time 2m',
  '--precision delivery.p50,delivery.p99:2.5%',
  '--pilot --connections 10',
  '--preset standard --no-rerun',
  '--rerun --blocks 3',
  '--rate 12.5 --tokens 80 --workload chat --warmup 1s --duration 2500ms',
  '--backpressure 64KiB --workload seed',
  "--fail-if 'delivery.p99 > 50ms' --fail-if 'ws:open.p50 > 3ms'",
  '--source upstream --connections 30',
  '--source timer --path direct --client-processes 1',
  '--path relay',
  '--path netns --transports sse,ws,tcp --aa',
  '--client-processes 6 --server-processes 3 --connections 1000',
  '--canary --stamps --pin',
  '--no-pin --seed 0',
  'reconnect',
  'reconnect --faults kill,reset --policy both --heartbeat 250ms --no-resume',
  'reconnect --preset smoke --transports sse/eventsource,ws/library --faults all',
  'reconnect --preset standard --blocks 12 --rate 20 --rerun',
  'herd',
  'herd --preset standard --connections 500,2000 --policy identical --pin',
  'memory',
  'memory --preset publication --rate 10 --duration 2s --client-processes 3 --server-processes 3',
  'memory --connections 50,100,400 --blocks 2',
  'capacity',
  "capacity --slo 'delivery.p50 <= 5ms' --slo 'open.p50 < 20ms' --connections 4000",
  "capacity --preset standard --slo 'delivery.p99 <= 50ms' --stamps",
  'connect',
  'connect --connections 30,4000 --tokens 50 --rate 20',
  'fanout',
  'fanout --preset standard --duration 5s --canary',
  'slow-reader',
  'slow-reader --payload lean --rate 2000 --warmup 1s',
  'burst',
  'burst --transports sse,ws,tcp --blocks 3',
  'completions',
  'completions --tokens 20 --rate 500 --transports sse/autocannon',
  'browser-limits',
  'browser-limits --client browser --transports ws --connections 20 --browser /opt/chromium --blocks 4',
  '--transports all --connections 50',
  'burst --transports all',
  'matrix',
  'matrix --preset standard --path relay --connections 50',
  'head-of-line',
  'head-of-line --preset standard --transports sse-h2:6,ws-mux:6 --connections 12 --rate 20',
  'voice',
  'voice --preset standard --transports sse+upload,ws-binary --connections 8 --duration 5s --aa',
  'turns',
  'turns --preset standard --transports sse-post,ws --tokens 30 --rate 500 --aa',
  '--payload audio --transports sse,ws-binary',
  '--payload blob-1m --transports ws,ws-binary --backpressure 4MiB',
  'memory stream --transports sse,ws --canary --client-processes 2',
  "stream burst reconnect --faults kill --rate 20 --no-resume --fail-if 'delivery.p99 > 50ms' --no-rerun --aa",
  'memory capacity --preset smoke --stamps --slo attainment.20ms>=99% --out /tmp/x --quiet',
  'stream browser-limits --client library --precision open.p50,delivery.p50:5%',
];

function parse(line: string): { scenarios: readonly string[]; flags: RunFlags } {
  const words = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));
  const command = declareRunFlags(new Command('run').argument('[scenario...]')).parse(words, {
    from: 'user',
  });
  return { scenarios: command.args, flags: command.opts<RunFlags>() };
}

async function record(line: string): Promise<string> {
  const { scenarios, flags } = parse(line);
  const named = scenarios.length > 1 ? readScenarios(scenarios) : undefined;
  const parts: string[] = [];
  for (const own of named === undefined ? [flags] : shareFlags(named, { ...flags, seed: '7' })) {
    const { plan } = await buildPlan(
      named?.slice(parts.length, parts.length + 1) ?? scenarios,
      own,
      {
        randomSeed: () => 1,
        canPin: true,
      },
    );
    parts.push(`  ${hashPlan(plan)} ${repeatCommand(plan, own)}`);
  }
  if (named !== undefined)
    parts.push(
      `  suite ${repeatSuite(named, flags, { preset: flags.preset ?? 'quick', seed: 7 })}`,
    );
  return [`run ${line}`.trimEnd(), ...parts, ''].join('\n');
}

it('each command line makes the plan that it always made, and is repeated by the same command', async () => {
  const recorded: string[] = [];
  for (const line of lines) recorded.push(await record(line));
  const text = recorded.join('\n');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(RECORDING, text);
  expect(text).toBe(readFileSync(RECORDING, 'utf8'));
});
