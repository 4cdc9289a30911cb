// What stands over everything else: why something does not go at present.

import { byId, fill, make, show } from './view.js';
import { HALTS } from './words.js';

/** @param {import('./state.js').Bridge} bridge @returns {{bad: boolean, text: string}[]} The worst first. */
export function troublesOf(bridge) {
  const { status, trouble } = bridge;
  if (status === null) return trouble === '' ? [] : [{ bad: true, text: noAnswer(trouble) }];
  const troubles = [];
  const say = (condition, bad, text) => { if (condition) troubles.push({ bad, text }); };
  say(trouble !== '', true, noAnswer(trouble));
  say(status.vaultForked, true, 'The vault on Ethereum has stopped for good: it was proven that validators of NeuroChain signed two different blocks. Do not lock anything. What is locked can only leave by the recovery that was announced at its deployment.');
  for (const halt of status.halts) say(true, true, `The bridge has halted itself. ${HALTS[halt] ?? halt} It goes on after a vote of the validators; nothing is lost by waiting.`);
  say(status.vaultRetired, true, 'This vault has handed its tokens to another one. Do not lock anything here; ask the operators for the new page.');
  say(status.vaultRetiring && !status.vaultRetired, true, 'This vault is about to hand its tokens to another one, and takes nothing in any more.');
  say(status.vaultLocksPaused && status.vaultReleasesPaused, true, 'A guardian has paused the vault, both ways. Do not start a transfer now; what is on its way waits and is not lost.');
  say(status.vaultLocksPaused && !status.vaultReleasesPaused, true, 'A guardian has paused locking: nothing can be moved to NeuroChain at present.');
  say(status.vaultReleasesPaused && !status.vaultLocksPaused, true, 'A guardian has paused payments of the vault: withdrawals wait, and are not lost.');
  say(status.creditsPaused, true, 'A validator has paused credits on NeuroChain: what is locked waits until the validators resume.');
  say(status.withdrawalsPaused, true, 'A validator has paused withdrawals on NeuroChain.');
  say(status.watch !== null && status.watch.halt !== '', true, `This node has stopped reading Ethereum (${status.watch?.halt}). Other nodes may still go on.`);
  say(status.watch !== null && status.watch.halt === '' && Number(status.watch.finalized) === 0, false, 'This node sees too few Ethereum endpoints that agree. Deposits may take longer.');
  say(bridge.isStale, false, 'The node that serves this page has seen no new block for a minute: what it shows may be old.');
  return troubles;
}

/** @param {import('./state.js').Bridge} bridge */
export function wireBanner(bridge) {
  const place = byId('banner');
  bridge.addEventListener('change', () => {
    const troubles = troublesOf(bridge);
    show(place, troubles.length > 0);
    place.classList.toggle('bad', troubles.some(({ bad }) => bad));
    fill(place, make('div', { class: 'banner-inner' }, ...troubles.map(({ text }) => make('p', {}, text))));
  });
}

function noAnswer(trouble) {
  return /vault|bridge/i.test(trouble) ? trouble : `${trouble} What is on its way goes on without it.`;
}
