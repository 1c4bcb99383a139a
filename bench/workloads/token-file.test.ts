import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BenchError } from '../contract/errors.ts';
import { readTokenFile } from '../contract/tokens.ts';
import { renderTokenFile, tokenFileFromText, tokenFileFromTexts } from './token-file.ts';

const mine = {
  id: 'mine',
  title: 'My text',
  text: 'First line, then another.\nGrüße 🫠',
  provenance: 'my own',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-token-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(content: string): string {
  const path = join(folder, 'tokens.json');
  writeFileSync(path, content);
  return path;
}

function failureOf(run: () => unknown): BenchError {
  try {
    run();
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('expected a BenchError');
}

describe('tokenFileFromText', () => {
  test("makes one segment of a user's text and leaves language and script undetermined", () => {
    expect(tokenFileFromText(mine)).toEqual({
      schema: 1,
      encoding: 'o200k_base',
      tokensSha256: '486ce8ccec6ba70f9d03129fff27eb3f38dd89b1601f5ae782e259e3bcf4a141',
      segments: [
        {
          id: 'mine',
          title: 'My text',
          language: 'und',
          script: 'Unknown',
          provenance: 'my own',
          textSha256: 'f3e71267d471254d76ccc946295d4bd84a80bf8600c7bbd464fa635fca6164dc',
          tokens: ['First', ' line', ',', ' then', ' another', '.\n', 'Gr', 'ü', 'ße', ' 🫠'],
        },
      ],
    });
  });

  test('refuses an empty text', () => {
    const failure = failureOf(() => tokenFileFromText({ ...mine, text: '' }));
    expect(failure.code).toBe('WORKLOAD');
    expect(failure.message).toBe('the text mine is empty');
  });
});

describe('renderTokenFile', () => {
  test('what it renders is read back unchanged', () => {
    const file = tokenFileFromTexts([
      mine,
      { ...mine, id: 'again', text: 'no clause ends here', language: 'en', script: 'Latin' },
    ]);
    expect(readTokenFile(write(renderTokenFile(file)))).toEqual(file);
  });

  test('each clause stands on a line of its own and the file ends with a newline', () => {
    const lines = renderTokenFile(tokenFileFromText(mine)).split('\n');
    expect(lines.slice(13)).toEqual([
      '        "First", " line", ",",',
      '        " then", " another", ".\\n",',
      '        "Gr", "ü", "ße", " 🫠"',
      '      ]',
      '    }',
      '  ]',
      '}',
      '',
    ]);
  });

  test('another letter in a token is refused', () => {
    const rendered = renderTokenFile(tokenFileFromText(mine));
    const failure = failureOf(() => readTokenFile(write(rendered.replace('" then"', '" than"'))));
    expect(failure.code).toBe('WORKLOAD');
    expect(failure.message).toContain('segment mine does not spell the text its hash announces');
  });

  test('the same text split elsewhere is refused', () => {
    const rendered = renderTokenFile(tokenFileFromText(mine));
    const failure = failureOf(() =>
      readTokenFile(write(rendered.replace('"Gr", "ü"', '"G", "rü"'))),
    );
    expect(failure.code).toBe('WORKLOAD');
    expect(failure.message).toContain('the tokens do not match tokensSha256');
  });
});
