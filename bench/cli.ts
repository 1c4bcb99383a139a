#!/usr/bin/env node
// The command line: argv in, exit code out. Only this file reads argv, prints errors or exits (except streamduel.ts, on an old Node).

import { styleText } from 'node:util';
import { Command, CommanderError } from 'commander';
import { listNames, renderList } from './commands/list.ts';
import type { CompareFlags } from './commands/compare.ts';
import type { JoinFlags } from './commands/join.ts';
import type { ReportFlags } from './commands/report.ts';
import type { RunCommandFlags } from './commands/run-flags.ts';
import type { SelftestFlags } from './commands/selftest.ts';
import type { ServeFlags } from './commands/serve.ts';
import { clientStacks } from './contract/arms/stacks.ts';
import { transportIds } from './contract/arms/transports.ts';
import { BenchError, exitCodeOf, messageOf } from './contract/errors.ts';
import { faultNames } from './contract/faults.ts';
import { payloadNames } from './contract/payload.ts';
import { policyNames } from './contract/reconnect-policy.ts';
import { presetNames } from './plan/presets.ts';
import { workloadNames } from './plan/workloads.ts';
import { scenarioNames } from './scenarios/registry.ts';
import { experiments } from './selftest/run-experiment.ts';
import { streamduelVersion } from './trial/environment.ts';

const EXIT_USAGE = 2;

function buildProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('streamduel')
    .description('SSE or WebSocket for LLM tokens? Paired, interleaved trials of both; a report with intervals and verdicts.')
    .version(streamduelVersion())
    .showHelpAfterError('(streamduel --help lists the commands, streamduel run --help the flags)')
    .exitOverride();
  const output = { stdout: process.stdout, stderr: process.stderr };

  program
    .command('run')
    .summary('compare transports; write a run folder; print the verdict table')
    .description(
      `Compares transports, writes a run folder and prints the verdict table.\nScenarios: ${scenarioNames.join(', ')} (default: stream); several make a suite: one folder, one report.`,
    )
    .argument('[scenario...]', 'what to measure; several are measured one after another')
    .option('--preset <name>', `how much to measure: ${presetNames.join(', ')} (default: quick)`)
    .option(
      '--transports <list>',
      `arms, the first is the baseline: ${transportIds.join(', ')}, each with /client where they differ (default: by preset)`,
    )
    .option('--client <stack>', `who receives: ${Object.keys(clientStacks).join(', ')} (default: probe)`)
    .option('--browser <path>', 'the Chromium that receives, with --client browser (default: the first one on PATH)')
    .option('--connections <list>', 'concurrent streams; a list sweeps, e.g. 100,1000')
    .option('--loads <list>', 'stream: loads as shares of what the weaker arm carries, e.g. 10%,50% (default: by preset)')
    .option('--carries <n>', 'stream: streams that the weaker arm carries, instead of a pilot that finds out')
    .option('--rate <n>', 'tokens per second of each stream')
    .option('--tokens <n>', 'tokens of a whole stream')
    .option('--workload <name|file>', `${workloadNames.join(', ')}, a .json definition or a text file (default: steady)`)
    .option('--payload <name>', `${payloadNames.join(', ')} (default: lean)`)
    .option('--blocks <n>', 'measured blocks: one trial of every arm each')
    .option('--duration <time>', 'measured window of a trial, e.g. 10s')
    .option('--warmup <time>', 'before the window, ramp included, e.g. 3s')
    .option('--faults <list>', `reconnect: which faults: all, or some of ${faultNames.join(', ')} (default: all)`)
    .option('--policy <list>', `reconnect, herd: how clients come back: ${policyNames.join(', ')}, both (default: by scenario)`)
    .option('--heartbeat <time>', 'reconnect, herd: between signs of life; 2.5 without a byte are a dead connection (default: 1s)')
    .option('--no-resume', 'reconnect, herd: servers keep no tokens for who comes back')
    .option('--aa', 'also compare the baseline with itself: prints the noise floor beside each verdict')
    .option('--precision <[metric:]p%>', 'measure until the 95 % intervals are this narrow, e.g. 5% or delivery.p50:5%')
    .option('--max-time <time>', 'end --precision after this long (default: 10m)')
    .option('--pilot', 'few blocks, no verdicts: says how many blocks a precision needs')
    .option('--rerun', 'repeat blocks that the machine disturbed, a quarter more at most (default, but for quick)')
    .option('--no-rerun', 'do not repeat them; the report says how many were disturbed')
    .option('--fail-if <threshold>', "exit 1 when it holds, e.g. 'delivery.p99 > 50ms'; may be repeated", collect)
    .option('--seed <n>', 'repeats the same workload and order (default: random, printed in the report)')
    .option('--slo <objective>', "capacity: what must hold, e.g. 'delivery.p99 <= 50ms'; may be repeated", collect)
    .option('--canary', 'send ordinary requests beside the streams and time them')
    .option('--source <source>', 'stream: what writes the tokens, timer or upstream, a process that stands for the model (default: timer)')
    .option('--client-processes <n>', 'load processes; each runs an equal share of the streams (default: 1)')
    .option('--server-processes <n>', 'server processes of an arm, each on a port of its own (default: 1)')
    .option('--backpressure <size>', 'a receiver this far behind is cut off (default: 1MiB)')
    .option('--pin', 'bind server and client to one CPU each, swapped every block (default where taskset exists)')
    .option('--no-pin', 'leave both to the scheduler')
    .option('--path <name>', 'stream: what is between servers and clients: direct, relay, netns (default: direct, which is loopback)')
    .option('--stamps', 'keep the binary stamps of every token in the run folder')
    .option('--port <n>', 'server port; 0 takes any free one (default: 0)')
    .option('--out <dir>', 'where run folders go (default: reports)')
    .option('--name <name>', 'end of the run folder’s name (default: the preset)')
    .option('--continue <dir>', 'finish an interrupted run or suite')
    .option('--json', 'print the analysis as JSON instead of the table')
    .option('--quiet', 'no progress on stderr')
    .option('--verbose', 'what servers and clients print, and stacks of errors')
    .addHelpText('after', runExamples)
    .action(async (scenarios: string[], flags: RunCommandFlags) => {
      const { runCommand } = await import('./commands/run.ts');
      setExitCode(await runCommand(scenarios, flags, output));
    });

  program
    .command('compare')
    .summary('compare saved runs, or the arms of one')
    .description(
      'Compares saved runs: the same arm before and after, or on two machines. With one run: its arms with each other.\nSuites are compared scenario by scenario. The first run is the old one; ~ stands where no change is shown.',
    )
    .argument('<dir...>', 'folders of runs, or of suites')
    .option(
      '--fail-if-worse <[metric:]margin>',
      'exit 1 when a worsening beyond it is shown, e.g. 5% or delivery.p99:2ms; may be repeated',
      collect,
    )
    .option('--baseline <arm>', 'with one run: the arm that the others are held against (default: the first)')
    .option('--format <format>', 'text, md or json (default: text)')
    .action(async (folders: string[], flags: CompareFlags) => {
      const { compareCommand } = await import('./commands/compare.ts');
      setExitCode(await compareCommand(folders, flags, output));
    });

  program
    .command('join')
    .summary('join runs of several occasions into one result')
    .description(
      'Joins runs of one plan, measured at different times with seeds of their own: each occasion counts as one value, and claims need three.\nRuns that differ from the first in pinning or in the path alone show whether a verdict depends on it.',
    )
    .argument('<dir...>', 'folders of runs')
    .option('--format <format>', 'md or json (default: md)')
    .action(async (folders: string[], flags: JoinFlags) => {
      const { joinCommand } = await import('./commands/join.ts');
      setExitCode(joinCommand(folders, flags, output));
    });

  program
    .command('report')
    .summary('render a saved run again')
    .description('Renders a saved run, or every run of a suite, again: analysis.json, report.md and charts.')
    .argument('<dir>', 'the folder of a run or suite')
    .option(
      '--format <format>',
      'print it on stdout: md, json, csv, github-benchmark, bencher; hgrm writes histograms/ and prints their paths',
    )
    .action(async (folder: string, flags: ReportFlags) => {
      const { reportCommand } = await import('./commands/report.ts');
      setExitCode(await reportCommand(folder, flags, output));
    });

  program
    .command('serve')
    .summary('the twins and a page that shows both, for people')
    .description(
      'Starts the SSE and the WebSocket twin and a page that shows both side by side. Prints where they are; Ctrl-C ends them.\nExit code 1 when a port is taken, or when one of the twins dies.',
    )
    .option('--port <n>', 'of the SSE twin and its page; 0 takes any free one (default: 4000)')
    .option('--ws-port <n>', 'of the WebSocket twin; 0 takes any free one (default: 4001)')
    .option('--host <address>', 'where both listen; 0.0.0.0 lets other devices of the network in (default: 127.0.0.1)')
    .option('--open', 'open the page with the desktop’s browser, where there is a desktop')
    .action(async (flags: ServeFlags) => {
      const { serveCommand } = await import('./commands/serve.ts');
      setExitCode(await serveCommand(flags, output));
    });

  program
    .command('selftest')
    .summary('inject known effects; the harness must find them, and nothing else')
    .description(
      `Injects known effects and checks that the harness finds them, and nothing else. Exit code 1 when it does not.\nExperiments: ${experiments.map(({ id }) => id).join(', ')} (default: all).`,
    )
    .argument('[experiment...]', 'what to inject')
    .option('--transports <list>', 'over which: sse, ws (default: sse,ws)')
    .option('--blocks <n>', 'blocks of each experiment (default: as many as its effects need)')
    .option('--seed <n>', 'repeats the same workloads and order (default: random, printed in the report)')
    .option('--capture', 'check the stamps against the time stamps of the kernel (tcpdump; root or CAP_NET_RAW) instead')
    .option('--pin', 'bind server and client to one CPU each (default where taskset exists)')
    .option('--no-pin', 'leave both to the scheduler')
    .option('--out <dir>', 'where its folder goes (default: reports)')
    .option('--json', 'print the findings as JSON')
    .option('--quiet', 'no progress on stderr')
    .option('--verbose', 'what servers and clients print, and stacks of errors')
    .action(async (names: string[], flags: SelftestFlags) => {
      const { selftestCommand } = await import('./commands/selftest.ts');
      setExitCode(await selftestCommand(names, flags, output));
    });

  program
    .command('list')
    .summary('what there is to choose from')
    .description('Lists what there is to choose from.')
    .argument('[what]', listNames.join(', '))
    .action((what: string | undefined) => void output.stdout.write(renderList(what)));

  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`(streamduel ${command.name()} --help lists the flags)`);
  return program;
}

/** Collects the values of an option that may be repeated. */
function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

const runExamples = `
Examples:
  streamduel run                                       the quick preset: a verdict in about a minute and a half
  streamduel run --preset standard --name before       for decisions
  streamduel run --connections 100,500,2000            sweep the load
  streamduel run --client library --payload openai     what a Node consumer of an OpenAI-like API sees
  streamduel run --client browser                      what a page in Chromium sees: EventSource, fetch, WebSocket
  streamduel run --aa                                  with the noise floor beside each verdict
  streamduel run --precision cpu.server.token:5%       until server CPU per token is known to 5 %
  streamduel run --fail-if 'delivery.p99 > 50ms'       exit 1 beyond a threshold
  streamduel run reconnect                             what each fault does to the streams of each transport
  streamduel run reconnect --faults kill,blackhole --policy both
  streamduel run herd --connections 2000               2,000 clients lose their server at once
  streamduel run browser-limits                        how many streams one browser opens, and what happens to the next
  streamduel run memory capacity                       is SSE cheaper with many clients? two scenarios, one report
`;

function showError(error: unknown): void {
  const isVerbose = process.argv.includes('--verbose');
  const { stderr } = process;
  stderr.write(`${styleText('red', 'error:', { stream: stderr })} ${messageOf(error)}\n`);
  if (error instanceof BenchError && error.hint !== undefined) stderr.write(`${styleText('dim', error.hint, { stream: stderr })}\n`);
  // A bug is shown with its stack: the message alone is not enough to find it.
  if ((isVerbose || !(error instanceof BenchError)) && error instanceof Error) stderr.write(`${error.stack}\n`);
}

async function main(): Promise<number> {
  let exitCode = 0;
  try {
    await buildProgram((code) => {
      exitCode = code;
    }).parseAsync();
    return exitCode;
  } catch (error) {
    // Commander has printed its own message; --help and --version arrive here too, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    showError(error);
    return exitCodeOf(error);
  }
}

// A reader that closes the pipe early, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await main();
