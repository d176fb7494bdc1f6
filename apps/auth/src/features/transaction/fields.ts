import { CurrencySchema, minorUnitDigits } from '@bank/domain';
import * as v from 'valibot';

// What a person cannot see, or sees elsewhere than it stands, is in no transaction.
const visible = /^[^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]+$/u;
const readable = /[\p{L}\p{N}]/u;

/** Words of a transaction: one line, composed (NFC), without space around it. Refused and never mended, since what was sent is hashed. */
export function words(lengthMax: number) {
  return v.pipe(
    v.string(),
    v.maxLength(lengthMax),
    v.check((text) => visible.test(text) && readable.test(text), 'plain_text'),
    v.check((text) => text === text.normalize('NFC').trim(), 'tidy_text'),
  );
}

/** ISO 4217. */
export const Currency = v.pipe(
  v.string(),
  v.regex(/^[A-Z]{3}$/, 'currency'),
  v.check((code) => v.is(CurrencySchema, code), 'currency'),
);

const decimal = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,4})?$/;

/** A decimal number, zero or above, with exactly as many digits after the point as its currency has: `150.00`, and `150` of yen. */
export const Amount = v.pipe(v.string(), v.regex(decimal, 'amount'));

/** Whether an amount is written as its currency is. What is wrong with either by itself is said there. */
export function isAmountOf({ amount, currency }: { amount: string; currency: string }): boolean {
  const digits = minorUnitDigits(currency);
  if (!decimal.test(amount) || digits === undefined) return true;
  const fraction = amount.split('.')[1] ?? '';
  return fraction.length === digits;
}

/** An account of somebody: an IBAN, or a national number with the code of its bank. */
export const Payee = v.strictObject({
  name: words(70),
  account: v.pipe(v.string(), v.regex(/^[A-Z0-9]{4,34}$/, 'account')),
  bank: v.optional(v.pipe(v.string(), v.regex(/^[A-Z0-9]{2,11}$/, 'bank'))),
});
export type Payee = v.InferOutput<typeof Payee>;

/** An amount as people read it: `EUR 1,500.00`. */
export function money({ amount, currency }: { amount: string; currency: string }): string {
  const [whole = '', fraction] = amount.split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${currency} ${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** How a payee is shown. */
export function payeeLines({ name, account, bank }: Payee) {
  return [
    { label: 'Payee', value: name },
    { label: 'Account', value: account.replace(/(.{4})(?=.)/g, '$1 ') },
    ...(bank === undefined ? [] : [{ label: 'Bank', value: bank }]),
  ];
}

/** What a text message has room for (SR-63). */
const textLengthMax = 60;

/**
 * What is done to a payee, in one line of a text message: the beginning and end of the account, its bank, and last the name, so that nothing
 * that whoever made the order has chosen stands where the account is looked for. A name that the alphabet of the message has next to no
 * letters for says nothing: then the whole account stands for it, if there is room.
 */
export function payeeText(before: string, { name, account, bank }: Payee): string | undefined {
  const ofBank = bank === undefined ? '' : ` at ${bank}`;
  const number = account.length <= 10 ? account : `${account.slice(0, 4)}..${account.slice(-4)}`;
  const begin = `${before} ${number}${ofBank}, `;
  const short = shortText(name, Math.min(18, textLengthMax - begin.length));
  const text = isLegible(short) ? `${begin}${short}` : `${before} ${account}${ofBank}`;
  return text.length <= textLengthMax ? text : undefined;
}

/** Words as `shortText` has them; nothing where they are longer, or a character has no letter there: who approves a part has not approved the rest. */
export function wholeText(text: string, lengthMax: number): string | undefined {
  const plain = shortText(text, Number.POSITIVE_INFINITY);
  const isWhole = plain.length <= lengthMax && !plain.includes('?');
  return isWhole ? plain : undefined;
}

/** Whether more of the words is there than was lost. */
function isLegible(short: string): boolean {
  const kept = short.match(/[A-Za-z0-9]/g) ?? [];
  return kept.length > short.split('?').length - 1;
}

/**
 * Words in the GSM 7-bit alphabet (3GPP TS 23.038), cut: without accents and points, and `?` for what has no letter there. A
 * message shows them as they are (SR-76).
 */
function shortText(text: string, lengthMax: number): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[.\s]+/gu, ' ')
    .replace(/[^A-Za-z0-9 ,'()+-]/gu, '?')
    .trim();
  return plain.length <= lengthMax ? plain : plain.slice(0, lengthMax).trimEnd();
}
