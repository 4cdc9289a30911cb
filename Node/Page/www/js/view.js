// Small pieces of the page. Text is only ever set as text.

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/** @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node|string|null|undefined|false)} children */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/** Replaces what is inside where it differs, so that what is focused or selected stays. Buttons that look alike must do alike. */
export function fill(element, ...children) {
  const next = make('div', {}, ...children);
  if (next.childNodes.length === element.childNodes.length && [...next.childNodes].every((node, i) => node.isEqualNode(element.childNodes[i]))) return;
  element.replaceChildren(...next.childNodes);
}

/** A text that can be copied whole. */
export function copyable(text, shown = text) {
  const button = make('button', { type: 'button', class: 'copy', title: `Copy ${text}`, 'aria-label': `Copy ${text}` }, 'Copy');
  button.addEventListener('click', () => copyText(text, button));
  return make('span', { class: 'copyable' }, make('code', { title: text }, shown), button);
}

export async function copyText(text, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Select it by hand';
  }
  setTimeout(() => { button.textContent = label; }, 1600);
}

export function pill(label, tone) {
  return make('span', { class: `pill ${tone}` }, label);
}

export function fact(term, ...values) {
  return [make('dt', {}, term), make('dd', {}, ...values)];
}

/**
 * A list of steps, of which one is being done.
 * Each has a state: todo, active, done, failed.
 */
export class Steps {
  #items;

  /** @param {HTMLElement} root @param {string[]} titles */
  constructor(root, titles) {
    this.#items = titles.map((title) => {
      const note = make('p', { class: 'step-note' });
      const item = make('li', { 'data-state': 'todo' }, make('div', {}, make('p', { class: 'step-title' }, title), note));
      return { item, note };
    });
    root.replaceChildren(make('ol', { class: 'steps' }, ...this.#items.map(({ item }) => item)));
  }

  /** @param {number} step @param {'todo'|'active'|'done'|'failed'} state @param {...(Node|string|null)} note */
  set(step, state, ...note) {
    const { item, note: place } = this.#items[step];
    if (item.dataset.state !== state) item.dataset.state = state;
    if (state === 'active') item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
    fill(place, ...note);
  }

  /** The step that was being done. */
  fail(...note) {
    const step = this.#items.findIndex(({ item }) => item.dataset.state === 'active');
    if (step >= 0) this.set(step, 'failed', ...note);
  }
}

/** Tabs that the arrow keys walk. */
export function wireTabs(list) {
  const tabs = [...list.querySelectorAll('[role=tab]')];
  const select = (tab) => {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute('aria-selected', String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      byId(other.getAttribute('aria-controls')).hidden = !chosen;
    }
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener('click', () => select(tab));
    tab.addEventListener('keydown', (event) => {
      const to = { ArrowRight: (i + 1) % tabs.length, ArrowLeft: (i + tabs.length - 1) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      select(tabs[to]);
      tabs[to].focus();
    });
  }
}
