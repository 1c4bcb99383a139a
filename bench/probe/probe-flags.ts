// The flags of `streamduel probe`, as they are declared to commander.

import type { Command } from 'commander';
import { dialectIds } from '../contract/dialects/dialect-ids.ts';
import { collect } from '../flags/declare-options.ts';

export interface ProbeFlags {
  readonly method?: string;
  readonly header?: readonly string[];
  readonly data?: string;
  readonly message?: readonly string[];
  readonly subprotocol?: readonly string[];
  readonly dialect?: string;
  readonly model?: string;
  readonly timeout?: string;
  readonly maxTime?: string;
  readonly http?: string;
  readonly insecure?: boolean;
  readonly ca?: string;
  readonly allowRedirect?: readonly string[];
  readonly record?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

export const AUTO = 'auto';
export const DEFAULT_TIMEOUT = '30s';
export const DEFAULT_MAX_TIME = '2m';

export function declareProbe(command: Command): Command {
  return command
    .summary('what a streaming endpoint of your own speaks, and whether it streams')
    .description(
      'Connects to any streaming endpoint once: SSE, NDJSON or WebSocket. Says what it speaks, when what came, whether something buffers, and whether the stream came whole.\n${NAME} in the URL, a header, data or a message is the value of an environment variable, and is never printed; $${NAME} stands for these characters.\nExit code 1 when there is no stream, or it is not whole; 2 for a wrong command line.',
    )
    .argument('<url>', 'http://, https://, ws:// or wss://, the whole path included')
    .option('--method <method>', 'GET, POST and so on (default: POST with data, else GET)')
    .option('--header <name: value>', 'a header of the request; may be repeated', collect)
    .option('--data <text or @file>', 'the body of the request')
    .option(
      '--message <text>',
      'a text message to send over the WebSocket; may be repeated',
      collect,
    )
    .option('--subprotocol <name>', 'a WebSocket subprotocol to offer; may be repeated', collect)
    .option(
      '--dialect <name>',
      `what the events mean: ${[AUTO, ...dialectIds].join(', ')}; several bring a request of their own, with a small prompt (default: ${AUTO})`,
    )
    .option('--model <name>', 'the model that the request of the dialect asks for')
    .option(
      '--timeout <time>',
      `longest wait for the answer, and between two reads (default: ${DEFAULT_TIMEOUT})`,
    )
    .option('--max-time <time>', `longest time for the whole stream (default: ${DEFAULT_MAX_TIME})`)
    .option('--http <version>', '1 or 2 (default: 1)')
    .option('--insecure', 'do not check certificates')
    .option('--ca <file>', 'certificates of the authorities to trust, PEM')
    .option(
      '--allow-redirect <host>',
      'follow redirects to this host, without credentials; may be repeated',
      collect,
    )
    .option(
      '--resume',
      'make the request once more, cut the stream in its middle and ask for the rest',
    )
    .option('--record <file>', 'append what came, with times, as a line of NDJSON')
    .option('--json', 'print the report as JSON');
}
