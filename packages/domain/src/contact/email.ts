import * as v from 'valibot';
import type { Brand } from '#brand.ts';

export type Email = Brand<string, 'Email'>;
export type NormalisedEmail = Brand<string, 'NormalisedEmail'>;

// RFC 5321 §4.5.3.1: local part 64 octets, path 256 octets including its angle brackets; RFC 1035: a label 63 octets.
const addressOctetsMax = 254;
const localOctetsMax = 64;
const domainOctetsMax = 253;
// Before normalisation an address may be longer than after it, but not without end.
const givenLengthMax = 512;

// dot-atom of RFC 5322 §3.2.3, with letters, marks and digits of other scripts as RFC 6531 allows.
const localPattern = /^[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~]+)*$/u;
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const domainCharacters = /^[\p{L}\p{M}\p{N}\-.]+$/u;

interface AddressParts {
  readonly local: string;
  readonly domain: string;
}

function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The domain as the DNS knows it: lower case, IDNA A-labels (UTS 46, ideographic full stops as dots), no trailing dot. */
function asciiDomain(domain: string): string | undefined {
  const name = domain.replaceAll('\u3002', '.').replace(/\.$/, '');
  if (!domainCharacters.test(name) || !URL.canParse(`http://${name}`)) {
    return undefined;
  }
  const host = new URL(`http://${name}`).hostname;
  return host.length <= domainOctetsMax && hostPattern.test(host) ? host : undefined;
}

/** NFKC first, so that full-width letters, dots and at signs are what they look like before anything is decided. */
function partsOf(given: string): AddressParts | undefined {
  const text = given.normalize('NFKC');
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === undefined || !localPattern.test(local) || octets(local) > localOctetsMax) {
    return undefined;
  }
  return octets(local) + 1 + domain.length <= addressOctetsMax ? { local, domain } : undefined;
}

function isEmail(given: string): boolean {
  return given.isWellFormed() && partsOf(given) !== undefined;
}

/** An email address, kept exactly as given (RFC 5321 lengths, RFC 5322 dot-atom, a domain name with at least one dot). */
export const EmailSchema = v.pipe(
  v.string(),
  v.maxLength(givenLengthMax, 'email'),
  v.check(isEmail, 'email'),
  v.brand('Email'),
);

function requiredParts(email: Email): AddressParts {
  const parts = partsOf(email);
  if (parts === undefined) {
    throw new TypeError('not an address that EmailSchema accepts');
  }
  return parts;
}

/**
 * The form in which addresses are compared and indexed: two spellings with the same form are the same identifier
 * (NFKC, lower case, no trailing dot, IDNA; SR-41). Never a form to send to.
 */
export function normaliseEmail(email: Email): NormalisedEmail {
  const { local, domain } = requiredParts(email);
  return `${local.toLowerCase().normalize('NFKC')}@${domain}` as NormalisedEmail;
}

/**
 * The form to which mail is sent: compatibility characters resolved and the domain in ASCII, the case of the local part
 * kept. Mail for a look-alike spelling so reaches the mailbox that the normalised form stands for, and nobody else.
 */
export function mailboxOf(email: Email): string {
  const { local, domain } = requiredParts(email);
  return `${local}@${domain}`;
}
