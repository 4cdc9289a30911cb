// Questions to Ethereum and transactions, both by the wallet.

import { PlainError } from './faults.js';

const POLL_MS = 1500;
const MISSING_POLLS_MAX = 80;
const LOG_QUESTIONS_MAX = 60;
const LOG_RANGE_MIN = 500;

export class Ethereum {
  #wallet;

  /** @param {import('./wallet.js').Wallet} wallet */
  constructor(wallet) {
    this.#wallet = wallet;
  }

  call(to, data) {
    return this.#wallet.request('eth_call', [{ to, data }, 'latest']);
  }

  /** @returns {Promise<string>} 0x text; "0x" where there is no contract. */
  code(address) {
    return this.#wallet.request('eth_getCode', [address, 'latest']);
  }

  async balance(address) {
    return BigInt(await this.#wallet.request('eth_getBalance', [address, 'latest']));
  }

  async height() {
    return Number(BigInt(await this.#wallet.request('eth_blockNumber')));
  }

  /** Tries the call first, so that what would be refused costs nothing and says why. @returns {Promise<string>} The transaction's hash. */
  async send(to, data) {
    const transaction = { from: this.#wallet.account, to, data };
    await this.#wallet.request('eth_call', [transaction, 'latest']);
    const hash = await this.#wallet.request('eth_sendTransaction', [transaction]);
    if (!/^0x[0-9a-fA-F]{64}$/.test(hash)) throw new PlainError('The wallet gave no transaction.');
    return hash;
  }

  /** Waits until a transaction is in a block. @throws {PlainError} It failed there, or went another way. */
  async receipt(hash) {
    for (let missing = 0; ;) {
      const receipt = await this.#wallet.request('eth_getTransactionReceipt', [hash]);
      if (receipt) {
        if (BigInt(receipt.status) !== 1n) throw new PlainError('The transaction stands in a block, but the contract refused it there. Its fee is spent, nothing else has moved.');
        return receipt;
      }
      const known = await this.#wallet.request('eth_getTransactionByHash', [hash]);
      missing = known ? 0 : missing + 1;
      if (missing > MISSING_POLLS_MAX) {
        throw new PlainError('Ethereum does not know this transaction any more: it was replaced or dropped. If you sped it up, it shows under "Your transfers" once it is in a block.');
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * Logs from the newest back. Nodes of wallets refuse long ranges or many answers, each in its own words, so a refused range is halved.
   * @returns {Promise<{logs: any[], from: number}>} `from`: how far back was looked.
   */
  async logs(address, topics, from) {
    const logs = [];
    let to = await this.height();
    let size = Math.max(1, to - from + 1);
    for (let questions = 0; to >= from && questions < LOG_QUESTIONS_MAX; questions++) {
      const start = Math.max(from, to - size + 1);
      try {
        const found = await this.#wallet.request('eth_getLogs', [{ address, topics, fromBlock: quantity(start), toBlock: quantity(to) }]);
        logs.push(...found.reverse());
        to = start - 1;
      } catch (error) {
        if (size <= LOG_RANGE_MIN) throw error;
        size = Math.max(LOG_RANGE_MIN, Math.floor(size / 4));
      }
    }
    return { logs, from: to + 1 };
  }
}

function quantity(number) {
  return `0x${number.toString(16)}`;
}
