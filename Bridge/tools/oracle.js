#!/usr/bin/env node
// What another implementation says. Reads {"questions": [...]} from standard input and writes {"answers": [...]}, answered by the packages of
// @ethereumjs alone; an answer is {"refused": "why"} where they refuse. Tests hold the C# codec against it. A proof is never checked here: these
// packages take the root from its first node.
'use strict';

const { createBlockHeaderFromRPC } = require('@ethereumjs/block');
const { Hardfork, Mainnet, createCustomCommon } = require('@ethereumjs/common');
const { MerklePatriciaTrie, createMerkleProof } = require('@ethereumjs/mpt');
const { RLP } = require('@ethereumjs/rlp');
const { createTxFromRLP } = require('@ethereumjs/tx');
const { createAccount, createAddressFromString, bytesToHex, generateAddress, generateAddress2, hexToBytes, bigIntToUnpaddedBytes, toChecksumAddress } = require('@ethereumjs/util');
const { keccak_256 } = require('@noble/hashes/sha3.js');

const bytes = (text) => hexToBytes(text);
const number = (text) => bigIntToUnpaddedBytes(BigInt(text));

async function trieOf({ entries, secure }) {
  const trie = new MerklePatriciaTrie({ useKeyHashing: secure === true });
  for (const [key, value] of entries) await trie.put(bytes(key), bytes(value));
  return trie;
}

// A list under rlp(index), as blocks have it.
const listOf = (items) => trieOf({ entries: items.map((item, i) => [bytesToHex(RLP.encode(i)), item]) });

function receiptOf(receipt) {
  const outcome = receipt.root !== undefined ? bytes(receipt.root) : receipt.status === '0x1' ? Uint8Array.of(1) : new Uint8Array(0);
  const logs = receipt.logs.map((log) => [bytes(log.address), log.topics.map(bytes), bytes(log.data)]);
  const fields = RLP.encode([outcome, number(receipt.cumulativeGasUsed), bytes(receipt.logsBloom), logs]);
  const type = Number(receipt.type ?? 0);
  return bytesToHex(type === 0 ? fields : Uint8Array.of(type, ...fields));
}

function commonOf(chainId, header) {
  const hardfork = header?.blockAccessListHash ? Hardfork.Amsterdam
    : header?.requestsHash ? Hardfork.Prague
    : header?.parentBeaconBlockRoot ? Hardfork.Cancun
    : header?.withdrawalsRoot ? Hardfork.Shanghai
    : header?.baseFeePerGas ? Hardfork.London : header ? Hardfork.Istanbul : Hardfork.Prague;
  return createCustomCommon({ chainId: Number(chainId ?? 1) }, Mainnet, { hardfork });
}

const answers = {
  keccak: ({ data }) => bytesToHex(keccak_256(bytes(data))),
  rlp: ({ data }) => bytesToHex(RLP.encode(RLP.decode(bytes(data)))),
  root: async (question) => bytesToHex((await trieOf(question)).root()),
  list: async ({ items }) => bytesToHex((await listOf(items)).root()),
  proof: async (question) => (await createMerkleProof(await trieOf(question), bytes(question.key))).map((node) => bytesToHex(node)),
  receipts: async ({ receipts }) => {
    const encoded = receipts.map(receiptOf);
    return { encoded, root: bytesToHex((await listOf(encoded)).root()) };
  },
  header: ({ header, chainId }) => {
    const made = createBlockHeaderFromRPC(header, { common: commonOf(chainId, header), skipConsensusFormatValidation: true });
    return { rlp: bytesToHex(made.serialize()), hash: bytesToHex(made.hash()) };
  },
  transaction: ({ raw, chainId }) => {
    const transaction = createTxFromRLP(bytes(raw), { common: commonOf(chainId) });
    return {
      hash: bytesToHex(transaction.hash()),
      signingHash: bytesToHex(transaction.getHashedMessageToSign()),
      sender: transaction.getSenderAddress().toString(),
      raw: bytesToHex(transaction.serialize()),
    };
  },
  account: ({ nonce, balance, storageRoot, codeHash }) =>
    bytesToHex(createAccount({ nonce: BigInt(nonce), balance: BigInt(balance), storageRoot: bytes(storageRoot), codeHash: bytes(codeHash) }).serialize()),
  create: ({ creator, nonce }) => toChecksumAddress(bytesToHex(generateAddress(bytes(creator), number(nonce)))),
  create2: ({ creator, salt, code }) => toChecksumAddress(bytesToHex(generateAddress2(bytes(creator), bytes(salt), bytes(code)))),
  checksum: ({ address }) => toChecksumAddress(createAddressFromString(address).toString()),
};

async function answer(question) {
  try {
    return await answers[question.kind](question);
  } catch (refusal) {
    return { refused: refusal.message };
  }
}

async function main() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const given = [];
  for (const question of JSON.parse(text).questions) given.push(await answer(question));
  process.stdout.write(JSON.stringify({ answers: given }));
}

main().catch((fault) => {
  process.stderr.write(`${fault.stack}\n`);
  process.exitCode = 1;
});
