#!/usr/bin/env node
// The process around the command line: only this file reads argv and exits (except streamduel.ts,
// on an old Node).

import { main } from './main.ts';

// A reader that closes the pipe early, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2), process);
