// What wallets, nodes and contracts answer when something does not go, in plain words.

import { errorOf } from './contracts.js';

/** @typedef {{text: string, name?: string, rejected?: boolean}} Fault `rejected`: the user said no, which is no fault at all. */

export class PlainError extends Error {}

/** @param {any} error @returns {Fault} */
export function explain(error) {
  if (error instanceof PlainError) return { text: error.message };
  const code = codeOf(error);
  if (code === 4001 || code === 'ACTION_REJECTED') return { text: 'You declined it in your wallet. Nothing was sent.', rejected: true };
  if (code === -32002) return { text: 'Your wallet has a question open already: open the wallet and answer it.' };
  if (code === 4100) return { text: 'Your wallet does not let this page see the account: connect again.' };
  if (code === 4900 || code === 4901) return { text: 'Your wallet has no connection to the network. Check it and try again.' };
  const data = revertDataOf(error, 0);
  if (data) {
    const known = errorOf(data);
    if (known) return known;
  }
  const message = messageOf(error);
  if (/insufficient funds/i.test(message)) return { text: 'The account has not enough Ether for the fee of Ethereum.' };
  if (/nonce too low|replacement transaction underpriced|already known/i.test(message)) return { text: 'Another transaction of this account is on its way. Wait until it is done, then try again.' };
  if (data || /revert/i.test(message)) {
    return { text: 'The contract refused and gave no reason. With this token that mostly means: too few tokens, or the vault is not allowed to take so many.' };
  }
  if (error instanceof TypeError && /fetch/i.test(message)) return { text: 'The node that serves this page does not answer.' };
  return { text: message === '' ? 'Something went wrong, and the wallet does not say what.' : `The wallet says: ${message.slice(0, 200)}` };
}

function codeOf(error) {
  // Some wallets wrap the answer of another.
  return error?.code ?? error?.cause?.code ?? error?.data?.originalError?.code;
}

function messageOf(error) {
  return String(error?.data?.message ?? error?.message ?? '');
}

// Wallets put the data of a revert in different depths of what they throw.
function revertDataOf(value, depth) {
  if (depth > 5 || value == null) return null;
  if (typeof value === 'string') {
    const found = /^(?:Reverted )?(0x(?:[0-9a-fA-F]{2})*)$/.exec(value);
    return found && found[1].length >= 2 ? found[1] : null;
  }
  if (typeof value !== 'object') return null;
  for (const key of ['data', 'error', 'originalError', 'cause', 'info', 'result']) {
    const found = revertDataOf(value[key], depth + 1);
    if (found) return found;
  }
  return null;
}
