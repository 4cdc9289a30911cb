// A withdrawal as the wallet signs it, and the names that the chain gives it: docs/protocol/bytes.md, "A wallet's signature".

import { wordOf } from './abi.js';
import { ONE_NTK, parseAmount, plainAmount } from './amount.js';
import { sameAddress } from './address.js';
import { concat, fromHex, toHex } from './bytes.js';
import { PlainError } from './faults.js';
import { keccak256 } from './keccak.js';

/** Far above what a block asks, and far below what would hurt. */
const FEE_MAX = ONE_NTK;

const TYPES = {
  EIP712Domain: [{ name: 'name', type: 'string' }, { name: 'version', type: 'string' }],
  Withdrawal: [
    { name: 'chain', type: 'bytes32' }, { name: 'from', type: 'address' }, { name: 'to', type: 'address' }, { name: 'amount', type: 'string' },
    { name: 'fee', type: 'string' }, { name: 'nonce', type: 'uint64' }, { name: 'expiryHeight', type: 'uint64' },
  ],
};

/** @param {any} terms @returns {string} What eth_signTypedData_v4 takes. */
export function typedData(terms) {
  const { chain, from, to, amount, fee, nonce, expiryHeight } = terms;
  return JSON.stringify({
    types: TYPES, primaryType: 'Withdrawal', domain: { name: 'NeuroChain account', version: '1' }, message: { chain, from, to, amount, fee, nonce, expiryHeight },
  });
}

/**
 * Whether the node's terms are what was asked for: they are about to be signed.
 * @param {any} terms @param {{genesis: string, from: string, to: string, amount: bigint}} wanted @returns {bigint} The fee.
 */
export function checkTerms(terms, wanted) {
  const fee = / NTK$/.test(terms.fee) ? parseAmount(terms.fee.slice(0, -4)) : {};
  const fits = terms.chain === wanted.genesis && sameAddress(terms.from, wanted.from) && sameAddress(terms.to, wanted.to)
    && terms.amount === `${plainAmount(wanted.amount)} NTK` && /^[0-9]+$/.test(terms.nonce) && /^[0-9]+$/.test(terms.expiryHeight);
  if (!fits) throw new PlainError('The node gave terms that are not what you asked for. Nothing was signed. Do not use this node.');
  if (fee.units == null || fee.units > FEE_MAX) throw new PlainError(`The node asks for a fee of ${terms.fee}, which is too much. Nothing was signed.`);
  return fee.units;
}

/** keccak256(abi.encode(genesis, height, transaction, 0)): docs/protocol/bridge.md. */
export function burnIdOf(genesis, height, transaction) {
  return toHex(keccak256(concat(...[genesis, BigInt(height), transaction, 0n].map((word) => fromHex(`0x${wordOf(word)}`)))));
}

const REFUSALS = {
  FeesNotPayable: 'Your account on NeuroChain cannot pay the fee.',
  FeeTooLow: 'The fee on NeuroChain has risen: try again.',
  NonceTooLow: 'Another transaction of your account came first: try again.',
  NonceTooFarAhead: 'Too many transactions of your account wait already.',
  ReplacementFeeTooLow: 'A transaction of your account waits already: try again when it is done.',
  ReplacementSpendsMore: 'A transaction of your account waits already: try again when it is done.',
  TooManyFromSender: 'Too many transactions of your account wait already.',
  Expired: 'You took more than an hour to sign: try again.',
  BalanceTooLow: 'Your account on NeuroChain has fewer NTK than the amount and the fee.',
  WithdrawalTarget: 'Tokens cannot be paid to the vault, to the token or to nobody.',
  WithdrawalTooSmall: 'The amount is below the least that can be withdrawn.',
  WithdrawalTooLarge: 'The amount is above what can be withdrawn at once.',
  BridgeOutClosed: 'Withdrawals are stopped at present. Nothing was burned.',
  WithdrawalAboveCredited: 'More than ever came from Ethereum cannot go there.',
  'transaction: WrongSignature': 'The signature is not by the key of this account. Accounts that are contracts, such as shared wallets, cannot sign here.',
};

/** @param {string} reason As the chain or its mempool names it. */
export function refusalOf(reason) {
  return REFUSALS[reason] ?? `NeuroChain refuses: ${reason}.`;
}
