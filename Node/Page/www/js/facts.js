// Beside the forms: how things stand, and what is known of the vault.

import { formatAmount } from './amount.js';
import { networkName } from './connect.js';
import { explain } from './faults.js';
import { ask, unitsOf } from './node.js';
import { byId, copyable, fact, fill, make, pill, setText } from './view.js';
import { numberOf } from './words.js';

/** @param {import('./state.js').Bridge} bridge */
export function wireFacts(bridge) {
  setText(byId('this-host'), location.host);
  bridge.addEventListener('change', () => {
    if (bridge.status === null) return;
    drawState(bridge);
    drawVault(bridge);
    setText(byId('node-facts'), `Served by a node of NeuroChain at block ${numberOf(bridge.status.height)}, program ${bridge.commit}.`);
  });
}

function drawState({ status, onEthereum }) {
  const doubt = status.halts.length > 0;
  const closed = status.vaultForked || status.vaultRetired || status.vaultRetiring;
  const inward = !(closed || status.creditsPaused || doubt || (onEthereum?.locksPaused ?? status.vaultLocksPaused));
  const outward = !(closed || status.withdrawalsPaused || doubt || (onEthereum?.releasesPaused ?? status.vaultReleasesPaused));
  const isOpen = (open) => pill(open ? 'Open' : 'Stopped', open ? 'good' : 'bad');
  fill(byId('state-facts'),
    ...fact('To NeuroChain', isOpen(inward)),
    ...fact('To Ethereum', isOpen(outward)),
    ...fact('In the vault', ntk(unitsOf(status.locked) - unitsOf(status.released))),
    ...fact('Waiting to be credited', ntk(unitsOf(status.pending))),
    ...fact('On the way to Ethereum', ntk(unitsOf(status.open))),
    ...fact('May be credited now', bucket(status.credits)),
    ...fact('May be paid now', bucket(status.withdrawals)),
    ...fact('Block of NeuroChain', numberOf(status.height)),
    ...(status.watch === null ? [] : fact('Final block of Ethereum', Number(status.watch.finalized) === 0 ? 'no quorum' : numberOf(status.watch.finalized))));
}

function drawVault(bridge) {
  const { status, checks } = bridge;
  const check = (ok, text) => make('li', { class: ok ? 'ok' : 'not-ok' }, text);
  const list = make('ul', { class: 'checks' });
  if (checks === null || checks.failed) {
    list.append(make('li', { class: 'unknown' }, checks?.failed ? `It could not be checked: ${checks.failed}` : 'Connect a wallet: the page then checks on Ethereum that the contract is the real one.'));
  } else {
    list.append(
      check(checks.code, checks.code ? 'Its code is the published one, byte for byte' : 'Its code is NOT the published one. Do not use it.'),
      check(checks.genesis, checks.genesis ? 'It was made for this chain' : 'It was NOT made for this chain. Do not use it.'),
      check(checks.token, checks.token ? 'It holds this token' : 'It holds ANOTHER token. Do not use it.'));
  }

  fill(byId('vault-facts'),
    make('dl', { class: 'facts stacked' },
      ...fact('Network', networkName(bridge.chainId)),
      ...fact('Vault', copyable(bridge.vault.address)),
      ...fact('Token (NTK)', copyable(bridge.vault.token)),
      ...fact('Genesis of the chain', copyable(status.genesis))),
    list,
    ...follow(bridge));
}

// What became of the button below, as the facts are drawn anew every few seconds.
const following = { busy: false, text: '' };

// After a change of the validators the vault must be told, and anybody may.
function follow(bridge) {
  const { status } = bridge;
  if (Number(status.nextSetHeight) === 0) return [];
  const text = `The validators have changed (set ${numberOf(status.electedSet)}), and the vault still follows set ${numberOf(status.followedSet)}. Withdrawals wait until somebody brings it the change. The nodes do that by themselves; you can too, for the fee of a transaction.`;
  const say = (words, busy) => {
    Object.assign(following, { text: words, busy });
    drawVault(bridge);
  };
  const bring = async () => {
    say('Asking the vault.', true);
    try {
      // This chain hears of it only when it is final: until then the button is here, and the vault would refuse the same change a second time.
      if (await bridge.vault.setNumber() > BigInt(status.followedSet)) {
        say('The vault follows it already. NeuroChain hears of it when that block of Ethereum is final, after about 15 minutes.', false);
        return;
      }
      say('Confirm it in your wallet.', true);
      const hash = await bridge.vault.follow(await ask('call', { set: Number(status.followedSet) + 1 }));
      say('Sent. It takes a block of Ethereum.', true);
      await bridge.ethereum.receipt(hash);
      say('Done.', false);
    } catch (error) {
      say(explain(error).text, false);
    }
  };
  return [make('div', { class: 'note' }, make('p', {}, text),
    make('button', { type: 'button', id: 'follow', disabled: !bridge.isReady || following.busy, onclick: bring }, 'Bring the change'),
    make('p', { class: 'hint', role: 'status' }, following.text))];
}

function ntk(units) {
  return `${formatAmount(units)} NTK`;
}

function bucket({ level, capacity }) {
  return `${formatAmount(unitsOf(level))} of ${formatAmount(unitsOf(capacity))} NTK`;
}
