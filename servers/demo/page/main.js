// The page of `streamduel serve`: asks where the twins are, then sets up its parts.

import { setUpArticle } from './article.js';
import { showCodeLines } from './code-lines.js';
import { fetchConfig } from './demo-config.js';
import { setUpRace } from './race.js';

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

try {
  const config = await fetchConfig();
  setUpArticle(part('article'), config);
  setUpRace(part('race'), config);
  await showCodeLines(part('code'));
} catch (error) {
  part('problem').textContent = error instanceof Error ? error.message : String(error);
  part('problem').hidden = false;
  // A bug must appear on the console as well.
  if (!(error instanceof Error) || error.constructor !== Error) throw error;
}
