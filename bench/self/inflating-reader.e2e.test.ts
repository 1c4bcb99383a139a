// The floor of compressed arms is valid only if the reader reads and inflates everything.

import { describe, expect, it } from 'vitest';
import { measureFloor } from './floor-reader.ts';
import { inflatedTransports, inflatingReaders } from './inflating-readers.ts';
import { LONG_STREAM, planSelf } from './self-trial.ts';

describe('the inflating reader', () => {
  it.each(inflatedTransports)(
    'reads each token of %s by itself and inflates it, while the load is light',
    async (transports) => {
      const flags = {
        transports,
        client: 'probe',
        connections: '30',
        rate: '20',
        tokens: LONG_STREAM,
        warmup: '1s',
        duration: '1s',
      } as const;
      const { cpuPerTokenNs, tokensPerRead, readShare, bytes, inflatedBytes } = await measureFloor(
        inflatingReaders[transports],
        await planSelf(flags, 1),
      );
      expect(cpuPerTokenNs).toBeGreaterThan(0);
      expect(readShare).toBeGreaterThan(0.9);
      expect(readShare).toBeLessThan(1.1);
      // A read may end within a token: a chunk of HTTP and what is around it are written apart.
      expect(tokensPerRead).toBeGreaterThan(0.45);
      // Now and then two tokens of a stream may come together on a busy machine.
      expect(tokensPerRead).toBeLessThan(1.2);
      // Short messages without a common window grow a little when they are compressed.
      expect(inflatedBytes! / bytes).toBeGreaterThan(0.7);
    },
  );
});
