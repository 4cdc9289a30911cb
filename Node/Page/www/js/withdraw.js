// To Ethereum: sign the burn in the wallet, or have the command that does; then see where it is, and have it paid.

import { formatAmount, parseAmount, plainAmount } from './amount.js';
import { parseAddress, sameAddress, shortAddress, withChecksum } from './address.js';
import { explain, PlainError } from './faults.js';
import { ask, give, unitsOf } from './node.js';
import { byId, copyable, copyText, fill, make, pill, setText, Steps } from './view.js';
import { burnIdOf, checkTerms, refusalOf, typedData } from './withdrawal.js';
import { dateOf, numberOf, waitOf, WITHDRAWAL_STATES } from './words.js';

const POLL_MS = 2000;
const SIGN = 0;
const BURN = 1;
const TURN = 2;
const PAY = 3;

/** @param {import('./state.js').Bridge} bridge @param {() => void} onBurned Told of a new withdrawal. */
export function wireWithdraw(bridge, onBurned) {
  const amountField = byId('withdraw-amount');
  const toField = byId('withdraw-to');
  const go = byId('withdraw-go');
  let suggested = null;
  let tracked = null;
  let busy = false;

  function draw() {
    const { status, chainBalance, wallet } = bridge;
    if (status === null) return;
    const amount = parseAmount(amountField.value);
    const to = parseAddress(toField.value);
    const typed = amountField.value.trim() !== '';
    const amountFault = typed ? amount.error ?? faultOf(bridge, amount.units) : '';
    setText(byId('withdraw-balance'), chainBalance === null ? '' : `On NeuroChain you have ${formatAmount(chainBalance)} NTK`);
    setText(byId('withdraw-amount-error'), amountFault);
    setText(byId('withdraw-limits'), limitsOf(status, amount.units));
    setText(byId('withdraw-to-error'), toField.value.trim() === '' ? '' : to.error ?? targetFault(bridge, to.address));
    setText(byId('withdraw-command'), commandOf(to.address ?? 'RECEIVER', amount.units == null ? 'AMOUNT' : plainAmount(amount.units)));
    const why = wallet.account === null ? 'Connect the wallet that has your key, or use the command below.'
      : !bridge.isReady ? 'Your wallet is on another network.'
      : status.withdrawalsPaused || status.halts.length > 0 ? 'Withdrawals are stopped at present: see above.'
      : !typed ? 'Enter an amount.'
      : amountFault !== '' ? amountFault
      : to.error ? to.error : targetFault(bridge, to.address) !== '' ? targetFault(bridge, to.address) : null;
    const ready = why === null && !busy;
    if (go.disabled === ready) go.disabled = !ready;
    setText(byId('withdraw-summary'), why === null ? `${formatAmount(amount.units)} NTK are burned on NeuroChain, and the vault pays them to ${to.address} on Ethereum.` : '');
    setText(go, busy ? 'In progress' : amount.units == null ? 'Withdraw to Ethereum' : `Withdraw ${formatAmount(amount.units)} NTK to Ethereum`);
    setText(byId('withdraw-why'), busy ? '' : why ?? 'You sign it in your wallet. Burning costs a small fee on NeuroChain and nothing on Ethereum.');
    for (const field of [amountField, toField]) field.disabled = busy;
  }

  async function run() {
    const wanted = { genesis: bridge.status.genesis, from: bridge.wallet.account, to: parseAddress(toField.value).address, amount: parseAmount(amountField.value).units };
    const steps = new Steps(byId('withdraw-progress'), ['Sign it', 'Burned on NeuroChain', 'Its turn', 'Paid by the vault']);
    busy = true;
    draw();
    try {
      const hash = await sign(bridge, wanted, steps);
      const burnId = await burned(wanted.genesis, hash, steps);
      amountField.value = '';
      busy = false;
      draw();
      onBurned();
      void bridge.refreshAccount();
      await followBurn(bridge, burnId, steps);
      void bridge.refreshAccount();
    } catch (error) {
      steps.fail(explain(error).text, ' ', make('button', { type: 'button', onclick: () => { if (!busy && !go.disabled) void run(); } }, 'Try again'));
    } finally {
      busy = false;
      draw();
    }
  }

  async function track() {
    const text = byId('track-id').value.trim();
    setText(byId('track-error'), '');
    if (/^0x[0-9a-fA-F]{64}$/.test(text)) {
      tracked = { burn: text.toLowerCase() };
    } else {
      const { address, error } = parseAddress(text);
      if (error) {
        setText(byId('track-error'), 'An account is 0x and 40 hexadecimal digits, the id of a burn 0x and 64.');
        return;
      }
      tracked = { sender: address };
    }
    await refresh();
  }

  async function refresh() {
    try {
      fill(byId('withdraw-list'), await find(bridge, tracked));
    } catch (error) {
      setText(byId('track-error'), explain(error).text);
    }
  }

  for (const field of [amountField, toField]) field.addEventListener('input', draw);
  byId('withdraw-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (!go.disabled) void run();
  });
  byId('withdraw-copy').addEventListener('click', (event) => copyText(byId('withdraw-command').textContent, event.currentTarget));
  byId('track-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void track();
  });
  bridge.addEventListener('change', () => {
    const { account } = bridge.wallet;
    if (account !== null && account !== suggested && (toField.value === '' || toField.value === suggested)) {
      toField.value = account;
      if (byId('track-id').value === '' || byId('track-id').value === suggested) byId('track-id').value = account;
      suggested = account;
    }
    draw();
  });
  setInterval(() => { if (!document.hidden && tracked !== null && !isPaying()) void refresh(); }, 4000);
}

async function sign(bridge, wanted, steps) {
  steps.set(SIGN, 'active', 'Asking the node for nonce and fee…');
  const terms = await ask('terms', { sender: wanted.from, to: wanted.to, amount: plainAmount(wanted.amount) });
  const fee = checkTerms(terms, wanted);
  steps.set(SIGN, 'active', `Confirm in your wallet: ${formatAmount(wanted.amount)} NTK to ${wanted.to}, for a fee of ${formatAmount(fee)} NTK on NeuroChain.`);
  const signature = await bridge.wallet.request('eth_signTypedData_v4', [wanted.from, typedData(terms)]);
  try {
    const { hash } = await give('withdraw', { ...terms, signature });
    steps.set(SIGN, 'done', 'Signed. ', copyable(hash, `${hash.slice(0, 12)}…`));
    steps.set(BURN, 'active', 'Waiting for a block of NeuroChain.');
    return hash;
  } catch (error) {
    throw error.status === 400 || error.status === 409 ? new PlainError(refusalOf(error.message)) : error;
  }
}

async function burned(genesis, hash, steps) {
  for (let missing = 0; ;) {
    try {
      const found = await ask('transaction', { hash });
      if (!found.pending) {
        if (found.code !== 0) throw new PlainError(refusalOf(found.reason));
        steps.set(BURN, 'done', `In block ${numberOf(found.height)}.`);
        steps.set(TURN, 'active');
        return burnIdOf(genesis, found.height, hash);
      }
    } catch (error) {
      if (error.status !== 404 && error.status !== 0 && error.status !== 503) throw error;
      if (error.status === 404 && ++missing > 60) throw new PlainError('The node does not know the transaction any more: it may have expired. Look at your balance before you try again.');
    }
    await pause();
  }
}

async function followBurn(bridge, burnId, steps) {
  for (;;) {
    try {
      const detail = await ask('withdrawal', { burn: burnId });
      if (detail.state === 'Certified') {
        steps.set(TURN, 'done', 'The validators have certified it.');
        if (!isPaying()) steps.set(PAY, 'active', payment(bridge, detail));
      } else {
        steps.set(TURN, 'active', `${waitOf(detail)} You can close this page: you find it again under "Your transfers".`);
      }
    } catch (error) {
      if (error.status === 404) {
        if (await bridge.vault.isReleased(burnId)) {
          steps.set(TURN, 'done', 'The validators have certified it.');
          steps.set(PAY, 'done', 'Paid: the vault says so.');
          return;
        }
        throw new PlainError('It is not open any more, and the vault has not paid it: it was given back on NeuroChain.');
      }
    }
    await pause();
  }
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

function targetFault({ vault }, address) {
  return vault !== null && (sameAddress(address, vault.address) || sameAddress(address, vault.token)) ? 'This is a contract of the bridge: it cannot be paid.' : '';
}

/** @param {string} to @param {string} amount */
export function commandOf(to, amount) {
  return `./neurochain bridge withdraw --node 127.0.0.1:26657 --key KEY.json \\\n  --to ${to} --amount ${amount}`;
}

function faultOf({ status, chainBalance }, units) {
  if (units < unitsOf(status.withdrawalMin)) return `At least ${formatAmount(unitsOf(status.withdrawalMin))} NTK.`;
  if (units > unitsOf(status.withdrawals.capacity)) return `At most ${formatAmount(unitsOf(status.withdrawals.capacity))} NTK at a time.`;
  if (chainBalance !== null && units > chainBalance) return 'More than your own account has there.';
  return '';
}

function limitsOf(status, units) {
  const hold = unitsOf(status.holdAbove);
  if (units != null && units > hold) return `More than ${formatAmount(hold)} NTK: it is held for ${numberOf(status.holdBlocks)} blocks, in which validators can object. If they do, it is given back.`;
  return `At least ${formatAmount(unitsOf(status.withdrawalMin))} NTK; above ${formatAmount(hold)} NTK it is held for ${numberOf(status.holdBlocks)} blocks first.`;
}

async function find(bridge, { burn, sender }) {
  if (sender) {
    const { withdrawals } = await ask('withdrawals', { sender });
    if (withdrawals.length > 0) return make('div', {}, ...withdrawals.map((withdrawal) => cardOf(bridge, withdrawal)));
    return make('p', { class: 'note' }, `Nothing of ${shortAddress(sender)} is on its way. What was paid or given back is not listed any more.`);
  }
  try {
    return cardOf(bridge, await ask('withdrawal', { burn }));
  } catch (error) {
    if (error.status !== 404) throw error;
    if (bridge.isReady && await bridge.vault.isReleased(burn)) return make('p', { class: 'note good' }, 'This withdrawal has been paid: the vault says so.');
    return make('p', { class: 'note' }, bridge.isReady
      ? 'No such withdrawal is open, and the vault has not paid one: it was given back on NeuroChain, or there never was one.'
      : 'No such withdrawal is open: it was paid or given back, or there never was one. Connect a wallet to ask the vault.');
  }
}

/** A withdrawal with its state and, once it is certified, the button that has it paid. */
export function cardOf(bridge, withdrawal) {
  const state = WITHDRAWAL_STATES[withdrawal.state] ?? { label: withdrawal.state, tone: 'wait' };
  const lines = [];
  // What a certified one waits for is the button below.
  if (withdrawal.state !== 'Certified' && waitOf(withdrawal) !== '') lines.push(make('p', {}, waitOf(withdrawal)));
  if (withdrawal.state === 'Held') lines.push(make('p', { class: 'hint' }, `Held until block ${numberOf(withdrawal.heldUntil)} of NeuroChain; now ${numberOf(withdrawal.height)}. Objections: ${withdrawal.vetoes.length}.`));
  if (withdrawal.state === 'Certified') lines.push(make('p', { class: 'hint' }, `To be paid before ${dateOf(withdrawal.deadline)}. After that it is given back on NeuroChain.`), payment(bridge, withdrawal));
  const to = withChecksum(withdrawal.to);
  return make('article', { class: 'transfer' },
    make('div', { class: 'transfer-head' }, make('strong', {}, `${formatAmount(unitsOf(withdrawal.amount))} NTK`), ' to ', make('span', { class: 'mono', title: to }, shortAddress(to)), pill(state.label, state.tone)),
    ...lines,
    make('p', { class: 'hint' }, 'Burn ', copyable(withdrawal.burnId, `${withdrawal.burnId.slice(0, 12)}…`)));
}

// Burns whose payment is being sent from here, and what became of it.
const payments = new Map();
const isPaying = () => [...payments.values()].some(({ busy }) => busy);

function payment(bridge, withdrawal) {
  const present = payments.get(withdrawal.burnId);
  const note = make('p', { class: 'hint', role: 'status' }, present?.text ?? (bridge.isReady ? 'Anybody may send it; you pay the fee of Ethereum, the receiver gets all of the tokens.' : 'Connect a wallet on the right network to send it.'));
  const button = make('button', { type: 'button', class: 'primary pay', disabled: !bridge.isReady || present?.busy || present?.done }, 'Have it paid');
  const say = (text, more = {}) => {
    payments.set(withdrawal.burnId, { text, busy: true, ...more });
    setText(note, text);
  };
  button.addEventListener('click', async () => {
    button.disabled = true;
    say('Getting the proof from the node…');
    try {
      const call = await ask('call', { burn: withdrawal.burnId });
      say('Confirm in your wallet: the vault pays this withdrawal.');
      const hash = await bridge.vault.release(call, withdrawal);
      say('Sent. Waiting for a block of Ethereum, about 12 seconds.');
      const receipt = await bridge.ethereum.receipt(hash);
      say(`Paid, in block ${numberOf(BigInt(receipt.blockNumber))} of Ethereum. It leaves this list when Ethereum has made it final.`, { busy: false, done: true });
      void bridge.refreshAccount();
    } catch (error) {
      say(explain(error).text, { busy: false });
      button.disabled = false;
    }
  });
  return make('div', {}, button, note);
}
