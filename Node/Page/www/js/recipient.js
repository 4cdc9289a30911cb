// A field for an account of NeuroChain: well-formed, not a contract that nobody there can be, and said again where it is not the visitor's own.

import { parseAddress, sameAddress } from './address.js';

// EIP-7702: an account of a key that lends a contract's code.
const DELEGATION = '0xef0100';

/**
 * @param {import('./state.js').Bridge} bridge
 * @param {string} text As it was typed.
 * @returns {Promise<{address?: string, error?: string, warning?: string}>} With a warning it is taken once the visitor says so.
 */
export async function judgeRecipient(bridge, text) {
  const { address, checked, error } = parseAddress(text);
  if (error) return { error };
  if (sameAddress(address, bridge.vault.address) || sameAddress(address, bridge.vault.token)) return { error: 'This is a contract of the bridge: nobody on NeuroChain has its address.' };
  if (await isContract(bridge, address)) {
    return { address, warning: 'This is a contract on Ethereum, such as a shared wallet. On NeuroChain nobody may hold that address, and what is credited to it may be out of reach for ever. I know that it is held there.' };
  }
  if (sameAddress(address, bridge.wallet.account)) return { address };
  if (!checked) return { address, warning: 'This address has no capitals that would show a mistyped digit. I have compared every digit of it, and the recipient holds its key on NeuroChain.' };
  return { address, warning: 'This is not the account in your wallet. I am sure that the recipient holds its key on NeuroChain; an address at an exchange is none.' };
}

async function isContract(bridge, address) {
  if (!bridge.isReady) return false;
  const code = await bridge.ethereum.code(address);
  return code !== '0x' && !(code.toLowerCase().startsWith(DELEGATION) && code.length === 2 + 2 * 23);
}
