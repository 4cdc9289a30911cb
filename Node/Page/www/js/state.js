// What the page knows, and who is told when it changes: the node's answers, the wallet, and the vault as the wallet sees it.

import { explain } from './faults.js';
import { Ethereum } from './ethereum.js';
import { ask, unitsOf } from './node.js';
import { Vault } from './vault.js';
import { Wallet } from './wallet.js';

const NODE_POLL_MS = 3000;
const ETHEREUM_POLL_MS = 12000;
const STALE_MS = 60000;

/** Fires `change`. */
export class Bridge extends EventTarget {
  wallet = new Wallet();
  ethereum = new Ethereum(this.wallet);
  /** Of the node; null until it answered. */
  status = null;
  /** Why there is no status, or no new one. */
  trouble = '';
  commit = '';
  factory = null;
  /** @type {Vault|null} */
  vault = null;
  /** What the wallet sees of the vault; null until it is asked, and on another chain. */
  checks = null;
  onEthereum = null;
  /** NTK and Ether of the account on Ethereum, NTK on NeuroChain; null where unknown. */
  balance = null;
  ether = null;
  chainBalance = null;
  #heightSince = Date.now();
  #refreshing = false;
  #again = false;

  start() {
    this.wallet.addEventListener('change', () => {
      this.balance = this.ether = this.chainBalance = this.onEthereum = this.checks = null;
      this.#changed();
      void this.refreshAccount();
    });
    this.wallet.discover();
    void this.#followNode();
    setInterval(() => { if (!document.hidden) void this.refreshAccount(); }, ETHEREUM_POLL_MS);
  }

  /** Whether the wallet is connected and on the vault's network. */
  get isReady() {
    return this.vault !== null && this.wallet.account !== null && this.wallet.chainId === this.chainId;
  }

  get chainId() {
    return this.status === null ? null : BigInt(this.status.ethereumChainId);
  }

  /** Whether blocks come no more. */
  get isStale() {
    return Date.now() - this.#heightSince > STALE_MS;
  }

  /** Asks the wallet and the node for what belongs to the account. */
  async refreshAccount() {
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    this.#refreshing = true;
    try {
      do {
        this.#again = false;
        await Promise.all([this.#readEthereum(), this.#readChain()]);
        this.#changed();
      } while (this.#again);
    } finally {
      this.#refreshing = false;
    }
  }

  async #readEthereum() {
    if (!this.isReady) return;
    const { vault } = this;
    const { account } = this.wallet;
    try {
      const [state, balance, ether, checks] = await Promise.all([
        vault.state(), vault.balanceOf(account), this.ethereum.balance(account), this.checks ?? vault.inspect(),
      ]);
      if (account !== this.wallet.account || !this.isReady) return;
      Object.assign(this, { onEthereum: state, balance, ether, checks });
    } catch (error) {
      if (account === this.wallet.account && this.checks === null) this.checks = { failed: explain(error).text };
    }
  }

  async #readChain() {
    const { account } = this.wallet;
    if (account === null) return;
    try {
      const answer = await ask('account', { address: account });
      if (account === this.wallet.account) this.chainBalance = unitsOf(answer.balance);
    } catch {
      // The status tells that the node does not answer.
    }
  }

  async #followNode() {
    for (;;) {
      if (!document.hidden || this.status === null) await this.#readNode();
      await new Promise((resolve) => setTimeout(resolve, NODE_POLL_MS));
    }
  }

  async #readNode() {
    try {
      if (this.commit === '') {
        const page = await ask('page');
        [this.commit, this.factory] = [page.commit, page.depositFactory];
      }
      const status = await ask('status');
      if (this.status?.height !== status.height) this.#heightSince = Date.now();
      const isFirst = this.status === null;
      this.status = status;
      this.trouble = '';
      if (isFirst) {
        this.vault = new Vault(this.ethereum, status, this.factory);
        void this.refreshAccount();
      }
    } catch (error) {
      this.trouble = explain(error).text;
    }
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
