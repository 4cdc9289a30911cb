// Amounts: BigInts in units of 10^-18 NTK.

const DECIMALS = 18;
export const ONE_NTK = 10n ** 18n;
/** There were never more, on either side. */
export const CAP = 100_000_000n * ONE_NTK;

/** @param {string} text @returns {{units?: bigint, error?: string}} */
export function parseAmount(text) {
  const trimmed = text.trim();
  if (trimmed === '') return { error: 'Enter an amount.' };
  if (trimmed.includes(',')) return { error: 'Write the amount with a point before the fraction and no commas: 1234.5' };
  const match = /^([0-9]{1,12})(?:\.([0-9]*))?$/.exec(trimmed);
  if (!match) return { error: 'An amount is a number such as 1234.5' };
  const fraction = match[2] ?? '';
  if (fraction.length > DECIMALS) return { error: 'NTK have at most 18 digits behind the point.' };
  const units = BigInt(match[1]) * ONE_NTK + BigInt(fraction.padEnd(DECIMALS, '0'));
  if (units === 0n) return { error: 'The amount is zero.' };
  if (units > CAP) return { error: 'There are only 100,000,000 NTK.' };
  return { units };
}

/** All digits that count, thousands apart: 1,234.5 */
export function formatAmount(units) {
  const [whole, fraction] = split(units);
  return fraction === '' ? grouped(whole) : `${grouped(whole)}.${fraction}`;
}

/** The same without commas, as it is typed. */
export function plainAmount(units) {
  const [whole, fraction] = split(units);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function split(units) {
  const digits = units.toString().padStart(DECIMALS + 1, '0');
  return [digits.slice(0, -DECIMALS), digits.slice(-DECIMALS).replace(/0+$/, '')];
}

function grouped(whole) {
  return whole.replace(/\B(?=([0-9]{3})+$)/g, ',');
}
