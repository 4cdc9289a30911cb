// The books of both chains as sums: pure, so that a test holds them against numbers that do and do not add up.

import { CAP } from './amount.js';
import { unitsOf } from './node.js';

/** @param {any} solvency Of the node. @returns All amounts as BigInts. */
export function booksOf(solvency) {
  const names = ['genesisSupply', 'credited', 'refunded', 'withdrawn', 'feesBurned', 'supply', 'accounts', 'reserve', 'escrow', 'treasury', 'quarantined',
    'locked', 'released', 'pending', 'open', 'reservesBalance', 'reservesLocked', 'reservesReleased'];
  const books = Object.fromEntries(names.map((name) => [name, unitsOf(solvency[name])]));
  books.owed = books.locked - books.released;
  books.provenOwed = books.reservesLocked - books.reservesReleased;
  books.isProven = Number(solvency.reservesBlock) > 0;
  return books;
}

/** @returns {{holds: boolean, text: string, left: bigint, right: bigint, relation: '='|'≤'}[]} */
export function sumsOf(books) {
  const sums = [];
  const equal = (text, left, right) => sums.push({ holds: left === right, text, left, right, relation: '=' });
  const atMost = (text, left, right) => sums.push({ holds: left <= right, text, left, right, relation: '≤' });
  equal('credited + waiting to be credited = locked', books.credited + books.pending, books.locked);
  equal('given back + released + on the way to Ethereum = burned for Ethereum', books.refunded + books.released + books.open, books.withdrawn);
  equal('what genesis made + credited + given back − burned for Ethereum − burned as fees = all NTK here',
    books.genesisSupply + books.credited + books.refunded - books.withdrawn - books.feesBurned, books.supply);
  equal('accounts + reserve + bonds and escrows + treasury + quarantine = all NTK here',
    books.accounts + books.reserve + books.escrow + books.treasury + books.quarantined, books.supply);
  equal('all NTK here − what genesis made + burned as fees + both in flight = what the vault owes',
    books.supply - books.genesisSupply + books.feesBurned + books.pending + books.open, books.owed);
  if (books.isProven) atMost('what the vault owed = locked − released ≤ what it had, in the proven block', books.provenOwed, books.reservesBalance);
  atMost('all NTK here ≤ 100,000,000', books.supply, CAP);
  return sums;
}
