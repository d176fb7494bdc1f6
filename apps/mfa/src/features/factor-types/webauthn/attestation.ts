import { X509Certificate } from 'node:crypto';
import { SettingsService } from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';

// The library would fetch lists of revoked certificates from addresses that certificates name, within our transaction: whom we
// trust is decided here, by certificates that we have.
for (const identifier of ['android-key', 'android-safetynet', 'apple'] as const) {
  SettingsService.setRootCertificates({ identifier, certificates: [] });
}

const chainLengthMax = 5;

/** Whether a key that vouches for itself does so by its own algorithm (WebAuthn level 3 §8.2); true for every other attestation. */
export function isOfOwnAlgorithm(attestationObject: Uint8Array, algorithm: number): boolean {
  const statement = statementOf(attestationObject);
  return !statement.has('alg') || statement.has('x5c') || statement.get('alg') === algorithm;
}

/**
 * Whether a maker whose root is trusted vouched for the authenticator: the certificates of its attestation, whose signature has
 * been verified, lead to one of the roots (WebAuthn level 3 §7.1, RFC 5280 §6).
 */
export function isVouchedFor(attestationObject: Uint8Array, roots: readonly string[], now: Date): boolean {
  const encoded = statementOf(attestationObject).get('x5c');
  if (!Array.isArray(encoded) || encoded.length === 0 || encoded.length > chainLengthMax) return false;
  const chain = encoded.map((certificate) => new X509Certificate(certificate));
  const trusted = roots.map((root) => new X509Certificate(root));
  return reachesRoot(chain, trusted, now);
}

function statementOf(attestationObject: Uint8Array): ReadonlyMap<string, unknown> {
  const statement = decodeAttestationObject(new Uint8Array(attestationObject)).get('attStmt');
  return statement as unknown as ReadonlyMap<string, unknown>;
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
