import { defineConfig } from 'vitest/config';
import { temporaryFolder } from './bench/trial/temporary-folder.ts';

// Whatever a test leaves there goes with this process or, if it is killed, when tests run again.
process.env['TMPDIR'] = temporaryFolder();

const programs = { testTimeout: 120_000, hookTimeout: 120_000 } as const;
const smoke = '**/*.smoke.e2e.test.ts';

/**
 * Programs of which times, CPU or memory are asserted, or that take all of the machine: one at a
 * time.
 */
const alone = [
  // An agent that is not heard in time is lost, as it must be.
  'bench/agents.e2e.test.ts',
  'bench/agents/lost-agents.e2e.test.ts',
  'bench/scenarios/steady/agents.e2e.test.ts',
  'bench/burst.e2e.test.ts',
  'bench/capacity.e2e.test.ts',
  'bench/head-of-line.e2e.test.ts',
  'bench/memory.e2e.test.ts',
  'bench/reconnect.e2e.test.ts',
  'bench/self/epoll-reader.e2e.test.ts',
  'bench/self/inflating-reader.e2e.test.ts',
  'bench/selftest/capture/capture.e2e.test.ts',
  'bench/selftest/selftest.e2e.test.ts',
  'bench/slow-reader.e2e.test.ts',
  'bench/target-effect.e2e.test.ts',
  'bench/scenarios/proxies/procedure/known-answers.e2e.test.ts',
  'bench/scenarios/recovery/procedure/byte-cuts.e2e.test.ts',
  'bench/scenarios/voice/procedure/known-answers.e2e.test.ts',
  'bench/scenarios/turns/procedure/known-answers.e2e.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/*.e2e.test.ts', 'node_modules/**'],
          testTimeout: 20_000,
          // Most of the time would go into loading the same modules for each file anew.
          isolate: false,
          // Many of them wait for sockets and timers most of the time.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whole programs on real sockets, with nothing but Node, in about a minute.
        test: {
          ...programs,
          name: 'smoke',
          include: [smoke],
          exclude: ['node_modules/**'],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
      {
        // Programs of which bytes, counts and endings are asserted: they wait most of the time, so
        // they do it side by side.
        test: {
          ...programs,
          // Four that start a browser or ten processes share two CPUs: a run that takes 30 s by
          // itself took over 120 s beside the others.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          name: 'waiting',
          include: ['**/*.e2e.test.ts'],
          exclude: [smoke, ...alone, 'node_modules/**'],
          sequence: { groupOrder: 2 },
          maxWorkers: 4,
          // Tests of one file that run side by side.
          maxConcurrency: 4,
        },
      },
      {
        test: {
          ...programs,
          name: 'alone',
          include: alone,
          sequence: { groupOrder: 3 },
          fileParallelism: false,
          maxConcurrency: 2,
        },
      },
    ],
  },
});
