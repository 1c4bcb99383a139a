import { defineConfig } from 'vitest/config';

const programs = { testTimeout: 120_000, hookTimeout: 60_000 } as const;

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
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whole programs on real sockets, with nothing but Node, in about a minute.
        test: {
          ...programs,
          name: 'smoke',
          include: ['**/*.smoke.e2e.test.ts'],
          exclude: ['node_modules/**'],
          sequence: { groupOrder: 1 },
          fileParallelism: false,
        },
      },
      {
        // All other programs: browsers, network namespaces, every scenario. One file at a time, so that they do not starve each other.
        test: {
          ...programs,
          name: 'full',
          include: ['**/*.e2e.test.ts'],
          exclude: ['**/*.smoke.e2e.test.ts', 'node_modules/**'],
          sequence: { groupOrder: 2 },
          fileParallelism: false,
        },
      },
    ],
  },
});
