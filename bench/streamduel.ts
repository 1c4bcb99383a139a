#!/usr/bin/env node
// Entry of the installed package: with a Node that is too old, the rest of the program could not be
// loaded to report it.

const LEAST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) >= LEAST_NODE) await import('./cli.ts');
else {
  process.stderr.write(
    `streamduel: needs Node ${LEAST_NODE} or later, and this is ${process.version}\n` +
      `  npx and npm scripts use the one that comes with the package, unless its install script was not allowed to run; or: npm i node@${LEAST_NODE}\n`,
  );
  process.exitCode = 2;
}
