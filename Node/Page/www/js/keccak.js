// Keccak-256 as Ethereum has it: FIPS 202 with the padding byte 1 in place of 6. Lanes are BigInts of 64 bits: slow, but a contract's code of
// 24 KB takes a fraction of a second, and it is done once.

const RATE = 136;
const ROUNDS = 24;

// Rotations in the order in which rho and pi visit the lanes, and the lanes.
const ROTATIONS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];
const LANES = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];
const CONSTANTS = roundConstants();

/** @param {Uint8Array} message @returns {Uint8Array} 32 bytes. */
export function keccak256(message) {
  const state = new Array(25).fill(0n);
  const blocks = Math.floor(message.length / RATE) + 1;
  const padded = new Uint8Array(blocks * RATE);
  padded.set(message);
  padded[message.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  const words = new DataView(padded.buffer);
  for (let block = 0; block < blocks; block++) {
    for (let lane = 0; lane < RATE / 8; lane++) state[lane] ^= words.getBigUint64(block * RATE + 8 * lane, true);
    permute(state);
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let lane = 0; lane < 4; lane++) digest.setBigUint64(8 * lane, state[lane], true);
  return new Uint8Array(digest.buffer);
}

function permute(a) {
  for (let round = 0; round < ROUNDS; round++) {
    const c = [0, 1, 2, 3, 4].map((x) => a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]);
    for (let x = 0; x < 5; x++) {
      const d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
      for (let y = 0; y < 25; y += 5) a[y + x] ^= d;
    }
    let moved = a[1];
    for (let i = 0; i < 24; i++) {
      const kept = a[LANES[i]];
      a[LANES[i]] = rotate(moved, ROTATIONS[i]);
      moved = kept;
    }
    for (let y = 0; y < 25; y += 5) {
      const row = a.slice(y, y + 5);
      for (let x = 0; x < 5; x++) a[y + x] = row[x] ^ (BigInt.asUintN(64, ~row[(x + 1) % 5]) & row[(x + 2) % 5]);
    }
    a[0] ^= CONSTANTS[round];
  }
}

function rotate(lane, by) {
  return BigInt.asUintN(64, (lane << BigInt(by)) | (lane >> BigInt(64 - by)));
}

// FIPS 202, 3.2.5: bits 2^j - 1 of the constants come from a shift register.
function roundConstants() {
  const constants = [];
  let register = 1;
  for (let round = 0; round < ROUNDS; round++) {
    let constant = 0n;
    for (let j = 0; j < 7; j++) {
      if (register & 1) constant |= 1n << BigInt((1 << j) - 1);
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    }
    constants.push(constant);
  }
  return constants;
}
