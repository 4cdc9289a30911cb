#!/usr/bin/env node
// Compiles Bridge/contracts/src into Bridge/contracts/artifacts: ABI, bytecode and storage layout of each contract, one JSON file each.
// --check writes nothing and fails where a committed file differs from what the compiler makes.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const solc = require('solc');

const contracts = path.join(__dirname, '..', 'contracts');
const sourceFolder = path.join(contracts, 'src');
const artifactFolder = path.join(contracts, 'artifacts');
const check = process.argv.includes('--check');

const settings = {
  optimizer: { enabled: true, runs: 10000 },
  evmVersion: 'cancun',
  // Without metadata the bytes depend on code and compiler alone, not on comments or paths.
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'storageLayout'] } },
};

const sourceNames = fs.readdirSync(sourceFolder, { recursive: true }).map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.sol')).sort();
const sources = Object.fromEntries(sourceNames.map((name) => [name, { content: fs.readFileSync(path.join(sourceFolder, name), 'utf8') }]));

const findImport = (name) => {
  if (!name.startsWith('@openzeppelin/contracts/')) return { error: `${name}: only OpenZeppelin's contracts are imported` };
  return { contents: fs.readFileSync(path.join(__dirname, 'node_modules', name), 'utf8') };
};

const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }), { import: findImport }));
// The compiler warns of transient storage wherever it is written; the library's guard clears it at the end of each call.
const isOfLibrary = (fault) => fault.severity === 'warning' && fault.sourceLocation?.file.startsWith('@openzeppelin/');
const faults = (output.errors ?? []).filter((fault) => !isOfLibrary(fault));
for (const fault of faults) console.error(fault.formattedMessage);
if (faults.length > 0) process.exit(1); // warnings too

// Names of types in the compiler's output end in numbers that change with every line above them.
const layoutOf = ({ storage, types }) =>
  (storage ?? []).map(({ label, slot, offset, type }) => ({ label, slot: Number(slot), offset, type: types[type].label }));

const line = (value) => `    ${JSON.stringify(value)}`;
const list = (values) => (values.length === 0 ? '[]' : `[\n${values.map(line).join(',\n')}\n  ]`);
const text = (name, contract) => `{
  "contract": ${JSON.stringify(name)},
  "compiler": "solc ${solc.version().split('+')[0]}, optimizer ${settings.optimizer.runs}, ${settings.evmVersion}",
  "abi": ${list(contract.abi)},
  "storage": ${list(layoutOf(contract.storageLayout))},
  "bytecode": "0x${contract.evm.bytecode.object}"
}
`;

const made = new Map();
for (const source of sourceNames)
  for (const [name, contract] of Object.entries(output.contracts[source] ?? {})) {
    if (contract.evm.bytecode.object === '') continue; // an interface, or nothing but words
    const size = contract.evm.deployedBytecode.object.length / 2;
    if (size > 24576) { console.error(`${name}: ${size} bytes, Ethereum takes 24576`); process.exit(1); }
    // A library of internal functions leaves a stub that nobody deploys.
    if (contract.abi.every((entry) => entry.type === 'error')) continue;
    made.set(path.posix.join(path.posix.dirname(source), `${name}.json`), { size, content: text(name, contract) });
  }

const present = fs.existsSync(artifactFolder)
  ? fs.readdirSync(artifactFolder, { recursive: true }).map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.json'))
  : [];
let different = 0;
for (const name of new Set([...made.keys(), ...present])) {
  const file = path.join(artifactFolder, name);
  const now = present.includes(name) ? fs.readFileSync(file, 'utf8') : null;
  const wanted = made.get(name)?.content ?? null;
  if (now === wanted) continue;
  different++;
  if (check) { console.error(`${name}: not what the compiler makes of the sources; run Bridge/tools/compile.js`); continue; }
  if (wanted === null) { fs.rmSync(file); console.log(`${name}: removed`); continue; }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, wanted);
  console.log(`${name}: ${made.get(name).size} bytes of code`);
}
if (check && different > 0) process.exit(1);
if (check) console.log(`${made.size} artifacts are what ${solc.version().split('+')[0]} makes`);
