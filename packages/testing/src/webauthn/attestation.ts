import 'reflect-metadata'; // @peculiar/x509 resolves its parts through decorators' metadata
import { KeyObject, sign, type webcrypto as WebCrypto, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const AAGUID_EXTENSION = '1.3.6.1.4.1.45724.1.1.4';
const DAY_MS = 86_400_000;

/** What a maker puts into all authenticators of a model, to vouch for the keys they make. */
export interface AttestationKey {
  /** The model. */
  readonly aaguid: Uint8Array;
  /** Its certificates in DER, the leaf first, without the root. */
  readonly chain: readonly Uint8Array[];
  sign(data: Uint8Array): Uint8Array;
}

export interface AttestationMaker {
  /** The root in PEM, as a relying party trusts it. */
  readonly root: string;
  readonly key: AttestationKey;
}

/** A maker of authenticators with a root of its own, and the key of one model (WebAuthn §8.2.1). */
export async function attestationMaker({ notAfter = new Date(Date.now() + DAY_MS) } = {}): Promise<AttestationMaker> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const aaguid = webcrypto.getRandomValues(new Uint8Array(16));
  const [rootKeys, leafKeys] = await Promise.all([generateKeys(), generateKeys()]);
  const notBefore = new Date(Date.now() - DAY_MS);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'C=NG, O=Maker, CN=Maker Root',
    keys: rootKeys,
    notBefore,
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'C=NG, O=Maker, OU=Authenticator Attestation, CN=Maker Model',
    issuer: root.subject,
    publicKey: leafKeys.publicKey,
    signingKey: rootKeys.privateKey,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.Extension(AAGUID_EXTENSION, false, Buffer.concat([Buffer.from([0x04, 0x10]), aaguid])),
    ],
  });
  const privateKey = KeyObject.from(leafKeys.privateKey);
  const chain = [new Uint8Array(leaf.rawData)];
  return { root: root.toString('pem'), key: { aaguid, chain, sign: (data) => sign('sha256', data, privateKey) } };
}

function generateKeys(): Promise<WebCrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<WebCrypto.CryptoKeyPair>;
}
