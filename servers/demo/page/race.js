// The race: the same tokens at the same times in three ways; the reader's actions apply to all at
// once.

import { Lane } from './lane.js';
import { readRaceForm } from './race-form.js';
import { receiveByEventSource } from './receive-by-event-source.js';
import { receiveByFetch } from './receive-by-fetch.js';
import { receiveByWebSocket } from './receive-by-web-socket.js';

/** @import { Receive, Twins } from './stream-receiver.ts' */
/** @import { DemoConfig } from './demo-config.js' */

/**
 * @typedef {object} Way
 * @property {string} name Name of the lane.
 * @property {string} title
 * @property {string} framing Label of the bytes with framing.
 * @property {Receive} receive
 * @property {(twins: Twins) => string} controlOrigin
 */

/** @type {readonly Way[]} */
const ways = [
  {
    name: 'sse',
    title: 'EventSource',
    framing: 'with event fields, rebuilt from what it hands out',
    receive: receiveByEventSource,
    controlOrigin: ({ sse }) => sse,
  },
  {
    name: 'ws',
    title: 'WebSocket',
    framing: 'with frame headers, computed',
    receive: receiveByWebSocket,
    controlOrigin: ({ ws }) => ws.replace(/^ws/, 'http'),
  },
  {
    name: 'post',
    title: 'POST + fetch',
    framing: 'of the response bodies, counted',
    receive: receiveByFetch,
    controlOrigin: ({ sse }) => sse,
  },
];

/**
 * @param {HTMLElement} section
 * @param {DemoConfig} config
 */
export function setUpRace(section, config) {
  /** @param {string} action */
  const button = (action) =>
    /** @type {HTMLButtonElement} */ (section.querySelector(`[data-action=${action}]`));
  const [start, cut, pause, cancel] = [
    button('start'),
    button('cut'),
    button('pause'),
    button('cancel'),
  ];
  const form = /** @type {HTMLFormElement} */ (section.querySelector('form'));
  const error = /** @type {HTMLElement} */ (section.querySelector('[data-part=error]'));
  offerWorkloads(
    /** @type {HTMLSelectElement} */ (form.elements.namedItem('workload')),
    config.workloads,
  );
  const lanes = ways.map((way) => new Lane(addLane(section, way), way, () => showButtons()));

  const showButtons = () => {
    const live = lanes.filter(({ isLive }) => isLive);
    const isPaused = live.length > 0 && live.every(({ isPaused }) => isPaused);
    // A disabled button would lose the keyboard focus.
    if (live.length === 0 && [cut, pause, cancel].some((one) => one === document.activeElement))
      start.focus();
    for (const one of [pause, cancel]) one.disabled = live.length === 0;
    cut.disabled = live.length === 0 || isPaused;
    pause.textContent = isPaused ? 'Continue' : 'Pause';
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const read = readRaceForm(new FormData(form), config.limits);
    error.textContent = read.problem ?? '';
    for (const field of form.elements) field.removeAttribute('aria-invalid');
    if (read.problem !== undefined) {
      const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(read.field));
      field.setAttribute('aria-invalid', 'true');
      field.focus();
      return;
    }
    // Streams outlive their readers, so each race has streams of its own.
    const race = crypto.getRandomValues(new Uint32Array(2)).join('-');
    lanes.forEach((lane, index) =>
      lane.start({
        twins: config,
        id: `race-${race}-${ways[index]?.name}`,
        described: read.described,
      }),
    );
  });
  cut.addEventListener(
    'click',
    () => void Promise.all(lanes.map(async (lane) => await lane.cut())),
  );
  pause.addEventListener('click', () => {
    const isPaused = lanes.some(({ isPaused }) => isPaused);
    for (const lane of lanes) {
      if (isPaused) lane.continue();
      else lane.pause();
    }
  });
  cancel.addEventListener(
    'click',
    () => void Promise.all(lanes.map(async (lane) => await lane.cancel())),
  );
  start.disabled = false;
}

/**
 * @param {HTMLElement} section
 * @param {Way} way
 * @returns {HTMLElement}
 */
function addLane(section, { name, title, framing }) {
  const template = /** @type {HTMLTemplateElement} */ (section.querySelector('template'));
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const lane = /** @type {HTMLElement} */ (copy.firstElementChild);
  lane.dataset['lane'] = name;
  lane.setAttribute('aria-label', title);
  for (const [part, words] of Object.entries({ title, framing })) {
    const element = lane.querySelector(`[data-part="${part}"]`);
    if (element) element.textContent = words;
  }
  lane.querySelector('[data-part=text]')?.setAttribute('aria-label', `Text over ${title}`);
  template.parentElement?.append(copy);
  return lane;
}

/**
 * @param {HTMLSelectElement} select
 * @param {readonly string[]} workloads
 */
function offerWorkloads(select, workloads) {
  select.append(...workloads.map((name) => new Option(name)));
  // Long and quick enough to look at, and familiar to most people.
  if (workloads.includes('chat')) select.value = 'chat';
}
