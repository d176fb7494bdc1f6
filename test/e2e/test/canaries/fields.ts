import { randomInt } from 'node:crypto';
import { canary, canaryMark } from '@bank/scripts/canaries';

/** Leaves of requests that hold what is personal or secret. Whatever a form lets be free text and is not named here or below fails. */
const planted = new Set([
  ...['email', 'identifier', 'phone', 'givenName', 'middleName', 'familyName', 'preferredName', 'dateOfBirth'],
  ...['occupation', 'name', 'label', 'model', 'appVersion', 'reason', 'userAgent', 'clientAddress'],
  ...['password', 'currentPassword', 'newPassword', 'code', 'recoveryCode', 'secret', 'token', 'refreshToken'],
  ...['activationToken', 'approval', 'confirmation', 'cursor', 'Idempotency-Key', 'If-Match', 'DPoP'],
  ...['MessageSid', 'MessageStatus', 'ErrorCode', 'event', 'deliveryId', 'audience', 'details'],
  ...['passwordHash', 'signerKey', 'saltSeparator', 'resumeToken'],
  ...['payloadDigest', 'source', 'assertion', 'response', 'userHandle', 'text', 'html', 'payload'],
  ...['x', 'y', 'signature', 'previousSignature', 'type', 'amount', 'account', 'bank', 'reference', 'value'],
  ...['transactionText', 'transactionDigest', 'accountNumber', 'customerNumber'],
  ...['number', 'status'],
  ...['id', 'rawId', 'credentialId', 'challenge', 'clientDataJSON', 'clientDataJson', 'attestationObject'],
  ...['authenticatorData', 'publicKey', 'body'],
  ...['genderDescription', 'lines', 'district', 'city', 'region', 'postalCode', 'tin', 'explanation', 'rejection'],
]);

/** Leaves that nothing can be planted in, and why nothing has to be. */
const harmless: Readonly<Record<string, { readonly value: string; readonly why: string }>> = {
  nationality: { value: 'DE', why: 'two letters, which would be found everywhere; sealed with the names beside it' },
  residence: { value: 'DE', why: 'the same' },
  country: { value: 'DE', why: 'the same' },
  language: { value: 'de', why: 'the name of a language' },
  timeZone: { value: 'Europe/Berlin', why: 'the name of a zone in which millions live' },
  from: { value: '22:00', why: 'a time of day' },
  to: { value: '07:00', why: 'the same' },
  version: { value: '2026-01', why: 'a version of a text' },
  bankCode: { value: '044', why: 'the code of a bank, of which lists have all' },
  billerCode: { value: 'BIL113', why: 'the code of a biller' },
  itemCode: { value: 'UB159', why: 'the code of what a biller sells' },
  category: { value: 'UTILITYBILLS', why: 'a kind of bills' },
  currency: { value: 'EUR', why: 'three letters' },
  locale: { value: 'de', why: 'the language of messages, kept in the clear' },
  acceptedTerms: { value: '2026-01', why: 'a version of the terms' },
  clientId: { value: 'web', why: 'the name of a program, of which a registry has all' },
  subject: { value: 'ledger', why: 'an id, or the name of a thing of ours: no form of it lets an address in' },
  actorId: { value: 'ledger-verifier', why: 'the same' },
  action: { value: 'profile.updated', why: 'the name of an action' },
  traceparent: { value: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`, why: 'names a trace' },
  clientNetwork: { value: '203.0.113.0/24', why: 'a network of many, never an address' },
  limit: { value: '20', why: 'a number' },
  maxAge: { value: '300', why: 'a number' },
  unmask: { value: 'email', why: 'the name of a field' },
  roles: { value: 'support', why: 'names of roles' },
  transports: { value: 'usb', why: 'names of ways to reach an authenticator' },
  contentType: { value: 'image/jpeg', why: 'the type of a file' },
  sizeBytes: { value: '1000', why: 'a number' },
  sha256: { value: '0'.repeat(64), why: 'the digest of a file; kept until the file was checked' },
  expires: { value: '4102444800', why: 'a time' },
  fileName: { value: 'avatar.webp', why: 'a name that we make up ourselves' },
  expiresOn: { value: '2041-01-01', why: 'a day, sealed with the number beside it' },
  reasons: { value: 'other', why: 'codes of a table; what is none is refused' },
  amr: { value: 'pwd', why: 'names of methods' },
};

/** What a form says of a string. */
export interface Form {
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Plants canaries and remembers those that cannot carry the mark, as dates and telephone numbers cannot. */
export class Canaries {
  readonly #unmarked: Record<string, string> = {};

  /** What may stand nowhere. */
  get values(): Readonly<Record<string, string>> {
    return { 'a canary': canaryMark, ...this.#unmarked };
  }

  /** A secret that somebody else made: a token, a code. One that carries the mark is known already. */
  keep(name: string, value: string): string {
    if (!value.includes(canaryMark)) this.#unmarked[`${name} ${Object.keys(this.#unmarked).length + 1}`] = value;
    return value;
  }

  email(name: string): string {
    return `${canary(name)}@example.com`;
  }

  phone(): string {
    return this.keep('phone', `+491511${randomInt(1e6, 1e7)}`);
  }

  dateOfBirth(): string {
    const part = (from: number, to: number) => String(randomInt(from, to)).padStart(2, '0');
    return this.keep('date of birth', `19${part(10, 60)}-${part(1, 13)}-${part(1, 29)}`);
  }

  /** A value for a leaf, as its form demands. @throws Error when nobody has said what the leaf is, or no canary fits it */
  for(leaf: string, form: Form): string {
    const known = harmless[leaf];
    if (known !== undefined) return known.value;
    if (!planted.has(leaf)) {
      throw new Error(`"${leaf}" is new: name it in canaries/fields.ts, as planted or as harmless with the reason`);
    }
    const fitting = this.#candidates(leaf).find((value) => fits(value, form));
    if (fitting === undefined) throw new Error(`no canary fits "${leaf}": ${JSON.stringify(form)}`);
    return fitting;
  }

  #candidates(leaf: string): readonly string[] {
    if (leaf === 'email' || leaf === 'identifier') return [this.email(leaf)];
    if (leaf === 'phone') return [this.phone()];
    if (leaf === 'dateOfBirth') return [this.dateOfBirth()];
    // Six digits say nothing by themselves; the codes that were really sent are kept by whoever reads them.
    const bytes = [43, 86].map((length) => canary(leaf).padEnd(length, 'x'));
    return [canary(leaf), ...bytes, String(randomInt(1e5, 1e6))];
  }
}

function fits(value: string, { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Form): boolean {
  const isLong = value.length >= minLength && value.length <= maxLength;
  return isLong && (pattern === undefined || new RegExp(pattern, 'u').test(value));
}
