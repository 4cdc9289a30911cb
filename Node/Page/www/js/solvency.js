// The page on supply and solvency.

import { wordOf } from './abi.js';
import { formatAmount } from './amount.js';
import { wireBanner } from './banner.js';
import { booksOf, sumsOf } from './books.js';
import { concat, fromHex, toHex } from './bytes.js';
import { wireWallet } from './connect.js';
import { explain } from './faults.js';
import { keccak256 } from './keccak.js';
import { ask } from './node.js';
import { Bridge } from './state.js';
import { byId, copyable, copyText, fill, make, setText } from './view.js';
import { HALTS, numberOf } from './words.js';

const POLL_MS = 5000;
const BALANCES_SLOT = 1n;

const bridge = new Bridge();
let solvency = null;

wireWallet(bridge);
wireBanner(bridge);
bridge.addEventListener('change', () => {
  byId('check-wallet').disabled = !bridge.isReady;
  setText(byId('check-wallet'), bridge.isReady ? 'Check with my wallet' : 'Connect a wallet to check');
  if (bridge.status !== null) setText(byId('node-facts'), `Served by a node of NeuroChain at block ${numberOf(bridge.status.height)}, program ${bridge.commit}.`);
  if (solvency !== null) drawCommands();
});
byId('check-wallet').addEventListener('click', checkWithWallet);
for (const name of ['proof', 'audit']) byId(`copy-${name}`).addEventListener('click', (event) => copyText(byId(`command-${name}`).textContent, event.currentTarget));
bridge.start();
void run();

async function run() {
  for (;;) {
    if (!document.hidden || solvency === null) {
      try {
        solvency = await ask('solvency');
        draw(booksOf(solvency));
      } catch (error) {
        if (solvency === null) fill(byId('verdict'), make('p', { class: 'not-ok' }, explain(error).text));
      }
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function draw(books) {
  const sums = sumsOf(books);
  drawVerdict(books, sums.every(({ holds }) => holds));
  rows('ethereum-books', [
    ['Locked in the vault, ever', books.locked, 'events of the vault, each proven to NeuroChain'],
    ['Paid out of it, ever', books.released, 'the same, each for a withdrawal that was burned here', '−'],
    ['Owed by the vault', books.owed, '', '='],
    ...(books.isProven
      ? [['The token\'s balance of the vault', books.reservesBalance, 'storage proof, token slot 1 under the vault'], ['Above what is owed', books.reservesBalance - books.provenOwed, 'sent by mistake, not counted']]
      : []),
  ]);
  rows('chain-books', [
    ...(books.genesisSupply === 0n ? [] : [['Made by genesis', books.genesisSupply, 'the genesis document']]),
    ['Credited, ever', books.credited, 'one for each lock'],
    ['Given back', books.refunded, 'withdrawals that did not come to pass', '+'],
    ['Burned for Ethereum', books.withdrawn, 'one for each withdrawal', '−'],
    ['Burned as fees', books.feesBurned, 'stays in the vault for good', '−'],
    ['All NTK here', books.supply, '', '='],
    ['of it in accounts', books.accounts, '', 'part'],
    ['learning reserve', books.reserve, 'pays for training', 'part'],
    ['bonds, pools and escrows', books.escrow, '', 'part'],
    ['treasury', books.treasury, 'spent by vote', 'part'],
    ['quarantine', books.quarantined, 'locks that named nobody', 'part'],
  ]);
  rows('flight-books', [
    ['Locked, not credited yet', books.pending, 'waits its turn on NeuroChain'],
    ['Burned, not paid or given back yet', books.open, 'held, waiting, or ready to be paid'],
  ]);
  drawProofs(books);
  fill(byId('sums'), ...sums.map(({ holds, text, left, right, relation }) =>
    make('li', { class: holds ? 'ok' : 'not-ok' }, text, make('span', { class: 'figures' }, `${formatAmount(left)} ${holds ? relation : relation === '=' ? '≠' : '>'} ${formatAmount(right)}`))));
  drawCommands();
}

function drawVerdict(books, holds) {
  // A fault that the chain found in the vault outweighs sums that are of an earlier block.
  const halt = bridge.status?.halts.find((name) => name === 'Reserves' || name === 'Supply');
  const word = halt ? ['bad', 'The bridge has halted itself'] : !holds ? ['bad', 'The books do not add up'] : books.isProven ? ['good', 'Backed in full'] : ['good', 'The books add up'];
  const text = halt ? HALTS[halt] : !holds ? 'At least one sum below does not hold. Do not move tokens, and tell the operators.'
    : books.isProven
      ? `The vault owes ${formatAmount(books.owed)} NTK. At block ${numberOf(solvency.reservesBlock)} of Ethereum it was proven to have ${formatAmount(books.reservesBalance)}, and to owe ${formatAmount(books.provenOwed)}.`
      : `The vault owes ${formatAmount(books.owed)} NTK. Its balance has not been proven to the chain yet; that happens about once an hour.`;
  const owed = books.isProven ? books.provenOwed : books.owed;
  const share = books.isProven && books.reservesBalance > 0n ? Number((owed * 1000n) / books.reservesBalance) / 10 : 100;
  const bar = make('div', { class: 'bar', role: 'img', 'aria-label': books.isProven ? `Owed: ${share} percent of what the vault has` : 'Not proven yet' }, make('span', {}));
  bar.firstChild.style.width = `${Math.min(100, share)}%`;
  byId('verdict').className = `card verdict ${word[0]}`;
  byId('verdict').replaceChildren(make('h2', {}, word[1]), make('p', {}, text), ...(books.isProven && !halt ? [bar, make('p', { class: 'hint' }, `Owed ${formatAmount(owed)} of ${formatAmount(books.reservesBalance)} NTK in the vault.`)] : []));
}

/** @param {[string, bigint, string, string?][]} lines Name, amount, what proves it, sign. */
function rows(id, lines) {
  fill(byId(id).tBodies[0], ...lines.map(([name, units, proof, sign]) =>
    make('tr', { class: sign === '=' ? 'total' : sign === 'part' ? 'part' : null },
      make('th', { scope: 'row' }, name, proof !== '' && make('span', { class: 'by' }, proof)),
      make('td', {}, `${sign === '−' && units > 0n ? '− ' : ''}${formatAmount(units)}`))));
}

function drawProofs(books) {
  fill(byId('ethereum-proof'), ...(books.isProven
    ? ['Proven at block ', numberOf(solvency.reservesBlock), ', ', copyable(solvency.reservesHash, `${solvency.reservesHash.slice(0, 12)}…`), ', which more than two thirds of the validators attest, by the vault\'s slots 1, 2 and 3.']
    : ['By the events of the vault. Its balance has not been proven yet.']));
  const next = numberOf(BigInt(solvency.height) + 1n);
  fill(byId('chain-proof'), ...(solvency.stateRoot !== '0x'
    ? [`After block ${numberOf(solvency.height)}, under the state root `, copyable(solvency.stateRoot, `${solvency.stateRoot.slice(0, 12)}…`), `, which the certified header of block ${next} has.`]
    : [`After block ${numberOf(solvency.height)}. The header of block ${next} will have the state root that proves it.`]));
}

function drawCommands() {
  const { vault } = bridge;
  if (vault === null) return;
  const slot = toHex(keccak256(concat(fromHex(`0x${wordOf(vault.address)}`), fromHex(`0x${wordOf(BALANCES_SLOT)}`))));
  const block = Number(solvency.reservesBlock) > 0 ? `0x${BigInt(solvency.reservesBlock).toString(16)}` : 'finalized';
  const question = (address, slots) => `'{"jsonrpc":"2.0","id":1,"method":"eth_getProof","params":["${address}",[${slots.map((one) => `"${one}"`).join(',')}],"${block}"]}'`;
  setText(byId('command-proof'), [
    'ETHEREUM=https://your-node', `curl -s $ETHEREUM -H 'content-type: application/json' \\\n  -d ${question(vault.address, ['0x1', '0x2', '0x3'])}`,
    `curl -s $ETHEREUM -H 'content-type: application/json' \\\n  -d ${question(vault.token, [slot])}`,
  ].join('\n'));
  setText(byId('command-audit'), './neurochain bridge audit --home HOME');
}

async function checkWithWallet() {
  const place = byId('check-result');
  const button = byId('check-wallet');
  button.disabled = true;
  place.replaceChildren(make('p', { class: 'hint' }, 'Your wallet asks Ethereum…'));
  try {
    const [checks, holdings] = await Promise.all([bridge.vault.inspect(), bridge.vault.holdings()]);
    const owed = holdings.locked - holdings.released;
    const line = (ok, text) => make('li', { class: ok ? 'ok' : 'not-ok' }, text);
    place.replaceChildren(make('ul', { class: 'checks' },
      line(checks.code && checks.genesis && checks.token, checks.code && checks.genesis && checks.token ? 'The vault is the published contract, made for this chain and this token.' : 'The contract is NOT the one that belongs here.'),
      line(holdings.balance >= owed, `At block ${numberOf(holdings.height)} it has ${formatAmount(holdings.balance)} NTK and owes ${formatAmount(owed)} (${formatAmount(holdings.locked)} locked, ${formatAmount(holdings.released)} released).`),
      agreement(holdings, line)));
  } catch (error) {
    place.replaceChildren(make('p', { class: 'note bad' }, explain(error).text));
  }
  button.disabled = !bridge.isReady;
}

// The node speaks of final blocks, the wallet of the newest: it may be ahead, never behind.
function agreement(holdings, line) {
  const books = booksOf(solvency);
  if (books.locked === holdings.locked && books.released === holdings.released) return line(true, 'These are the very numbers that the node tells.');
  const ahead = holdings.locked >= books.locked && holdings.released >= books.released;
  return line(ahead, ahead
    ? `The node tells of ${formatAmount(books.locked)} locked and ${formatAmount(books.released)} released: it has not seen the newest blocks, which are not final yet.`
    : 'The node tells of MORE than Ethereum knows. Do not believe this node, or your wallet\'s.');
}
