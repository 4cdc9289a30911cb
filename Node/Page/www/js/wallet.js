// The visitor's wallet: EIP-1193, found by EIP-6963 or as window.ethereum. It signs, sends and is asked what stands on Ethereum; the page has no
// other way to Ethereum, so nobody but the wallet's own node is believed.

import { sameAddress, withChecksum } from './address.js';
import { PlainError } from './faults.js';

const REMEMBERED = 'neurochain.wallet';

/** Fires `change` when a wallet is found, connected or gone, and when its account or chain changes. */
export class Wallet extends EventTarget {
  /** @type {Map<string, {id: string, name: string, icon: string|null, provider: any}>} */
  found = new Map();
  /** With its checksum; null while nothing is connected. */
  account = null;
  /** @type {bigint|null} */
  chainId = null;
  name = '';
  #provider = null;

  discover() {
    window.addEventListener('eip6963:announceProvider', (event) => {
      const { info, provider } = event.detail ?? {};
      if (typeof info?.rdns !== 'string' || typeof provider?.request !== 'function') return;
      const icon = typeof info.icon === 'string' && /^data:image\/(png|svg\+xml|webp|jpeg|gif)[;,]/.test(info.icon) ? info.icon : null;
      this.found.set(info.rdns, { id: info.rdns, name: String(info.name).slice(0, 40), icon, provider });
      this.found.delete('window.ethereum');
      this.#changed();
      void this.#resume();
    });
    window.dispatchEvent(new Event('eip6963:requestProvider'));
    if (this.found.size === 0 && typeof window.ethereum?.request === 'function') {
      this.found.set('window.ethereum', { id: 'window.ethereum', name: 'Browser wallet', icon: null, provider: window.ethereum });
      this.#changed();
      void this.#resume();
    }
  }

  /** Asks the wallet for an account; the user confirms there. */
  async connect(id) {
    const entry = this.found.get(id);
    if (!entry) throw new PlainError('This wallet is gone. Load the page again.');
    const accounts = await entry.provider.request({ method: 'eth_requestAccounts' });
    await this.#adopt(entry, accounts);
    remember(id);
  }

  disconnect() {
    remember(null);
    this.#provider = null;
    this.account = null;
    this.chainId = null;
    this.#changed();
  }

  /** @param {bigint} chainId Of Ethereum. */
  async switchTo(chainId) {
    try {
      await this.request('wallet_switchEthereumChain', [{ chainId: `0x${chainId.toString(16)}` }]);
    } catch (error) {
      if (error?.code === 4902) throw new PlainError(`Your wallet does not know the network with chain id ${chainId}. Add it in the wallet, then try again.`);
      throw error;
    }
    await this.#readChain();
  }

  /** @param {string} method @param {any[]} [params] */
  request(method, params = []) {
    if (!this.#provider) return Promise.reject(new PlainError('Connect a wallet first.'));
    return this.#provider.request({ method, params });
  }

  // Without a question: a wallet that was connected before says so.
  async #resume() {
    const entry = this.found.get(remembered());
    if (this.#provider || !entry) return;
    try {
      const accounts = await entry.provider.request({ method: 'eth_accounts' });
      if (accounts.length > 0) await this.#adopt(entry, accounts);
    } catch {
      // It is locked, or gone: the button is there.
    }
  }

  async #adopt(entry, accounts) {
    if (!Array.isArray(accounts) || !/^0x[0-9a-fA-F]{40}$/.test(accounts[0] ?? '')) throw new PlainError('The wallet showed no account.');
    const isNew = this.#provider !== entry.provider;
    this.#provider = entry.provider;
    this.name = entry.name;
    this.account = withChecksum(accounts[0]);
    await this.#readChain();
    if (!isNew || typeof entry.provider.on !== 'function') return;
    entry.provider.on('accountsChanged', (list) => {
      if (this.#provider !== entry.provider) return;
      if (list.length === 0) this.disconnect();
      else if (!sameAddress(list[0], this.account)) {
        this.account = withChecksum(list[0]);
        this.#changed();
      }
    });
    entry.provider.on('chainChanged', (id) => {
      if (this.#provider !== entry.provider) return;
      this.chainId = BigInt(id);
      this.#changed();
    });
  }

  async #readChain() {
    this.chainId = BigInt(await this.request('eth_chainId'));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

// A browser may keep nothing for this page: then the wallet is connected anew.
function remember(id) {
  try {
    if (id === null) sessionStorage.removeItem(REMEMBERED);
    else sessionStorage.setItem(REMEMBERED, id);
  } catch {
    // As said.
  }
}

function remembered() {
  try {
    return sessionStorage.getItem(REMEMBERED) ?? '';
  } catch {
    return '';
  }
}
