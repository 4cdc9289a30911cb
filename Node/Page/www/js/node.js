// What the node that serves this page answers. It is believed in what it tells of NeuroChain; what can be checked on Ethereum is checked there.

import { PlainError } from './faults.js';

const PATIENCE_MS = 8000;

export class NodeRefusal extends PlainError {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** @param {string} question @param {Record<string, string|number|bigint>} [fields] */
export function ask(question, fields = {}) {
  const query = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)])).toString();
  return answerOf(`${question}${query === '' ? '' : `?${query}`}`, {});
}

/** @param {string} question @param {any} content What the node is to take. */
export function give(question, content) {
  return answerOf(question, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) });
}

async function answerOf(path, request) {
  let response;
  let body;
  try {
    response = await fetch(`/bridge/api/${path}`, { ...request, signal: AbortSignal.timeout(PATIENCE_MS), cache: 'no-store' });
    body = await response.json();
  } catch {
    throw new NodeRefusal(0, 'The node that serves this page does not answer.');
  }
  if (!response.ok) throw new NodeRefusal(response.status, body.error ?? 'The node refused.');
  return body;
}

/** Amounts come as 0x text; absent ones are empty. */
export function unitsOf(hex) {
  return hex == null || hex === '0x' ? 0n : BigInt(hex);
}
