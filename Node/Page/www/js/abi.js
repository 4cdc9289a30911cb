// Calls of contracts whose arguments are single words, and the words that they return.

import { concat, fromHex, toHex } from './bytes.js';
import { keccak256 } from './keccak.js';

const WORD = 32;

export function topicOf(signature) {
  return toHex(keccak256(new TextEncoder().encode(signature)));
}

export function selectorOf(signature) {
  return topicOf(signature).slice(0, 10);
}

/** @param {bigint|string} value A number, or an address or word as 0x text. @returns {string} 64 digits. */
export function wordOf(value) {
  const digits = typeof value === 'bigint' ? value.toString(16) : value.slice(2).toLowerCase();
  return digits.padStart(2 * WORD, '0');
}

/** @param {string} signature "approve(address,uint256)". @param {...(bigint|string)} words */
export function encodeCall(signature, ...words) {
  return selectorOf(signature) + words.map(wordOf).join('');
}

/** The word at a place of what a call returned, as a number. */
export function numberAt(data, place) {
  return BigInt(hexAt(data, place));
}

export function addressAt(data, place) {
  return `0x${hexAt(data, place).slice(-40)}`;
}

export function hexAt(data, place) {
  const start = 2 + 2 * WORD * place;
  if (typeof data !== 'string' || data.length < start + 2 * WORD) throw new Error('the contract answered with fewer words than it should');
  return `0x${data.slice(start, start + 2 * WORD)}`;
}

/** Address of a contract that another one creates with CREATE2. @param {Uint8Array} code That creates it. */
export function create2Address(creator, salt, code) {
  const hash = keccak256(concat(fromHex('0xff'), fromHex(creator), fromHex(salt), keccak256(code)));
  return toHex(hash.slice(12));
}
