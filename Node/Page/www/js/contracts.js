// What the page knows of the contracts: their calls, their errors in plain words, and the fingerprint of their code. A test holds all of it
// against Bridge/contracts/artifacts.

import { formatAmount } from './amount.js';
import { selectorOf, topicOf } from './abi.js';
import { dateOf } from './words.js';

export const LOCKED_TOPIC = topicOf('Locked(uint64,address,bytes32,uint256,uint256)');
export const RELEASE_SELECTOR = selectorOf(
  'release((uint64,uint32,bytes32,bytes32,bytes32,address[],uint64[],uint256,bytes32[]),(bytes32,address,uint256,uint64),(uint64,uint64,bytes32[]))');

export const FOLLOW_SELECTOR = selectorOf(
  'follow((uint64,uint32,bytes32,bytes32,bytes32,address[],uint64[],uint256,bytes32[]),(uint64,uint64,bytes32[]))');

/** Bits of the vault's flags. */
export const FLAGS = { locksPaused: 1, releasesPaused: 2, forked: 4, retiring: 8, retired: 16 };

const PAUSED = 'The vault is paused: one of its guardians has stopped this. Nothing is lost; it goes on when the pause has ended.';
const FORKED = 'The vault has stopped for good: it was proven that validators of NeuroChain signed two different blocks.';
const BAD_PROOF = 'The proof does not fit. Load the page again; if it stays so, the node that serves it is not telling the truth.';

/** Errors of the vault, of deposit addresses and of their factory, and what they mean to whoever called. */
export const ERRORS = {
  'IsPaused()': () => PAUSED,
  'IsForked()': () => FORKED,
  'IsRetiring()': () => 'The vault is about to move to another one and takes nothing in any more.',
  'IsRetired()': () => 'The vault has handed its tokens to another one. Ask the operators for the new address.',
  'NoRecipient()': () => 'No recipient was named.',
  'BelowMinimum(uint256)': ([least]) => `The vault takes no less than ${formatAmount(least)} NTK.`,
  'AboveCap()': () => 'The vault would hold more than 100,000,000 NTK, which is all there are.',
  'AmountNotReceived(uint256)': () => 'The vault did not get as many tokens as were announced.',
  'SafeERC20FailedOperation(address)': () => 'The token refused to move: too few tokens, or the vault is not allowed to take so many.',
  'Expired(uint64)': ([deadline]) => `The deadline of this withdrawal has passed (${dateOf(deadline)}). NeuroChain gives the tokens back as soon as that is proven.`,
  'AlreadyReleased(bytes32)': () => 'This withdrawal has been paid already.',
  'LimitReached(uint256)': ([at]) => (at > 2n ** 60n
    ? 'This is more than the vault ever pays at once.'
    : `The vault pays so much only slowly. This can be paid from ${dateOf(at)} on, if nobody else is paid before.`),
  'AboveOutstanding(uint256)': () => 'The vault owes less than this withdrawal asks for.',
  'BadTarget(address)': () => 'Tokens cannot be paid to the vault, to the token or to nobody.',
  'NoAmount()': () => 'The amount is zero.',
  'HeightTooLow(uint64,uint64)': () => 'The vault follows newer validators than those who signed this proof. Load the page again.',
  'WrongValidators()': () => 'The vault does not follow the present validators yet. Bring it the change first: see "The vault".',
  'TooManyValidators(uint256)': () => BAD_PROOF,
  'PowersMismatch()': () => BAD_PROOF,
  'UnknownSigner()': () => BAD_PROOF,
  'NoBlock()': () => BAD_PROOF,
  'SignatureCount()': () => BAD_PROOF,
  'WrongSignature(uint256)': () => BAD_PROOF,
  'NoQuorum(uint256,uint256)': () => BAD_PROOF,
  'BadValidators()': () => BAD_PROOF,
  'EmptyRoot()': () => BAD_PROOF,
  'OutsideRange(uint64,uint64)': () => BAD_PROOF,
  'PathLength()': () => BAD_PROOF,
  'WrongPath()': () => BAD_PROOF,
  'SameValidators()': () => 'The vault follows these validators already.',
  'NoValidators()': () => BAD_PROOF,
  'ReentrancyGuardReentrantCall()': () => 'The vault was called from within itself.',
  'NotAClone()': () => 'There is no deposit address here.',
  'NotOwner()': () => 'Only the account to which this deposit address belongs may do that.',
  'FailedDeployment()': () => 'This deposit address is there already.',
  'Create2EmptyBytecode()': () => 'The factory of deposit addresses failed.',
  'CloneArgumentsTooLong()': () => 'The factory of deposit addresses failed.',
  'InsufficientBalance(uint256,uint256)': () => 'The factory of deposit addresses failed.',
};

/** Those that only orders, guardians and deployments meet: their names say enough. */
export const RARE_ERRORS = [
  'AboveSurplus(uint256)', 'ActionAlreadyDone(bytes32)', 'AlreadyInherited()', 'BadArguments()', 'BadGuardian()', 'BadLimits()', 'BadPause(uint8)',
  'DifferentHeights()', 'ForkTooOld()', 'HeightOutsideSet(uint64)', 'NoCode(address)', 'NoFork()', 'NoGenesis()', 'NotGuardian()', 'NotMoved()',
  'NotPredecessor()', 'NotRecovery()', 'NotRetired()', 'NothingPending()', 'StaleOrder(uint256)', 'StalePauseCount(uint32)', 'StaleRecovery(uint40)',
  'TooEarly(uint40)', 'UnknownAction(uint8)', 'UnknownSet(uint256)',
];

/** @type {Map<string, {signature: string, say: (words: bigint[]) => string}>} By selector. */
const BY_SELECTOR = new Map(
  [...Object.entries(ERRORS), ...RARE_ERRORS.map((signature) => [signature, () => `The contract refused: ${signature.split('(')[0]}.`])].map(
    ([signature, say]) => [selectorOf(signature), { signature, say }]));

/** @param {string} data What a call reverted with. @returns {{name: string, text: string}|null} */
export function errorOf(data) {
  const known = BY_SELECTOR.get(data.slice(0, 10).toLowerCase());
  if (!known) return null;
  const words = (data.slice(10).match(/.{64}/g) ?? []).map((word) => BigInt(`0x${word}`));
  const wanted = known.signature.endsWith('()') ? 0 : known.signature.split(',').length;
  return { name: known.signature.split('(')[0], text: words.length >= wanted ? known.say(words) : `The contract refused: ${known.signature.split('(')[0]}.` };
}

/**
 * Fingerprints: Keccak-256 of the code that stands on Ethereum, with those words set to zero that differ from deployment to deployment
 * (immutable variables; each has its place in the code).
 */
export const CODES = {
  NtkVault: {
    hash: '0xf1d6ac23e23c98264859ed3f255c4759abffa74b329ec8297c5031b475a54bb4',
    places: [1957, 1996, 2267, 2458, 2607, 3208, 4456, 4865, 5623, 6390, 6946, 8277, 8321, 8469, 8974, 9994, 10128, 11680, 13291, 13419, 13615, 13832, 14381, 14509, 14607, 18874, 18984],
  },
  DepositFactory: {
    hash: '0x1da0ecade0f7e9b9f4577b20d72516cc0ebc2e47e8a4734dc0193e52d0201f01',
    places: [132, 248, 408],
  },
  Deposit: {
    hash: '0xb8e53351baab7066ea8e414e16bd8c3c05aa3625ea09880209608cf9ccf86d6c',
    places: [221, 260, 318, 531, 856, 1277],
  },
};
