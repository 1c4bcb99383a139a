// Trials over a real proxy: what passes it is verified, what cannot pass is said, and nothing of it
// stays.

import { rmSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, makeFolder } from '../cli-fixture.ts';
