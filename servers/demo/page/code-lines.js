// Counts the code that each way needs in this page, in the files that the page runs.

/** Files of each way; those under `returning` serve only to reconnect after a loss. */
const waysOfCode = [
  { lane: 'sse', files: ['receive-by-event-source.js'], returning: [] },
  { lane: 'ws', files: ['receive-by-web-socket.js'], returning: ['reconnecting.js'] },
  {
    lane: 'post',
    files: ['receive-by-fetch.js', 'event-stream-parser.js'],
    returning: ['reconnecting.js'],
  },
];

/** @param {HTMLElement} table Table with a row for each lane. */
export async function showCodeLines(table) {
  for (const { lane, files, returning } of waysOfCode) {
    const row = table.querySelector(`[data-lane=${lane}]`);
    const [receiving, coming] = await Promise.all([countFiles(files), countFiles(returning)]);
    /** @type {[string, number][]} */
    const counts = [
      ['receiving', receiving],
      ['returning', coming],
      ['all', receiving + coming],
    ];
    for (const [part, lines] of counts) {
      const cell = row?.querySelector(`[data-part=${part}]`);
      if (cell) cell.textContent = String(lines);
    }
  }
}

/** @param {readonly string[]} files */
async function countFiles(files) {
  const texts = await Promise.all(
    files.map(async (file) => await (await fetch(`/demo/${file}`)).text()),
  );
  return texts.reduce((sum, text) => sum + countCodeLines(text), 0);
}

/**
 * Counts lines that are neither blank nor comment. Correct for code whose comments stand on lines
 * of their own.
 * @param {string} text
 */
export function countCodeLines(text) {
  return text.split('\n').filter((line) => !/^\s*(\/\/|\/\*|\*|$)/.test(line)).length;
}
