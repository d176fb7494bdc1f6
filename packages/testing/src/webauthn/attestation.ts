import 'reflect-metadata'; // @peculiar/x509 resolves its parts through decorators' metadata
import { KeyObject, sign, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type Certifier, certifier, generateKeys } from '#webauthn/certifier.ts';

const AAGUID_EXTENSION = '1.3.6.1.4.1.45724.1.1.4';

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
  /** What the certificates of the maker come from. */
  readonly certifier: Certifier;
}

/** One thing that a test wants otherwise about a maker's certificates. */
export interface MakerChanges {
  readonly notAfter?: Date;
  readonly subject?: string;
  readonly version?: 1 | 2 | 3;
  readonly isAuthority?: boolean;
  /** How the certificate names the model: so that it can be passed over, unless said. */
  readonly aaguidExtension?: 'critical' | 'none';
  /** Where the certificates say that the list of revoked ones is. */
  readonly crlUrl?: string;
}

/** A maker of authenticators with a root of its own, and the key of one model (WebAuthn §8.2.1). */
export async function attestationMaker(changes: MakerChanges = {}): Promise<AttestationMaker> {
  const { crlUrl, isAuthority = false, aaguidExtension, ...others } = changes;
  const [by, keys] = [await certifier(crlUrl), await generateKeys()];
  const aaguid = webcrypto.getRandomValues(new Uint8Array(16));
  const value = Buffer.concat([Buffer.from([0x04, 0x10]), aaguid]);
  const model = new x509.Extension(AAGUID_EXTENSION, aaguidExtension === 'critical', value);
  const leaf = await by.issue({
    subject: 'C=NG, O=Maker, OU=Authenticator Attestation, CN=Maker Model',
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      ...(aaguidExtension === 'none' ? [] : [model]),
    ],
    ...others,
  });
  const privateKey = KeyObject.from(keys.privateKey);
  const key = { aaguid, chain: [leaf], sign: (data: Uint8Array) => sign('sha256', data, privateKey) };
  return { root: by.root.toString('pem'), key, certifier: by };
}
