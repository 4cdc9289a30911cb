// Makes trees.json and claims.json by other implementations: npm install @openzeppelin/merkle-tree@1.0.8 ethers@6.17.0, then node make.mjs FOLDER.
import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import { Wallet, TypedDataEncoder, hashMessage, keccak256, toUtf8Bytes, getAddress, Signature, dataSlice, formatUnits } from 'ethers';
import { writeFileSync } from 'fs';
const rnd = (seed) => keccak256(toUtf8Bytes(seed));
const addr = (seed) => getAddress(dataSlice(rnd(seed), 12));
const trees = [];
for (const n of [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,31,32,33,63,64,65]) {
  const leaves = [...Array(n).keys()].map(i => [addr(`holder ${n} ${i}`), (BigInt(rnd(`amount ${n} ${i}`)) % (10n ** BigInt(1 + (i % 26))) + 1n).toString()]);
  const tree = StandardMerkleTree.of(leaves, ['address', 'uint256']);
  const proofs = [...new Set([0, n >> 1, n - 1])].map(i => ({ index: i, path: tree.getProof(i) }));
  for (const p of proofs) if (!StandardMerkleTree.verify(tree.root, ['address', 'uint256'], leaves[p.index], p.path)) throw 1;
  trees.push({ root: tree.root, leaves: leaves.map(([holder, amount]) => ({ holder, amount })), proofs });
}
const ntk = (u) => { const t = formatUnits(u, 18); return t.endsWith('.0') ? t.slice(0, -2) : t; };
const claims = [];
const types = { Claim: [{ name: 'chainId', type: 'bytes32' }, { name: 'holder', type: 'address' }, { name: 'recipient', type: 'address' }, { name: 'amount', type: 'uint256' }, { name: 'validUntil', type: 'uint64' }] };
for (let i = 0; i < 24; i++) {
  const wallet = new Wallet(rnd(`key ${i}`));
  const chain = rnd(`chain ${i % 3}`), ethereumChainId = [1, 5, 31337][i % 3], recipient = addr(`recipient ${i}`);
  const amount = i === 0 ? 100000000n * 10n ** 18n : i === 1 ? 1n : (BigInt(rnd(`claim ${i}`)) % (10n ** BigInt(6 + i)) + 1n);
  const validUntil = i === 0 ? 253402300799n : i === 1 ? 0n : BigInt(rnd(`until ${i}`)) % 4000000000n;
  const domain = { name: 'NTK claim', version: '1', chainId: ethereumChainId, salt: chain };
  const value = { chainId: chain, holder: wallet.address, recipient, amount, validUntil };
  const text = `NTK claim v1\nchain: ${chain}\nholder: ${wallet.address}\nrecipient: ${recipient}\namount: ${ntk(amount)} NTK\nvalid until: ${new Date(Number(validUntil) * 1000).toISOString().replace('.000Z', 'Z')}`;
  const compact = (s) => { const x = Signature.from(s); return x.r + x.s.slice(2) + (x.v === 27 ? '1b' : '1c'); };
  claims.push({ chain, ethereumChainId, holder: wallet.address, recipient, amount: amount.toString(), validUntil: validUntil.toString(), text,
    typedDigest: TypedDataEncoder.hash(domain, types, value), typedSignature: compact(await wallet.signTypedData(domain, types, value)),
    textDigest: hashMessage(text), textSignature: compact(await wallet.signMessage(text)),
    typedData: { types: { EIP712Domain: [{ name: 'name', type: 'string' }, { name: 'version', type: 'string' }, { name: 'chainId', type: 'uint256' }, { name: 'salt', type: 'bytes32' }], ...types },
      primaryType: 'Claim', domain, message: { chainId: chain, holder: wallet.address, recipient, amount: amount.toString(), validUntil: validUntil.toString() } } });
}
const lines = (rows) => '[\n' + rows.map(r => JSON.stringify(r)).join(',\n') + '\n]\n';
writeFileSync(process.argv[2] + '/trees.json', lines(trees));
writeFileSync(process.argv[2] + '/claims.json', lines(claims));
