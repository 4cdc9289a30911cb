// Addresses with their checksum (ERC-55): upper and lower case of the letters say whether a digit was mistyped.

import { keccak256 } from './keccak.js';

export const ZERO = '0x0000000000000000000000000000000000000000';

/** @param {string} address 0x and 40 digits. @returns {string} The same with its checksum. */
export function withChecksum(address) {
  const digits = address.slice(2).toLowerCase();
  const hash = keccak256(new TextEncoder().encode(digits));
  let text = '0x';
  for (let i = 0; i < digits.length; i++) {
    const nibble = i % 2 === 0 ? hash[i >> 1] >> 4 : hash[i >> 1] & 15;
    text += nibble >= 8 ? digits[i].toUpperCase() : digits[i];
  }
  return text;
}

/**
 * @param {string} text As somebody typed it.
 * @returns {{address?: string, checked?: boolean, error?: string}} `checked`: it had a checksum, and the right one.
 */
export function parseAddress(text) {
  const trimmed = text.trim();
  if (trimmed === '') return { error: 'Enter an address.' };
  if (/\.eth$/i.test(trimmed)) return { error: 'Names are not looked up here: enter the address itself, 0x and 40 digits.' };
  if (!/^0x[0-9a-fA-F]{40}$/.test(trimmed)) return { error: 'An address is 0x and 40 hexadecimal digits.' };
  const address = withChecksum(trimmed);
  const digits = trimmed.slice(2);
  const mixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  if (mixed && address !== trimmed) return { error: 'The capitals in this address do not fit: a digit is mistyped. Copy it again from where it comes from.' };
  if (address === ZERO) return { error: 'Nobody has the address zero.' };
  return { address, checked: mixed };
}

export function sameAddress(a, b) {
  return a != null && b != null && a.toLowerCase() === b.toLowerCase();
}

/** Its two ends, for places where the whole of it stands elsewhere. */
export function shortAddress(address) {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}
