// Parses and checks the reader's request for a race before anything is sent: EventSource could not
// tell why it was refused.

/**
 * @typedef {object} Limits Upper limits of a request.
 * @property {number} n Tokens.
 * @property {number} rate Tokens per second.
 */

const MAX_SEED = 2 ** 32 - 1;

/**
 * @typedef {{ described: Record<string, string | number>, problem?: undefined } | { problem:
 * string, field: string }} RaceRequest
 */

/**
 * Tokens and rate may be left empty: then those of the workload apply.
 * @param {FormData} form
 * @param {Limits} limits
 * @returns {RaceRequest}
 */
export function readRaceForm(form, { n: maxTokens, rate: maxRate }) {
  /** @param {string} name */
  const given = (name) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const tokens = given('n');
  const rate = given('rate');
  const seed = given('seed');
  if (tokens !== '' && !isWhole(tokens, 1, maxTokens))
    return {
      field: 'n',
      problem: `Tokens: ${tokens} is not a whole number from 1 to ${maxTokens.toLocaleString('en')}.`,
    };
  if (rate !== '' && !(Number(rate) > 0 && Number(rate) <= maxRate))
    return {
      field: 'rate',
      problem: `Rate: ${rate} is not a number above 0 and up to ${maxRate.toLocaleString('en')}.`,
    };
  if (!isWhole(seed, 0, MAX_SEED))
    return {
      field: 'seed',
      problem: `Seed: ${seed === '' ? 'nothing' : seed} is not a whole number from 0 to ${MAX_SEED.toLocaleString('en')}.`,
    };
  return {
    described: {
      workload: given('workload'),
      seed: Number(seed),
      ...(tokens !== '' && { n: Number(tokens) }),
      ...(rate !== '' && { rate: Number(rate) }),
    },
  };
}

/**
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function isWhole(text, least, most) {
  return /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most;
}
