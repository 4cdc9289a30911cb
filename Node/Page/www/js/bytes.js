// Bytes and hexadecimal text.

/** @param {string} text 0x and an even number of digits. @returns {Uint8Array} */
export function fromHex(text) {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new Error('not hexadecimal text');
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
  return bytes;
}

/** @param {Uint8Array} bytes @returns {string} 0x and lower-case digits. */
export function toHex(bytes) {
  let text = '0x';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** @param {...Uint8Array} parts @returns {Uint8Array} */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
