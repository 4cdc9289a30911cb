// The wallet's place in the head of the page, and the note where it is on another network.

import { shortAddress } from './address.js';
import { explain } from './faults.js';
import { byId, fill, make, show } from './view.js';

/** @param {import('./state.js').Bridge} bridge */
export function wireWallet(bridge) {
  const { wallet } = bridge;
  const place = byId('wallet');
  const note = byId('network-note');
  let shown = '';

  async function connect(id) {
    place.querySelector('.wallet-error')?.remove();
    try {
      await wallet.connect(id);
    } catch (error) {
      place.append(make('p', { class: 'wallet-error', role: 'alert' }, explain(error).text));
    }
  }

  function draw() {
    const state = JSON.stringify([wallet.account, wallet.name, [...wallet.found.keys()]]);
    if (state === shown) return;
    shown = state;
    if (wallet.account !== null) {
      place.replaceChildren(make('button', {
        type: 'button', class: 'chip', title: `${wallet.account}: forget it here`, onclick: () => wallet.disconnect(),
      }, make('span', { class: 'dot' }), make('span', { class: 'mono' }, shortAddress(wallet.account)), make('span', { class: 'chip-end' }, 'Disconnect')));
    } else if (wallet.found.size === 0) {
      place.replaceChildren(make('span', { class: 'hint' }, 'No wallet found in this browser'));
    } else {
      const many = wallet.found.size > 1;
      place.replaceChildren(...[...wallet.found.values()].map(({ id, name, icon }) =>
        make('button', { type: 'button', class: 'primary small-primary', onclick: () => connect(id) }, icon && make('img', { src: icon, alt: '', width: 18, height: 18 }), many ? name : 'Connect wallet')));
    }
  }

  function drawNetwork() {
    const wrong = wallet.account !== null && bridge.chainId !== null && wallet.chainId !== null && wallet.chainId !== bridge.chainId;
    show(note, wrong);
    if (!wrong) return;
    const wanted = networkName(bridge.chainId);
    const button = make('button', { type: 'button', id: 'switch-network' }, `Switch to ${wanted}`);
    button.addEventListener('click', async () => {
      try {
        await wallet.switchTo(bridge.chainId);
      } catch (error) {
        button.after(make('p', {}, explain(error).text));
      }
    });
    if (note.dataset.chain === `${wallet.chainId}`) return;
    note.dataset.chain = `${wallet.chainId}`;
    fill(note, make('p', {}, `Your wallet is on ${networkName(wallet.chainId)}. The vault is on ${wanted}.`), button);
  }

  bridge.addEventListener('change', () => {
    draw();
    drawNetwork();
  });
  draw();
}

/** @param {bigint} chainId EIP-155. */
export function networkName(chainId) {
  const names = { 1: 'Ethereum', 11155111: 'the test network Sepolia', 17000: 'the test network Holesky', 560048: 'the test network Hoodi', 31337: 'a local test network (31337)' };
  return names[chainId] ?? `the network ${chainId}`;
}
