// Fetches the addresses of the twins and the limits on requests from the twin that served the page.

/** @import { Twins } from './stream-receiver.ts' */
/** @import { Limits } from './race-form.js' */

/** @typedef {Twins & { workloads: string[], payload: string, limits: Limits }} DemoConfig */

/**
 * Rejects with a message for the reader.
 * @returns {Promise<DemoConfig>}
 */
export async function fetchConfig() {
  const response = await fetch('/demo/config.json').catch(() => {
    throw new Error('The server of this page does not answer. Is streamduel serve still running?');
  });
  /** @type {DemoConfig & { message?: string }} */
  const config = await response.json();
  if (!response.ok)
    throw new Error(`The server of this page says: ${config.message ?? response.status}`);
  return config;
}
