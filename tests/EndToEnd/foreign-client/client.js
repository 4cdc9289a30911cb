// A client that shares no code with the node: Node.js, the gRPC library of the gRPC project, and the two folders of protos.
// usage: node client.js --node HOST:PORT --protos FOLDER --protos FOLDER --key HEX --to 0xADDRESS
// Prints a line per fact that it checked; exits with 1 at the first that does not hold.
'use strict';

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const { secp256k1 } = require('@noble/curves/secp256k1');
const { keccak_256: keccak256 } = require('@noble/hashes/sha3');

const DEADLINE_MS = 60_000;
const ADDRESS_AT_HEADER = 46; // version 2, genesis 32, height 8, round 4
const HEIGHT_AT_HEADER = 34;
const PARENT_AT_HEADER = 74; // author 20, time 8
const HEADER_SIZE = 442;

const options = { node: '', protos: [], key: '', to: '' };
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].slice(2);
  if (name === 'protos') options.protos.push(process.argv[i + 1]);
  else options[name] = process.argv[i + 1];
}

const definition = protoLoader.loadSync(
  ['neurochain/v1/chain.proto', 'neurochain/v1/account.proto', 'neurochain/v1/transaction.proto', 'neurochain/types/v1/transaction.proto'],
  { includeDirs: options.protos, keepCase: true, longs: String, defaults: true, oneofs: true });
const api = grpc.loadPackageDefinition(definition).neurochain.v1;
const credentials = grpc.credentials.createInsecure();
const chain = new api.ChainService(options.node, credentials);
const accounts = new api.AccountService(options.node, credentials);
const transactions = new api.TransactionService(options.node, credentials);

const call = (client, method, request) => new Promise((resolve, reject) =>
  client[method](request, { deadline: Date.now() + DEADLINE_MS }, (error, response) => (error ? reject(error) : resolve(response))));

/** Reads a stream until enough says so, then cancels it. */
const read = (stream, enough) => new Promise((resolve, reject) => {
  const messages = [];
  stream.on('data', message => {
    messages.push(message);
    if (!enough(messages)) return;
    stream.cancel();
    resolve(messages);
  });
  stream.on('error', error => (error.code === grpc.status.CANCELLED ? undefined : reject(error)));
  stream.on('end', () => reject(new Error(`the stream ended after ${messages.length} messages`)));
});

const streamFrom = (height, enough) => read(chain.StreamBlocks({ from_height: String(height) }, { deadline: Date.now() + DEADLINE_MS }), enough);

/** SHA-256 behind a domain tag: one byte of length, then the tag's ASCII. */
const tagged = (tag, bytes) => createHash('sha256').update(Buffer.from([tag.length])).update(tag, 'ascii').update(bytes).digest();

const addressOf = secret => Buffer.from(keccak256(secp256k1.getPublicKey(secret, false).slice(1)).slice(12));

const amount = units => Buffer.from(units.toString(16).padStart(32, '0'), 'hex');

const units = bytes => BigInt(`0x${bytes.toString('hex')}`);

const say = fact => console.log(`ok ${fact}`);

function checkBlock(block) {
  assert.equal(block.header.length, HEADER_SIZE);
  assert.deepEqual(tagged('NeuroChain header v1', block.header), block.hash);
  assert.equal(block.header.readBigUInt64BE(HEIGHT_AT_HEADER), BigInt(block.height));
  assert.deepEqual(block.header.subarray(ADDRESS_AT_HEADER, ADDRESS_AT_HEADER + 20), block.author);
  assert.deepEqual(block.header.subarray(PARENT_AT_HEADER, PARENT_AT_HEADER + 32), block.parent);
}

async function readChain() {
  const status = await call(chain, 'GetStatus', {});
  assert.equal(status.genesis_hash.length, 32);
  const genesis = JSON.parse((await call(chain, 'GetGenesis', {})).json.toString('utf8'));
  assert.equal(genesis.chain_name, status.chain_name);
  say('status and genesis');

  const latest = await call(chain, 'GetBlock', { latest: true });
  checkBlock(latest);
  assert.deepEqual(await call(chain, 'GetBlock', { height: latest.height }), latest);
  assert.deepEqual(await call(chain, 'GetBlock', { hash: latest.hash }), latest);
  say('a block by height and by hash; its hash is that of its header');

  const first = await streamFrom(1, blocks => blocks.length === 3);
  const second = await streamFrom(Number(first[2].height) + 1, blocks => blocks.length === 2);
  const blocks = [...first, ...second];
  blocks.forEach(checkBlock);
  assert.deepEqual(blocks.map(block => block.height), ['1', '2', '3', '4', '5']);
  for (let i = 1; i < blocks.length; i++) assert.deepEqual(blocks[i].parent, blocks[i - 1].hash);
  say('blocks from a cursor on, and from the next cursor without a gap');
  return status;
}

async function refusals() {
  await assert.rejects(call(chain, 'GetBlock', { height: '99999999' }), { code: grpc.status.NOT_FOUND });
  await assert.rejects(call(transactions, 'Submit', { transaction: Buffer.from('nonsense') }), error =>
    error.code === grpc.status.INVALID_ARGUMENT && error.details.startsWith('transaction: '));
  say('named refusals');
}

async function send(status) {
  const secret = Buffer.from(options.key, 'hex');
  const sender = addressOf(secret);
  const to = Buffer.from(options.to.slice(2), 'hex');
  const account = await call(accounts, 'GetAccount', { address: sender });
  assert.ok(units(account.balance) > 0n, 'the key is not funded');
  say(`the address of the key is 0x${sender.toString('hex')}`);

  // Canonical: what is at its default is left out.
  const body = { genesis: status.genesis_hash, sender, fee: amount(10n ** 15n), transfer: { to, amount: amount(25n * 10n ** 17n), memo: 'from afar' } };
  if (account.next_nonce !== '0') body.nonce = account.next_nonce;
  const bodyBytes = Buffer.from(definition['neurochain.types.v1.TransactionBody'].serialize(body));
  const hash = tagged('NeuroChain transaction v1', bodyBytes);
  const signature = secp256k1.sign(hash, secret, { lowS: true });
  const envelope = { body: bodyBytes, signature: Buffer.from(signature.toCompactRawBytes()) };
  const raw = Buffer.from(definition['neurochain.types.v1.TransactionEnvelope'].serialize(envelope));

  // From before the transfer on, so that its block cannot be missed.
  const from = Number((await call(chain, 'GetStatus', {})).height) + 1;
  const submitted = await call(transactions, 'Submit', { transaction: raw });
  assert.deepEqual(submitted.hash, hash);
  const holds = block => block.transactions.some(transaction => transaction.hash.equals(hash));
  const block = (await streamFrom(from, blocks => holds(blocks.at(-1)))).at(-1);
  const found = block.transactions.find(transaction => transaction.hash.equals(hash));
  assert.equal(found.code, 0, found.reason);
  assert.deepEqual(found.raw, raw);
  assert.ok(block.events.some(event => event.kind === 'accounts.transferred'));
  const placed = await call(transactions, 'Get', { hash });
  assert.equal(placed.height, block.height);
  const received = await call(accounts, 'GetAccount', { address: to });
  assert.equal(units(received.balance), 25n * 10n ** 17n);
  say(`transfer 0x${hash.toString('hex')} in block ${block.height}`);
}

readChain()
  .then(async status => {
    await refusals();
    await send(status);
    process.exit(0);
  })
  .catch(error => {
    console.error(error);
    process.exit(1);
  });
