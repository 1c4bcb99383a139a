#!/usr/bin/env node
// argv in, exit code out. Nothing else in the project reads argv, prints an error or exits.

import { styleText } from 'node:util';
import { Command, CommanderError } from 'commander';
import { listNames, renderList } from './commands/list.ts';
import { reportCommand, reportFormats, type ReportFlags } from './commands/report.ts';
import { runCommand, type RunCommandFlags } from './commands/run.ts';
import { BenchError, exitCodeOf, messageOf } from './contract/errors.ts';
import { payloadNames } from './contract/payload.ts';
import { clientStacks, transportIds } from './contract/transports.ts';
import { presetNames } from './plan/presets.ts';
import { workloadNames } from './plan/workloads.ts';
import { scenarioNames } from './scenarios/registry.ts';
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
      `Compares transports, writes a run folder and prints the verdict table.\nScenarios: ${scenarioNames.join(', ')} (default: stream).`,
    )
    .argument('[scenario...]', 'what to measure')
    .option('--preset <name>', `how much to measure: ${presetNames.join(', ')} (default: quick)`)
    .option('--transports <list>', `arms, the first is the baseline: ${transportIds.join(', ')} (default: by preset)`)
    .option('--client <stack>', `who receives: ${Object.keys(clientStacks).join(', ')} (default: probe)`)
    .option('--connections <list>', 'concurrent streams; a list sweeps, e.g. 100,1000')
    .option('--rate <n>', 'tokens per second of each stream')
    .option('--tokens <n>', 'tokens of a whole stream')
    .option('--workload <name|file>', `${workloadNames.join(', ')}, a .json definition or a text file (default: steady)`)
    .option('--payload <name>', `${payloadNames.join(', ')} (default: lean)`)
    .option('--blocks <n>', 'measured blocks: one trial of every arm each')
    .option('--duration <time>', 'measured window of a trial, e.g. 10s')
    .option('--warmup <time>', 'before the window, ramp included, e.g. 3s')
    .option('--seed <n>', 'repeats the same workload and order (default: random, printed in the report)')
    .option('--backpressure <size>', 'a receiver this far behind is cut off (default: 1MiB)')
    .option('--pin', 'bind server and client to one CPU each, swapped every block (default where taskset exists)')
    .option('--no-pin', 'leave both to the scheduler')
    .option('--stamps', 'keep the binary stamps of every token in the run folder')
    .option('--port <n>', 'server port; 0 takes any free one (default: 0)')
    .option('--out <dir>', 'where run folders go (default: reports)')
    .option('--name <name>', 'end of the run folder’s name (default: the preset)')
    .option('--continue <dir>', 'finish an interrupted run')
    .option('--json', 'print the analysis as JSON instead of the table')
    .option('--quiet', 'no progress on stderr')
    .option('--verbose', 'what servers and clients print, and stacks of errors')
    .addHelpText('after', runExamples)
    .action(async (scenarios: string[], flags: RunCommandFlags) => setExitCode(await runCommand(scenarios, flags, output)));

  program
    .command('report')
    .summary('render a saved run again')
    .description('Renders a saved run again: analysis.json, report.md and charts.')
    .argument('<dir>', 'a run folder')
    .option('--format <format>', `print it on stdout: ${reportFormats.join(', ')}`)
    .action(async (folder: string, flags: ReportFlags) => setExitCode(await reportCommand(folder, flags, output)));

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

const runExamples = `
Examples:
  streamduel run                                       the quick preset: a verdict in about a minute and a half
  streamduel run --preset standard --name before       for decisions
  streamduel run --connections 100,500,2000            sweep the load
  streamduel run --client library --payload openai     what a Node consumer of an OpenAI-like API sees
`;

function showError(error: unknown): void {
  const isVerbose = process.argv.includes('--verbose');
  const { stderr } = process;
  stderr.write(`${styleText('red', 'error:', { stream: stderr })} ${messageOf(error)}\n`);
  if (error instanceof BenchError && error.hint !== undefined) stderr.write(`${styleText('dim', error.hint, { stream: stderr })}\n`);
  // A bug is shown whole: its message alone helps nobody.
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

process.exitCode = await main();
