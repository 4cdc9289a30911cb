// States, times and reasons in plain words.

/** @param {number} ms @returns {string} "about 3 minutes" */
export function durationOf(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return count(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return count(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? count(hours, 'hour') : `${count(hours, 'hour')} ${count(minutes % 60, 'minute')}`;
  return count(Math.round(hours / 24), 'day');
}

/** @param {bigint|number|string} seconds Of Ethereum's clock. */
export function dateOf(seconds) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return 'a day far away';
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export function numberOf(value) {
  return Number(value).toLocaleString('en-US');
}

function count(number, unit) {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

/** What a node gives as a reason, as a sentence. */
export function sentenceOf(reason) {
  if (reason === '') return '';
  return `${reason[0].toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? '' : '.'}`;
}

/** Reason and time left of a transfer; a reason that names the time already needs no other. */
export function waitOf({ reason, waitMs }) {
  const isTimed = /\babout\b/.test(reason);
  return [sentenceOf(reason), Number(waitMs) > 0 && !isTimed ? `About ${durationOf(Number(waitMs))} left.` : ''].filter((text) => text !== '').join(' ');
}

/** Why the bridge stands, by the names of docs/protocol/bridge.md. */
export const HALTS = {
  Dispute: 'The validators do not agree on what a block of Ethereum says. Deposits wait until they do.',
  Cap: 'A deposit would bring more NTK here than there may be. Deposits wait until the validators have looked at it.',
  Finality: 'Ethereum seems to have taken back a block that was final.',
  Supply: 'What the vault says does not add up.',
  UnknownEvent: 'The vault said something that this chain does not know.',
  UnknownLayout: 'A block of Ethereum has a form that this chain does not know.',
  WrongVault: 'The vault is not the one that this chain was made for.',
  WrongSet: 'The vault follows validators that are not those of this chain.',
  Reserves: 'The vault has fewer tokens than it owes.',
};

/** @type {Record<string, {label: string, tone: 'wait'|'good'|'bad', end?: boolean}>} */
export const DEPOSIT_STATES = {
  Unseen: { label: 'On its way', tone: 'wait' },
  Waiting: { label: 'Waiting its turn', tone: 'wait' },
  Quarantined: { label: 'In quarantine', tone: 'bad' },
  Credited: { label: 'Credited', tone: 'good', end: true },
};

export const WITHDRAWAL_STATES = {
  Held: { label: 'Held', tone: 'wait' },
  Waiting: { label: 'Waiting its turn', tone: 'wait' },
  Certified: { label: 'Ready to be paid', tone: 'good' },
};
