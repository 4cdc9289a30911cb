// The address on Ethereum that belongs to one account of NeuroChain.

import { formatAmount } from './amount.js';
import { explain } from './faults.js';
import { judgeRecipient } from './recipient.js';
import { byId, copyable, make, setText } from './view.js';

/** @param {import('./state.js').Bridge} bridge @param {() => void} onLocked Told of a new lock. */
export function wireDepositAddress(bridge, onLocked) {
  const field = byId('address-recipient');
  const go = byId('address-go');
  let suggested = null;

  function draw() {
    const why = bridge.status !== null && bridge.factory === null ? 'This node names no factory of deposit addresses.'
      : !bridge.isReady ? 'Connect a wallet on the right network: the address is computed and checked with it.' : '';
    go.disabled = why !== '';
    setText(byId('address-why'), why);
  }

  bridge.addEventListener('change', () => {
    const { account } = bridge.wallet;
    if (account !== null && account !== suggested && (field.value === '' || field.value === suggested)) {
      field.value = account;
      suggested = account;
    }
    draw();
  });
  byId('address-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    const place = byId('address-result');
    setText(byId('address-recipient-error'), '');
    try {
      const { address: recipient, error, warning } = await judgeRecipient(bridge, field.value);
      if (error) {
        setText(byId('address-recipient-error'), error);
        return;
      }
      place.replaceChildren(make('p', { class: 'hint' }, 'Checking the factory…'));
      const deposit = await bridge.vault.depositAddress(recipient);
      const result = make('div', { class: 'note good' });
      place.replaceChildren(result);
      await drawResult(bridge, result, recipient, deposit, warning, onLocked);
    } catch (error) {
      place.replaceChildren(make('p', { class: 'note bad', role: 'alert' }, explain(error).text));
    }
  });
}

async function drawResult(bridge, place, recipient, deposit, warning, onLocked) {
  const { vault, ethereum } = bridge;
  const [balance, code] = await Promise.all([vault.balanceOf(deposit), ethereum.code(deposit)]);
  const isMade = code !== '0x';
  const least = bridge.onEthereum?.minLock ?? 0n;
  const note = make('p', { class: 'hint', role: 'status' });
  const act = (label, work) => make('button', { type: 'button', disabled: balance < least, onclick: async (event) => {
    event.currentTarget.disabled = true;
    setText(note, 'Confirm in your wallet.');
    try {
      const hash = await work();
      setText(note, 'Sent. Waiting for a block of Ethereum, about 12 seconds.');
      await ethereum.receipt(hash);
      onLocked();
      await drawResult(bridge, place, recipient, deposit, warning, onLocked);
    } catch (error) {
      setText(note, explain(error).text);
      event.target.disabled = false;
    }
  } }, label);
  place.replaceChildren(
    make('p', {}, `Send NTK, and only NTK, to this address on Ethereum. They are for ${recipient} on NeuroChain and can go nowhere else:`),
    make('p', { class: 'big' }, copyable(deposit)),
    ...(warning ? [make('p', { class: 'warning' }, `Be sure: ${warning}`)] : []),
    make('p', {}, balance === 0n ? 'Nothing is there at present.' : `${formatAmount(balance)} NTK are there.`),
    make('p', { class: 'hint' }, `After a transfer anybody can lock what is there, at least ${formatAmount(least)} NTK; then it is credited as any lock. Relayers may do it, or you, below.`),
    isMade ? act('Lock what is there', () => vault.flush(deposit)) : act('Set the address up', () => vault.makeDepositAddress(recipient)),
    note);
}
