import 'reflect-metadata'; // @peculiar/x509 resolves its parts through decorators' metadata
import { KeyObject, sign, type webcrypto as WebCrypto, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** `AlgorithmIdentifier` of ECDSA with SHA-256 in DER (RFC 5758 §3.2). */
const ALGORITHM_DER = Buffer.from('300a06082a8648ce3d040302', 'hex');
const DAY_MS = 86_400_000;

interface Leaf {
  /** Nothing unless said. */
  readonly subject?: string;
  readonly publicKey: WebCrypto.CryptoKey | x509.PublicKey;
  readonly extensions: readonly x509.Extension[];
  /** Tomorrow unless said. */
  readonly notAfter?: Date;
  /** Of X.509: the third unless said. */
  readonly version?: 1 | 2 | 3;
}

/** A root of its own, and what it certifies. */
export interface Certifier {
  readonly root: x509.X509Certificate;
  /** A certificate in DER. */
  issue(leaf: Leaf): Promise<Uint8Array>;
}

/** A root of ECDSA P-256; all its certificates say that their list of revoked ones is at `crlUrl` (RFC 5280 §4.2.1.13). */
export async function certifier(crlUrl: string | undefined): Promise<Certifier> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const keys = await generateKeys();
  const times = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const everywhere = crlUrl === undefined ? [] : [new x509.CRLDistributionPointsExtension([crlUrl])];
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'C=NG, O=Maker, CN=Maker Root',
    keys,
    ...times,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), ...everywhere],
  });
  const issue = async ({ subject = '', publicKey, extensions, notAfter = times.notAfter, version = 3 }: Leaf) => {
    const leaf = await x509.X509CertificateGenerator.create({
      subject,
      issuer: root.subject,
      publicKey,
      signingKey: keys.privateKey,
      notBefore: times.notBefore,
      notAfter,
      signingAlgorithm: ALGORITHM,
      extensions: [...extensions, ...everywhere],
    });
    const der = Buffer.from(leaf.rawData);
    return new Uint8Array(version === 3 ? der : ofVersion(version, der, KeyObject.from(keys.privateKey)));
  };
  return { root, issue };
}

/** The key pair of a certificate: ECDSA P-256. */
export function generateKeys(): Promise<WebCrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<WebCrypto.CryptoKeyPair>;
}

/** The same certificate of a version that no generator makes, and so signed again: both sequences have lengths of two bytes. */
function ofVersion(version: number, der: Buffer, key: KeyObject): Buffer {
  const signed = Buffer.from(der.subarray(4, 8 + der.readUInt16BE(6)));
  signed.writeUInt8(version - 1, 8);
  const signature = sign('sha256', signed, key);
  const bits = Buffer.concat([Buffer.from([0x03, signature.length + 1, 0]), signature]);
  const content = Buffer.concat([signed, ALGORITHM_DER, bits]);
  const head = Buffer.from([0x30, 0x82, 0, 0]);
  head.writeUInt16BE(content.length, 2);
  return Buffer.concat([head, content]);
}
