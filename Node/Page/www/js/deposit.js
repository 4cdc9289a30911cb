// To NeuroChain: allow, lock, then see it credited.

import { formatAmount, parseAmount, plainAmount } from './amount.js';
import { sameAddress } from './address.js';
import { explain, PlainError } from './faults.js';
import { ask, unitsOf } from './node.js';
import { judgeRecipient } from './recipient.js';
import { byId, copyable, make, setText, show, Steps } from './view.js';
import { DEPOSIT_STATES, durationOf, numberOf, sentenceOf, waitOf } from './words.js';

const POLL_MS = 3000;
const SLOT_SECONDS = 12;
const ALLOW = 0;
const LOCK = 1;
const FINAL = 2;
const CREDIT = 3;

/** @param {import('./state.js').Bridge} bridge @param {() => void} onLocked Told of a new lock. */
export function wireDeposit(bridge, onLocked) {
  const amountField = byId('deposit-amount');
  const recipientField = byId('deposit-recipient');
  const confirm = byId('deposit-confirm');
  const go = byId('deposit-go');
  const progress = byId('deposit-progress');
  let busy = false;
  let recipient = { error: '' };
  let judged = 0;
  let suggested = null;
  let wasReady = false;

  async function judge() {
    if (bridge.vault === null) return;
    const turn = ++judged;
    if (recipientField.value.trim() === '') {
      recipient = { error: '' };
    } else {
      try {
        const verdict = await judgeRecipient(bridge, recipientField.value);
        if (turn !== judged) return;
        if (verdict.warning !== recipient.warning || verdict.address !== recipient.address) confirm.checked = false;
        recipient = verdict;
      } catch (error) {
        recipient = { error: explain(error).text };
      }
    }
    draw();
  }

  function draw() {
    const { balance, onEthereum, wallet } = bridge;
    const amount = parseAmount(amountField.value);
    const typed = amountField.value.trim() !== '';
    setText(byId('deposit-balance'), balance === null ? '' : `You have ${formatAmount(balance)} NTK`);
    setText(byId('deposit-amount-error'), typed ? amount.error ?? faultOf(bridge, amount.units) : '');
    amountField.setAttribute('aria-invalid', String(byId('deposit-amount-error').textContent !== ''));
    setText(byId('deposit-limits'), limitsOf(bridge, amount.units));
    setText(byId('deposit-recipient-error'), recipient.error ?? '');
    recipientField.setAttribute('aria-invalid', String(Boolean(recipient.error)));
    const own = recipient.address != null && sameAddress(recipient.address, wallet.account);
    setText(byId('deposit-recipient-note'), own ? 'Your own address. The key in your wallet is the key on NeuroChain.' : '');
    show(byId('deposit-self'), wallet.account !== null && !own);
    show(byId('deposit-confirm-row'), recipient.warning != null);
    setText(byId('deposit-confirm-text'), recipient.warning ?? '');
    const why = obstacle(bridge, recipient, confirm.checked, amount, typed);
    const ready = why === null && !busy;
    setText(byId('deposit-summary'), why === null ? `${recipient.address} receives ${formatAmount(amount.units)} NTK on NeuroChain.` : '');
    if (go.disabled === ready) go.disabled = !ready;
    setText(go, busy ? 'In progress' : amount.units == null ? 'Move to NeuroChain' : `Move ${formatAmount(amount.units)} NTK to NeuroChain`);
    setText(byId('deposit-why'), busy ? '' : why ?? (onEthereum === null ? '' : 'Your wallet asks you before anything is sent.'));
    for (const field of [amountField, recipientField, byId('deposit-max'), confirm]) field.disabled = busy;
  }

  async function run() {
    const amount = parseAmount(amountField.value).units;
    const to = recipient.address;
    const steps = new Steps(progress, ['Allow the vault to take the tokens', 'Lock them', 'Ethereum makes it final', 'Credited on NeuroChain']);
    busy = true;
    draw();
    try {
      await allow(bridge, amount, steps);
      const lock = await lockTokens(bridge, amount, to, steps);
      amountField.value = '';
      onLocked();
      void bridge.refreshAccount();
      busy = false;
      draw();
      await follow(bridge, lock, steps);
      void bridge.refreshAccount();
    } catch (error) {
      const fault = explain(error);
      steps.fail(fault.text, ' ', make('button', { type: 'button', onclick: () => { if (!busy && !go.disabled) void run(); } }, 'Try again'));
    } finally {
      busy = false;
      draw();
    }
  }

  amountField.addEventListener('input', draw);
  recipientField.addEventListener('input', judge);
  confirm.addEventListener('change', draw);
  byId('deposit-self').addEventListener('click', () => {
    recipientField.value = bridge.wallet.account;
    void judge();
  });
  byId('deposit-max').addEventListener('click', () => {
    const { balance, onEthereum } = bridge;
    if (balance === null || onEthereum === null) return;
    amountField.value = plainAmount(balance < onEthereum.room ? balance : onEthereum.room);
    draw();
  });
  byId('deposit-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (!go.disabled) void run();
  });
  bridge.addEventListener('change', () => {
    // The own account is offered once, and again after the wallet changed to another while nothing else was typed.
    const { account } = bridge.wallet;
    if (account !== null && account !== suggested && (recipientField.value === '' || recipientField.value === suggested)) {
      recipientField.value = account;
      suggested = account;
      void judge();
    } else if (bridge.isReady && !wasReady) {
      void judge(); // only now Ethereum can say whether it is a contract
    }
    wasReady = bridge.isReady;
    draw();
  });
}

// Why the vault would not take so much.
function faultOf({ balance, onEthereum }, units) {
  if (balance !== null && units > balance) return `You have ${formatAmount(balance)} NTK.`;
  if (onEthereum !== null && units < onEthereum.minLock) return `The vault takes no less than ${formatAmount(onEthereum.minLock)} NTK at a time.`;
  if (onEthereum !== null && units > onEthereum.room) return `The vault takes at most ${formatAmount(onEthereum.room)} NTK more.`;
  return '';
}

function limitsOf({ status, onEthereum }, units) {
  if (status === null) return '';
  const level = unitsOf(status.credits.level);
  if (units != null && units > level) {
    const missing = (units > unitsOf(status.credits.capacity) ? unitsOf(status.credits.capacity) : units) - level;
    const wait = unitsOf(status.credits.perSecond) === 0n ? 0 : Number((missing * 1000n) / unitsOf(status.credits.perSecond));
    return `More than is credited at once at present: it will wait its turn, ${wait > 0 ? durationOf(wait) : 'some time'} or longer, and may come in parts.`;
  }
  return onEthereum === null ? '' : `At least ${formatAmount(onEthereum.minLock)} NTK.`;
}

/** What stands between the visitor and the button; null where nothing does. */
function obstacle(bridge, recipient, confirmed, amount, typed) {
  const { wallet, status, onEthereum, checks, ether } = bridge;
  if (wallet.account === null) return wallet.found.size === 0 ? 'Open this page in a browser with a wallet for Ethereum.' : 'Connect a wallet first.';
  if (status === null) return 'Waiting for the node.';
  if (!bridge.isReady) return 'Your wallet is on another network.';
  if (checks?.failed) return `The vault could not be checked: ${checks.failed}`;
  if (onEthereum === null || checks === null) return 'Asking your wallet about the vault…';
  if (!checks.code || !checks.genesis || !checks.token) return 'The contract is not the one that belongs here: see "The vault".';
  if (onEthereum.forked || onEthereum.retired || onEthereum.retiring) return 'This vault takes nothing in any more.';
  if (onEthereum.locksPaused) return 'Locking is paused by a guardian of the vault.';
  if (ether === 0n) return 'The account has no Ether for the fees of Ethereum.';
  if (!typed) return 'Enter an amount.';
  if (amount.error) return amount.error;
  if (faultOf(bridge, amount.units) !== '') return faultOf(bridge, amount.units);
  if (recipient.address == null) return recipient.error || 'Name a recipient.';
  if (recipient.warning != null && !confirmed) return 'Confirm the recipient.';
  return null;
}

// The token is an old one: an allowance that is not zero may be changed to zero only, or somebody could use both.
async function allow(bridge, amount, steps) {
  const { vault, ethereum, wallet } = bridge;
  steps.set(ALLOW, 'active', 'Asking what the vault may take already…');
  const allowed = await vault.allowanceOf(wallet.account);
  if (allowed < amount) {
    if (allowed > 0n) {
      steps.set(ALLOW, 'active', `Confirm in your wallet: an older allowance of ${formatAmount(allowed)} NTK is taken back first. The token asks for that.`);
      await sent(steps, ALLOW, ethereum, await vault.approve(0n));
    }
    steps.set(ALLOW, 'active', `Confirm in your wallet: the vault may take ${formatAmount(amount)} NTK, and no more.`);
    await sent(steps, ALLOW, ethereum, await vault.approve(amount));
    // A wallet may have let its user change the number.
    if (await vault.allowanceOf(wallet.account) < amount) throw new PlainError('The allowance is smaller than the amount: the number was changed in the wallet.');
  }
  steps.set(ALLOW, 'done', allowed >= amount ? 'It was allowed before.' : 'Allowed.');
}

async function lockTokens(bridge, amount, to, steps) {
  const { vault, ethereum } = bridge;
  steps.set(LOCK, 'active', `Confirm in your wallet: ${formatAmount(amount)} NTK go into the vault for ${to}.`);
  const hash = await vault.lock(amount, to);
  const lock = vault.lockIn(await sent(steps, LOCK, ethereum, hash));
  steps.set(LOCK, 'done', `Lock number ${lock.nonce}, block ${numberOf(lock.block)}. `, copyable(hash, `${hash.slice(0, 10)}…`));
  return lock;
}

async function sent(steps, step, ethereum, hash) {
  steps.set(step, 'active', 'Sent. Waiting for a block of Ethereum, about 12 seconds. ', copyable(hash, `${hash.slice(0, 10)}…`));
  return ethereum.receipt(hash);
}

// From here on the visitor has nothing to do; he may close the page and come back.
async function follow(bridge, lock, steps) {
  for (;;) {
    let detail = null;
    try {
      detail = await ask('deposit', { nonce: lock.nonce });
    } catch (error) {
      const step = isFinal(bridge, lock) ? CREDIT : FINAL;
      steps.set(step, 'active', `${explain(error).text} The deposit goes on; this page asks again.`);
    }
    if (detail !== null) {
      if (drawDeposit(bridge, lock, detail, steps)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function drawDeposit(bridge, lock, detail, steps) {
  const say = stateOf(bridge, lock, detail);
  const free = 'You can close this page: it needs nothing more from you.';
  if (detail.state === 'Unseen' && !isFinal(bridge, lock)) {
    steps.set(FINAL, 'active', `${say} ${free}`);
    return false;
  }
  steps.set(FINAL, 'done', 'Final: it cannot be taken back.');
  if (DEPOSIT_STATES[detail.state]?.end) {
    steps.set(CREDIT, 'done', `${formatAmount(lock.amount)} NTK are on NeuroChain.`);
    return true;
  }
  if (detail.state === 'Quarantined') {
    steps.set(CREDIT, 'active');
    steps.fail(`In quarantine. ${say}`);
    return true;
  }
  steps.set(CREDIT, 'active', `${say} ${free}`);
  return false;
}

function isFinal({ status }, lock) {
  return status?.watch != null && Number(status.watch.finalized) >= lock.block;
}

/** What a lock waits for, and how long as far as anybody knows. */
export function stateOf({ status }, lock, detail) {
  const blocks = detail.state === 'Unseen' && status?.watch != null && Number(status.watch.finalized) > 0 ? lock.block - Number(status.watch.finalized) : 0;
  if (blocks <= 0) return waitOf(detail);
  // Ethereum calls 32 or 64 blocks final at a time.
  return `${sentenceOf(detail.reason)} About ${durationOf((blocks + 16) * SLOT_SECONDS * 1000)} until Ethereum calls it final.`;
}
