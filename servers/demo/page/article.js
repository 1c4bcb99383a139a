// The demo of the article that this project began from: ten messages, one a second, appended as
// they come. The correct form closes when the server sends `done`; the bare EventSource reconnects
// and receives all of it again, for ever.

/** @import { Twins } from './stream-receiver.ts' */

/** Limit on the list, because in the naive form messages come for ever. */
const MOST_ITEMS = 200;

/** @typedef {'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed'} ArticleState */

/** One side of the article's demo. */
class ArticleLane {
  #root;
  #seen = new Set();
  #startedMs = 0;
  #counts = { messages: 0, connections: 0, repeated: 0 };
  #onState;
  /** @type {ArticleState} */
  state = 'idle';

  /**
   * @param {HTMLElement} root
   * @param {() => void} onState
   */
  constructor(root, onState) {
    this.#root = root;
    this.#onState = onState;
  }

  /**
   * @param {string} name
   * @returns {HTMLElement}
   */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(`[data-part="${name}"]`));
  }

  begin() {
    this.#seen.clear();
    this.#startedMs = performance.now();
    this.#counts = { messages: 0, connections: 0, repeated: 0 };
    this.#part('messages').replaceChildren();
    this.#showCounts();
    this.become('connecting', 'connecting');
  }

  connected() {
    this.#counts.connections++;
    this.#showCounts();
    this.become('open', 'open');
  }

  /** @param {string} text */
  message(text) {
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(2);
    const isRepeated = this.#seen.has(text);
    this.#seen.add(text);
    this.#counts.messages++;
    if (isRepeated) this.#counts.repeated++;
    const list = this.#part('messages');
    list.append(messageItem(text, `${seconds} s`, isRepeated));
    if (list.childElementCount > MOST_ITEMS) list.firstElementChild?.remove();
    list.scrollTop = list.scrollHeight;
    this.#showCounts();
  }

  /**
   * @param {ArticleState} state
   * @param {string} words
   */
  become(state, words) {
    this.state = state;
    this.#root.dataset['state'] = state;
    this.#part('state').textContent = words;
    this.#onState();
  }

  #showCounts() {
    for (const [name, count] of Object.entries(this.#counts))
      this.#part(name === 'messages' ? 'count' : name).textContent = String(count);
    this.#root.dataset['count'] = String(this.#counts.messages);
  }
}

/**
 * @param {string} text
 * @param {string} arrived
 * @param {boolean} isRepeated
 */
function messageItem(text, arrived, isRepeated) {
  const item = document.createElement('li');
  const words = document.createElement('span');
  words.textContent = text;
  const time = document.createElement('span');
  time.className = 'arrived';
  time.textContent = isRepeated ? `again, ${arrived}` : arrived;
  item.append(words, time);
  if (isRepeated) item.dataset['repeated'] = '';
  return item;
}

/**
 * @param {URL} url
 * @param {ArticleLane} lane
 * @returns {() => void}
 */
function listenToEvents(url, lane) {
  const source = new EventSource(url);
  const close = () => {
    source.close();
    lane.become('closed', 'closed');
  };
  source.addEventListener('open', () => lane.connected());
  source.addEventListener('message', ({ data }) => lane.message(data));
  // The naive stream never sends `done`, and this is the whole difference.
  source.addEventListener('done', close);
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED)
      lane.become('closed', 'closed: the twin refused, and EventSource does not say why');
    else lane.become('reconnecting', 'reconnecting, by itself');
  });
  return close;
}

/**
 * @param {URL} url
 * @param {ArticleLane} lane
 * @returns {() => void}
 */
function listenToMessages(url, lane) {
  const socket = new WebSocket(url);
  let isStopped = false;
  socket.addEventListener('open', () => lane.connected());
  socket.addEventListener('message', ({ data }) => lane.message(data));
  socket.addEventListener('close', ({ code }) => {
    if (isStopped) return;
    lane.become(
      'closed',
      code === 1000
        ? 'closed by the server'
        : `connection lost (${code}); a WebSocket does not come back by itself`,
    );
  });
  return () => {
    isStopped = true;
    socket.close();
    lane.become('closed', 'closed');
  };
}

/**
 * @param {HTMLElement} section
 * @param {Twins} twins
 */
export function setUpArticle(section, twins) {
  const start = /** @type {HTMLButtonElement} */ (section.querySelector('[data-action=start]'));
  const stop = /** @type {HTMLButtonElement} */ (section.querySelector('[data-action=stop]'));
  const naive = /** @type {HTMLInputElement} */ (section.querySelector('[name=naive]'));
  /** @type {(() => void)[]} */
  let closers = [];

  const [sse, ws] = ['sse', 'ws'].map((name) => {
    const root = /** @type {HTMLElement} */ (section.querySelector(`[data-lane=${name}]`));
    return new ArticleLane(root, () => showButtons());
  });
  if (sse === undefined || ws === undefined) throw new Error('the page has two lanes');

  const showButtons = () => {
    const isRunning = [sse, ws].some(({ state }) => state !== 'idle' && state !== 'closed');
    // A disabled button would lose the keyboard focus.
    if (!isRunning && document.activeElement === stop) start.focus();
    stop.disabled = !isRunning;
  };

  const end = () => {
    for (const close of closers.splice(0)) close();
  };
  stop.addEventListener('click', end);
  start.addEventListener('click', () => {
    end();
    sse.begin();
    ws.begin();
    closers = [
      listenToEvents(articleUrl(twins.sse, naive.checked), sse),
      listenToMessages(articleUrl(twins.ws, naive.checked), ws),
    ];
  });
  start.disabled = false;
}

/**
 * The page's own address may set the pace, as `?interval=` ms.
 * @param {string} origin
 * @param {boolean} isNaive
 */
function articleUrl(origin, isNaive) {
  const url = new URL('/demo/stream', origin);
  const interval = new URLSearchParams(location.search).get('interval');
  if (interval !== null) url.searchParams.set('interval', interval);
  if (isNaive) url.searchParams.set('naive', '1');
  return url;
}
