// Checks by the hash in the stream's last event whether a text is the one that the server sent.

/**
 * Resolves to undefined when the browser offers no SHA-256, which it does only to pages from this
 * machine, or over TLS.
 * @param {string} text
 * @param {{ readonly subtle?: SubtleCrypto | undefined }} crypto
 * @returns {Promise<string | undefined>}
 */
export async function hashText(text, { subtle } = globalThis.crypto) {
  if (subtle === undefined) return undefined;
  const bytes = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {string | undefined} actual
 * @param {string} announced
 * @returns {{ state: 'equal' | 'different' | 'unchecked', words: string }}
 */
export function compareHashes(actual, announced) {
  if (actual === undefined)
    return {
      state: 'unchecked',
      words:
        'Its SHA-256 is not checked: the browser computes it only for pages from this machine or over TLS.',
    };
  return actual === announced
    ? { state: 'equal', words: 'The text has the SHA-256 that the server announced.' }
    : { state: 'different', words: 'The text has another SHA-256 than the server announced.' };
}
