import 'reflect-metadata'; // @peculiar/x509 resolves its parts through decorators' metadata
import { createPublicKey, hash, KeyObject, sign } from 'node:crypto';
import { decodeCBOR, encodeCBOR } from '@levischuck/tiny-cbor';
import * as x509 from '@peculiar/x509';
import type { AttestationMaker } from '#webauthn/attestation.ts';
import type { Registration } from '#webauthn/ceremony.ts';
import { generateKeys } from '#webauthn/certifier.ts';
import type { CredentialKey } from '#webauthn/keys.ts';

type CborValue = Parameters<typeof encodeCBOR>[0];

/** What a statement is made of. */
interface Made {
  readonly maker: AttestationMaker;
  /** That of the credential. */
  readonly key: CredentialKey;
  readonly authenticatorData: Uint8Array;
  readonly clientDataHash: Uint8Array;
  /** Both, one after the other: what authenticators sign. */
  readonly signed: Uint8Array;
}

const formats = {
  apple: appleStatement,
  tpm: tpmStatement,
  'android-key': androidStatement,
  'fido-u2f': u2fStatement,
} as const satisfies Record<string, (made: Made) => Promise<Map<string, CborValue>>>;

/** A format that platforms use and no authenticator in software. */
export type PlatformFormat = keyof typeof formats;

/**
 * The same registration with a maker's word for its key (ES256) in the format of a platform: §8.3 `tpm`, §8.4 `android-key`,
 * §8.6 `fido-u2f`, §8.8 `apple`.
 */
export async function vouchedAs(
  format: PlatformFormat,
  registration: Registration,
  { maker, key }: Pick<Made, 'maker' | 'key'>,
): Promise<Registration> {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  const object = decodeCBOR(bytes(registration.response.attestationObject)) as Map<string, CborValue>;
  const authenticatorData = object.get('authData') as Uint8Array;
  const clientDataHash = hash('sha256', bytes(registration.response.clientDataJSON), 'buffer');
  const signed = Buffer.concat([authenticatorData, clientDataHash]);
  const statement = await formats[format]({ maker, key, authenticatorData, clientDataHash, signed });
  const remade = encodeCBOR(new Map([...object, ['fmt', format], ['attStmt', statement]]));
  const attestationObject = Buffer.from(remade).toString('base64url');
  return { ...registration, response: { ...registration.response, attestationObject } };
}

/** The key of the credential is certified itself, together with what would otherwise be signed. */
async function appleStatement({ maker, key, signed }: Made): Promise<Map<string, CborValue>> {
  const nonce = Buffer.concat([Buffer.from('3024a1220420', 'hex'), hash('sha256', signed, 'buffer')]);
  const leaf = await maker.certifier.issue({
    subject: 'CN=Passkey',
    publicKey: publicKeyOf(key),
    extensions: [new x509.Extension('1.2.840.113635.100.8.2', false, nonce)],
  });
  return new Map([['x5c', [leaf]]]);
}

/** The same, with a description of the key that names the client data. The root is sent as well. */
async function androidStatement({ maker, key, clientDataHash, signed }: Made): Promise<Map<string, CborValue>> {
  // `KeyDescription` of a key in a TEE: no id that is unique, and nothing enforced.
  const [before, after] = [Buffer.from('30340201030a01010201040a01010420', 'hex'), Buffer.from('040030003000', 'hex')];
  const leaf = await maker.certifier.issue({
    subject: 'CN=Android Keystore Key',
    publicKey: publicKeyOf(key),
    extensions: [new x509.Extension('1.3.6.1.4.1.11129.2.1.17', false, Buffer.concat([before, clientDataHash, after]))],
  });
  const root = new Uint8Array(maker.certifier.root.rawData);
  return new Map<string, CborValue>([
    ['alg', -7],
    ['sig', key.sign(signed)],
    ['x5c', [leaf, root]],
  ]);
}

/** Signed by the maker over names of its own (FIDO U2F raw message formats §4.3). */
async function u2fStatement({ maker, key, authenticatorData, clientDataHash }: Made): Promise<Map<string, CborValue>> {
  const idLength = Buffer.from(authenticatorData).readUInt16BE(53);
  const [rpIdHash, id] = [authenticatorData.slice(0, 32), authenticatorData.slice(55, 55 + idLength)];
  const point = Buffer.concat([Buffer.from([0x04]), ...pointOf(key)]);
  const message = Buffer.concat([Buffer.from([0]), rpIdHash, clientDataHash, id, point]);
  return new Map<string, CborValue>([
    ['sig', maker.key.sign(message)],
    ['x5c', [...maker.key.chain]],
  ]);
}

/** A key of the TPM certifies the area of the credential's (TPM 2.0 part 2, `TPMS_ATTEST` and `TPMT_PUBLIC`). */
async function tpmStatement({ maker, key, signed }: Made): Promise<Map<string, CborValue>> {
  const [keys, names] = [await generateKeys(), '2.23.133.2.1=id:414D4400, 2.23.133.2.2=Model, 2.23.133.2.3=id:1'];
  const leaf = await maker.certifier.issue({
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dn', value: names }], true),
      new x509.ExtendedKeyUsageExtension(['2.23.133.8.3']),
    ],
  });
  const [x, y] = pointOf(key);
  // ECC, named by SHA-256, no policy, cipher, scheme or derivation, on P-256.
  const pubArea = Buffer.concat([
    Buffer.from('0023000b00060472000000100010000300100020', 'hex'),
    x,
    Buffer.from([0, 0x20]),
    y,
  ]);
  const name = Buffer.concat([Buffer.from([0, 0x0b]), hash('sha256', pubArea, 'buffer')]);
  const certInfo = Buffer.concat([
    Buffer.from('ff544347801700000020', 'hex'),
    hash('sha256', signed, 'buffer'),
    // The clock with its counts, and the firmware.
    Buffer.alloc(8 + 4 + 4 + 1 + 8),
    Buffer.from([0, name.length]),
    name,
    Buffer.alloc(2),
  ]);
  return new Map<string, CborValue>([
    ['ver', '2.0'],
    ['alg', -7],
    ['sig', new Uint8Array(sign('sha256', certInfo, KeyObject.from(keys.privateKey)))],
    ['x5c', [leaf]],
    ['pubArea', new Uint8Array(pubArea)],
    ['certInfo', new Uint8Array(certInfo)],
  ]);
}

function publicKeyOf(key: CredentialKey): x509.PublicKey {
  return new x509.PublicKey(createPublicKey(key.pem()).export({ format: 'der', type: 'spki' }));
}

/** The coordinates of a key of P-256. */
function pointOf(key: CredentialKey): [Uint8Array, Uint8Array] {
  const cose = key.cose();
  return [cose.get(-2) as Uint8Array, cose.get(-3) as Uint8Array];
}
