// What the connected account has locked, by the vault's own logs, and what is on its way back, each with its state.

import { formatAmount } from './amount.js';
import { shortAddress, withChecksum } from './address.js';
import { stateOf } from './deposit.js';
import { explain } from './faults.js';
import { ask } from './node.js';
import { byId, copyable, fill, make, pill } from './view.js';
import { DEPOSIT_STATES, numberOf } from './words.js';
import { cardOf } from './withdraw.js';

const SHOWN_MAX = 20;
const POLL_MS = 6000;

/** @param {import('./state.js').Bridge} bridge */
export function wireTransfers(bridge) {
  const place = byId('transfers');
  const ended = new Map();
  let read = null;
  let account = null;
  let turn = 0;

  async function readLocks() {
    const mine = ++turn;
    try {
      const found = await bridge.vault.locksOf(bridge.wallet.account);
      if (mine === turn) read = found;
    } catch (error) {
      if (mine === turn) read = { locks: [], from: 0, failed: explain(error).text };
    }
    if (mine === turn) await draw();
  }

  async function draw() {
    if (!bridge.isReady || read === null) return;
    const mine = turn;
    const shown = read.locks.slice(0, SHOWN_MAX);
    const details = await Promise.all(shown.map(detailOf));
    let withdrawals = [];
    let trouble = '';
    try {
      ({ withdrawals } = await ask('withdrawals', { sender: bridge.wallet.account }));
    } catch (error) {
      trouble = explain(error).text;
    }
    if (mine !== turn) return;
    const parts = [];
    if (trouble !== '') parts.push(make('p', { class: 'hint' }, trouble));
    if (read.failed) parts.push(make('p', { class: 'hint' }, `Your wallet's node does not list your locks: ${read.failed}`));
    if (withdrawals.length > 0) parts.push(make('h3', {}, 'To Ethereum'), ...withdrawals.map((withdrawal) => cardOf(bridge, withdrawal)));
    if (shown.length > 0) parts.push(make('h3', {}, 'To NeuroChain'), ...shown.map((lock, i) => lockCard(bridge, lock, details[i])));
    if (read.locks.length > SHOWN_MAX) parts.push(make('p', { class: 'hint' }, `The newest ${SHOWN_MAX} of ${read.locks.length} locks.`));
    if (read.from > bridge.vault.firstBlock) parts.push(make('p', { class: 'hint' }, `Your wallet's node answered for the blocks from ${numberOf(read.from)} on.`));
    if (parts.length === 0) parts.push(make('p', { class: 'hint' }, 'This account has locked nothing, and nothing of it is on its way back.'));
    fill(place, ...parts);
  }

  async function detailOf(lock) {
    const key = String(lock.nonce);
    if (ended.has(key)) return ended.get(key);
    try {
      const detail = await ask('deposit', { nonce: key });
      if (DEPOSIT_STATES[detail.state]?.end) ended.set(key, detail);
      return detail;
    } catch {
      return null;
    }
  }

  bridge.addEventListener('change', () => {
    const present = bridge.isReady ? bridge.wallet.account : null;
    if (present === account) return;
    account = present;
    read = null;
    turn++;
    place.replaceChildren(make('p', { class: 'hint' }, account === null ? 'Connect a wallet to see what it has locked and what is on its way back.' : 'Looking…'));
    if (account !== null) void readLocks();
  });
  setInterval(() => { if (!document.hidden) void draw(); }, POLL_MS);
  return { again: () => { if (bridge.isReady) void readLocks(); } };
}

function lockCard(bridge, lock, detail) {
  const state = detail === null ? { label: 'Not known', tone: 'wait' } : DEPOSIT_STATES[detail.state] ?? { label: detail.state, tone: 'wait' };
  const recipient = /^0x0{24}/.test(lock.recipient) ? withChecksum(`0x${lock.recipient.slice(26)}`) : lock.recipient;
  const say = detail === null ? 'The node does not answer.' : stateOf(bridge, lock, detail);
  return make('article', { class: 'transfer' },
    make('div', { class: 'transfer-head' }, make('strong', {}, `${formatAmount(lock.amount)} NTK`), ' for ', make('span', { class: 'mono', title: recipient }, shortAddress(recipient)), pill(state.label, state.tone)),
    say !== '' && make('p', {}, say),
    make('p', { class: 'hint' }, `Lock ${lock.nonce}, block ${numberOf(lock.block)} of Ethereum. `, copyable(lock.transaction, `${lock.transaction.slice(0, 12)}…`)));
}
