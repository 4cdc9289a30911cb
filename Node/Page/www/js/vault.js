// The contracts of the bridge as they stand on Ethereum: what they hold, what they take, and whether they are what they should be.

import { addressAt, create2Address, encodeCall, hexAt, numberAt, selectorOf, wordOf } from './abi.js';
import { sameAddress, withChecksum } from './address.js';
import { CAP } from './amount.js';
import { concat, fromHex, toHex } from './bytes.js';
import { CODES, FLAGS, FOLLOW_SELECTOR, LOCKED_TOPIC, RELEASE_SELECTOR } from './contracts.js';
import { PlainError } from './faults.js';
import { keccak256 } from './keccak.js';

const NONE = '0x';

export class Vault {
  /** @param {import('./ethereum.js').Ethereum} ethereum @param {any} status Of the node. @param {string|null} factory */
  constructor(ethereum, status, factory) {
    this.ethereum = ethereum;
    this.address = withChecksum(status.vault);
    this.token = withChecksum(status.token);
    this.genesis = status.genesis;
    this.firstBlock = Number(status.firstBlock);
    this.factory = factory;
  }

  /** Whether the vault's code and what it was made with are those of this chain. @returns {Promise<{code: boolean, genesis: boolean, token: boolean}>} */
  async inspect() {
    const [code, genesis, token] = await Promise.all([
      this.ethereum.code(this.address), this.#read(this.address, 'genesis()'), this.#read(this.address, 'token()'),
    ]);
    return {
      code: isCode(code, CODES.NtkVault),
      genesis: genesis !== NONE && hexAt(genesis, 0) === this.genesis.toLowerCase(),
      token: token !== NONE && sameAddress(addressAt(token, 0), this.token),
    };
  }

  /** What it takes and gives at present. */
  async state() {
    const [flags, minLock, outstanding, limits] = await Promise.all([
      this.#number('flags()'), this.#number('minLock()'), this.#number('outstanding()'), this.#read(this.address, 'limits()'),
    ]);
    const bits = Number(flags);
    const has = (name) => (bits & FLAGS[name]) !== 0;
    return {
      locksPaused: has('locksPaused'), releasesPaused: has('releasesPaused'), forked: has('forked'), retiring: has('retiring'), retired: has('retired'),
      minLock, outstanding, room: CAP - outstanding, capacity: numberAt(limits, 0), available: numberAt(limits, 3),
    };
  }

  balanceOf(account) {
    return this.#wordOf(this.token, 'balanceOf(address)', account);
  }

  allowanceOf(account) {
    return this.#wordOf(this.token, 'allowance(address,address)', account, this.address);
  }

  approve(amount) {
    return this.ethereum.send(this.token, encodeCall('approve(address,uint256)', this.address, amount));
  }

  /** @param {bigint} amount @param {string} recipient An account of NeuroChain. */
  lock(amount, recipient) {
    return this.ethereum.send(this.address, encodeCall('lock(uint256,bytes32)', amount, recipient));
  }

  async isReleased(burnId) {
    return (await this.#wordOf(this.address, 'isReleased(bytes32)', burnId)) !== 0n;
  }

  /** Sends what the node made to pay a withdrawal, if it says what was asked for. */
  release(call, withdrawal) {
    const data = call.calldata;
    const says = data.slice(0, 10) === RELEASE_SELECTOR && sameAddress(call.vault, this.address) && hexAt(`0x${data.slice(10)}`, 1) === withdrawal.burnId
      && sameAddress(addressAt(`0x${data.slice(10)}`, 2), withdrawal.to) && numberAt(`0x${data.slice(10)}`, 3) === BigInt(withdrawal.amount);
    if (!says) throw new PlainError('The node gave a call that is not this withdrawal. Nothing was sent. Do not use this node.');
    return this.ethereum.send(this.address, data);
  }

  /** Number of the validator set that it goes by. */
  setNumber() {
    return this.#number('setNumber()');
  }

  /** Brings the vault the next set of validators; the contract checks the proof. */
  follow(call) {
    const isFollow = call.calldata.slice(0, 10) === FOLLOW_SELECTOR && sameAddress(call.vault, this.address);
    if (!isFollow) throw new PlainError('The node gave a call that is no change of validators. Nothing was sent. Do not use this node.');
    return this.ethereum.send(this.address, call.calldata);
  }

  /** Locks of an account, the newest first. */
  async locksOf(account) {
    const { logs, from } = await this.ethereum.logs(this.address, [LOCKED_TOPIC, null, `0x${wordOf(account)}`], this.firstBlock);
    return { locks: logs.map(lockOf), from };
  }

  /** The lock in a receipt. */
  lockIn(receipt) {
    const log = receipt.logs.find((entry) => sameAddress(entry.address, this.address) && entry.topics[0] === LOCKED_TOPIC);
    if (!log) throw new PlainError('The transaction is in a block, but the vault says nothing of a lock.');
    return lockOf(log);
  }

  /**
   * The deposit address of an account, computed here: from the factory, the code of deposit addresses and the recipient. What the node or the factory
   * says is not needed for it, and both contracts are compared with the known code, so that nothing can be sent to a stranger.
   */
  async depositAddress(recipient) {
    const code = await this.ethereum.code(this.factory);
    if (!isCode(code, CODES.DepositFactory)) throw new PlainError('The factory that this node names is not the one that belongs here. Do not use it.');
    const implementation = addressAt(await this.#read(this.factory, 'implementation()'), 0);
    const [deposit, vault, token] = await Promise.all([
      this.ethereum.code(implementation), this.#read(implementation, 'vault()'), this.#read(implementation, 'token()'),
    ]);
    const fits = isCode(deposit, CODES.Deposit) && sameAddress(addressAt(vault, 0), this.address) && sameAddress(addressAt(token, 0), this.token);
    if (!fits) throw new PlainError('The factory that this node names makes addresses for another vault. Do not use it.');
    const word = `0x${wordOf(recipient)}`;
    return withChecksum(create2Address(this.factory, word, cloneCode(implementation, fromHex(word))));
  }

  makeDepositAddress(recipient) {
    return this.ethereum.send(this.factory, encodeCall('deploy(bytes32)', recipient));
  }

  /** Locks what was sent to a deposit address. */
  flush(deposit) {
    return this.ethereum.send(deposit, selectorOf('flush()'));
  }

  /** What is held where, for the page on solvency: the vault's own words and the token's. */
  async holdings() {
    const [balance, locked, released] = await Promise.all([this.balanceOf(this.address), this.#number('totalLocked()'), this.#number('totalReleased()')]);
    return { balance, locked, released, height: await this.ethereum.height() };
  }

  #read(to, signature, ...words) {
    return this.ethereum.call(to, encodeCall(signature, ...words));
  }

  async #number(signature) {
    return this.#wordOf(this.address, signature);
  }

  async #wordOf(to, signature, ...words) {
    return numberAt(await this.#read(to, signature, ...words), 0);
  }
}

function lockOf(log) {
  return {
    nonce: BigInt(log.topics[1]), recipient: log.topics[3], amount: numberAt(log.data, 0),
    block: Number(BigInt(log.blockNumber)), transaction: log.transactionHash,
  };
}

/** @param {string} code As it stands on Ethereum. @param {{hash: string, places: number[]}} known */
export function isCode(code, known) {
  if (code === NONE) return false;
  return fingerprintOf(code, known.places) === known.hash;
}

export function fingerprintOf(code, places) {
  const bytes = fromHex(code);
  for (const place of places) bytes.fill(0, place, place + 32);
  return toHex(keccak256(bytes));
}

// What OpenZeppelin's Clones.cloneDeterministicWithImmutableArgs creates a clone with: an EIP-1167 proxy with the arguments behind its code.
function cloneCode(implementation, args) {
  const length = (45 + args.length).toString(16).padStart(4, '0');
  return concat(fromHex(`0x61${length}3d81600a3d39f3363d3d373d3d3d363d73`), fromHex(implementation), fromHex('0x5af43d82803e903d91602b57fd5bf3'), args);
}
