import { X509Certificate } from 'node:crypto';
import { SettingsService } from '@simplewebauthn/server';
import { decodeAttestationObject, getCertificateInfo, isoBase64URL } from '@simplewebauthn/server/helpers';

/**
 * The formats that are taken (WebAuthn level 3 §8). For those of Android the library fetches lists of revoked certificates from
 * wherever the certificates that were sent say, and what `fido-u2f` signs covers no flag, so that no user is verified by it.
 */
const formats = ['none', 'packed', 'tpm', 'apple'] as const;

// With a root of its own the library would fetch such lists for these as well, within our transaction: whom we trust is decided
// here, by certificates that we have.
for (const identifier of formats) SettingsService.setRootCertificates({ identifier, certificates: [] });

const chainLengthMax = 5;
const modelExtension = '1.3.6.1.4.1.45724.1.1.4';

/** What vouches for a key, by its members. */
type Statement = ReadonlyMap<string, unknown>;

/**
 * The statement of an attestation object, in base64url, whose format is one that is taken; undefined for any other, which must not
 * reach the library. It is decoded as the library does it, so that both read the same. @throws for what is no attestation object
 */
export function statementOf(attestationObject: string): Statement | undefined {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
  const isTaken = formats.some((format) => format === decoded.get('fmt'));
  return isTaken ? (decoded.get('attStmt') as unknown as Statement) : undefined;
}

/** Whether a key that vouches for itself does so by its own algorithm (WebAuthn level 3 §8.2); true for every other attestation. */
export function isOfOwnAlgorithm(statement: Statement, algorithm: number): boolean {
  return !statement.has('alg') || Array.isArray(statement.get('x5c')) || statement.get('alg') === algorithm;
}

/**
 * Whether a maker whose root is trusted vouched for the authenticator: the certificates of its attestation, whose signature has
 * been verified, lead to one of the roots (WebAuthn level 3 §7.1, RFC 5280 §6), and the first does not name its model as something
 * that nobody may pass over (§8.2.1).
 */
export function isVouchedFor(statement: Statement, roots: readonly string[], now: Date): boolean {
  const encoded = statement.get('x5c');
  if (!Array.isArray(encoded) || encoded.length === 0 || encoded.length > chainLengthMax) return false;
  const { extensions = [] } = getCertificateInfo(encoded[0]).parsedCertificate.tbsCertificate;
  if (extensions.some(({ extnID, critical }) => extnID === modelExtension && critical)) return false;
  const chain = encoded.map((certificate) => new X509Certificate(certificate));
  const trusted = roots.map((root) => new X509Certificate(root));
  return reachesRoot(chain, trusted, now);
}

function reachesRoot(chain: readonly X509Certificate[], trusted: readonly X509Certificate[], now: Date): boolean {
  for (const [index, certificate] of chain.entries()) {
    if (!isTimely(certificate, now)) return false;
    if (trusted.some((root) => isTimely(root, now) && isIssuedBy(certificate, root))) return true;
    const next = chain[index + 1];
    if (next === undefined || !isIssuedBy(certificate, next)) return false;
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isTimely({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now <= validToDate;
}
