// What the three ways to receive a stream have in common: types only.

/**
 * Origins of the twins.
 * @typedef {object} Twins
 * @property {string} sse
 * @property {string} ws
 */

/**
 * @typedef {object} StreamRequest
 * @property {Twins} twins
 * @property {string} id
 * @property {Record<string, string | number>} described Workload, seed, and where they are given `n` and `rate`.
 * @property {() => string | undefined} cursor Where the receiver stands; undefined before anything came.
 */

/**
 * @typedef {object} Listener
 * @property {() => void} connected
 * @property {() => void} lost The connection; another one is on its way.
 * @property {(type: string, data: string) => void} event A token (`message`), or a control event, by its JSON.
 * @property {(bytes: number) => void} counted Came, framing included, as far as the receiver can know.
 * @property {(reason: string) => void} failed For good.
 */

/**
 * Begins to receive. Returns what closes the connection, after which the listener hears nothing.
 * @typedef {(request: StreamRequest, listener: Listener) => () => void} Receive
 */

export {};
