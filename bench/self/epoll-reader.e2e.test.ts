// The floor is valid only if the reader in C reads everything: the same bytes that the server
// wrote.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileEpollReader, epollReader, readTransports } from './epoll-reader.ts';
import { measureFloor } from './floor-reader.ts';
import { isUntested, whyNoCompiler } from '../missing-fixture.ts';
import { LONG_STREAM, planSelf } from './self-trial.ts';

const folder = mkdtempSync(join(tmpdir(), 'epoll-reader-'));
let reader: string | undefined;

beforeAll(() => {
  reader = compileEpollReader(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(isUntested('readers in C', whyNoCompiler()))('the reader in C', () => {
  it.each(readTransports)(
    'reads each token of %s by itself, while the load is light',
    async (transports) => {
      const flags = {
        transports,
        client: 'probe',
        connections: '50',
        rate: '20',
        tokens: LONG_STREAM,
        warmup: '1s',
        duration: '1s',
      } as const;
      const { cpuPerTokenNs, tokensPerRead, readShare } = await measureFloor(
        epollReader(reader!, transports),
        await planSelf(flags, 1),
      );
      expect(cpuPerTokenNs).toBeGreaterThan(0);
      expect(readShare).toBeGreaterThan(0.95);
      expect(readShare).toBeLessThan(1.05);
      expect(tokensPerRead).toBeGreaterThan(0.95);
      // Now and then two tokens of a stream may come together on a busy machine.
      expect(tokensPerRead).toBeLessThan(1.2);
    },
  );
});
