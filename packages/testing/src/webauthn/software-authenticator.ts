import { hash, randomBytes } from 'node:crypto';
import { encodeCBOR } from '@levischuck/tiny-cbor';
import type { AttestationKey } from '#webauthn/attestation.ts';
import { encodeAuthenticatorData } from '#webauthn/authenticator-data.ts';
import type { Assertion, Changes, CreationOptions, Registration, RequestOptions } from '#webauthn/ceremony.ts';
import {
  type CoseKey,
  type CredentialAlgorithm,
  type CredentialKey,
  credentialKey,
  credentialKeyOf,
} from '#webauthn/keys.ts';

export interface AuthenticatorOptions {
  /** What its credentials sign with: ES256 unless said. */
  readonly algorithm?: CredentialAlgorithm;
  readonly rsaBits?: number;
  /** Whether its credentials are copied to other devices, as those of telephones are: not unless said. */
  readonly isSynced?: boolean;
  /** Whether it counts its signatures; those that copy their credentials do not. */
  readonly counts?: boolean;
  /** Who vouches for its keys: nobody unless said, they themselves, or a maker. */
  readonly attestation?: 'none' | 'self' | AttestationKey;
  /** What an earlier one `keep`s: the same credentials. */
  readonly kept?: readonly PortableCredential[];
}

/** A credential as text, private key included. */
export interface PortableCredential {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly algorithm: CredentialAlgorithm;
  readonly pem: string;
  readonly counter: number;
}

/** A credential as the authenticator keeps it. */
export interface KeptCredential {
  readonly id: Uint8Array;
  readonly rpId: string;
  readonly userHandle: string;
  readonly key: CredentialKey;
  counter: number;
}

/** An authenticator together with the browser before it; all its credentials are discoverable and its user is always verified. */
export interface SoftwareAuthenticator {
  readonly credentials: readonly KeptCredential[];
  /** `navigator.credentials.create` on a page of that origin. @throws InvalidStateError when it has an excluded credential */
  create(options: CreationOptions, origin: string, changes?: Changes): Registration;
  /** `navigator.credentials.get`: the newest credential that fits. @throws NotAllowedError when none does */
  get(options: RequestOptions, origin: string, changes?: Changes): Assertion;
  /** Its credentials as they are now, for another run to go on with. */
  keep(): PortableCredential[];
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** An authenticator in software (WebAuthn level 3 §6), which makes one thing otherwise where a test says so. */
export function softwareAuthenticator(options: AuthenticatorOptions = {}): SoftwareAuthenticator {
  const credentials: KeptCredential[] = (options.kept ?? []).map(({ id, algorithm, pem, ...others }) => ({
    ...others,
    id: new Uint8Array(Buffer.from(id, 'base64url')),
    key: credentialKeyOf(algorithm, pem),
  }));
  return {
    credentials,
    create: (asked, origin, changes = {}) => register({ ...options, credentials }, { asked, origin, changes }),
    get: (asked, origin, changes = {}) => assert({ ...options, credentials }, { asked, origin, changes }),
    keep: () =>
      credentials.map(({ id, key, ...others }) => ({
        ...others,
        id: base64url(id),
        algorithm: key.algorithm,
        pem: key.pem(),
      })),
  };
}

interface State extends AuthenticatorOptions {
  readonly credentials: KeptCredential[];
}

interface Call<O> {
  readonly asked: O;
  readonly origin: string;
  readonly changes: Changes;
}

function register(state: State, { asked, origin, changes }: Call<CreationOptions>): Registration {
  const { algorithm = 'ES256', attestation = 'none', rsaBits, counts = state.isSynced !== true } = state;
  const excluded = new Set(asked.excludeCredentials?.map(({ id }) => id));
  if (state.credentials.some(({ id }) => excluded.has(base64url(id)))) throw domException('InvalidStateError');
  const key = credentialKey(algorithm, { ...(rsaBits !== undefined && { rsaBits }) });
  const rpId = asked.rp.id ?? new URL(origin).hostname;
  const id = changes.credentialId ?? new Uint8Array(randomBytes(32));
  const kept: KeptCredential = { id, rpId, userHandle: asked.user.id, key, counter: counts ? 1 : 0 };
  const maker = typeof attestation === 'object' ? attestation : undefined;
  const aaguid = maker?.aaguid ?? new Uint8Array(16);
  const publicKey: CoseKey = new Map([...key.cose(), ...(changes.publicKey ?? [])]);
  const data = dataOf(state, kept, changes, { aaguid, credentialId: id, publicKey });
  const clientData = clientDataOf('webauthn.create', asked.challenge, origin, changes);
  const voucher = attestation === 'none' ? undefined : { maker, key, signed: signedBytes(data, clientData) };
  const attestationObject = attestationObjectOf(voucher, data, changes);
  state.credentials.push(kept);
  const transports = state.isSynced === true ? ['internal', 'hybrid'] : ['usb'];
  return {
    ...wholeOf(state, id),
    response: {
      clientDataJSON: base64url(changed(clientData, changes.sentClientData)),
      attestationObject: base64url(attestationObject),
      transports,
      ...changes.response,
    },
    ...changes.whole,
  };
}

type CborValue = Parameters<typeof encodeCBOR>[0];

/** An attestation object (§6.5.4): of nobody, or `packed` by the key itself or by its maker's (§8.2). */
function attestationObjectOf(
  voucher: { maker: AttestationKey | undefined; key: CredentialKey; signed: Uint8Array } | undefined,
  data: Uint8Array,
  changes: Changes,
): Uint8Array {
  const statement = new Map<string, CborValue>();
  if (voucher !== undefined) {
    const { maker, key, signed } = voucher;
    statement.set('alg', maker === undefined ? key.coseAlgorithm : -7);
    statement.set('sig', changed((maker ?? key).sign(signed), changes.signature));
    if (maker !== undefined) statement.set('x5c', [...maker.chain]);
  }
  for (const [member, value] of changes.statement ?? []) statement.set(member, value);
  const object = new Map<string, CborValue>([
    ['fmt', changes.format ?? (voucher === undefined ? 'none' : 'packed')],
    ['attStmt', statement],
    ['authData', changed(data, changes.sentAuthenticatorData)],
  ]);
  return encodeCBOR(object);
}

function assert(state: State, { asked, origin, changes }: Call<RequestOptions>): Assertion {
  const rpId = asked.rpId ?? new URL(origin).hostname;
  const allowed = new Set(asked.allowCredentials?.map(({ id }) => id));
  const kept = state.credentials.findLast(
    (one) => one.rpId === rpId && (allowed.size === 0 || allowed.has(base64url(one.id))),
  );
  if (kept === undefined) throw domException('NotAllowedError');
  if (kept.counter > 0) kept.counter += 1;
  const data = dataOf(state, kept, changes);
  const clientData = clientDataOf('webauthn.get', asked.challenge, origin, changes);
  const signature = changed(kept.key.sign(signedBytes(data, clientData)), changes.signature);
  return {
    ...wholeOf(state, changes.credentialId ?? kept.id),
    response: {
      clientDataJSON: base64url(changed(clientData, changes.sentClientData)),
      authenticatorData: base64url(changed(data, changes.sentAuthenticatorData)),
      signature: base64url(signature),
      userHandle: kept.userHandle,
      ...changes.response,
    },
    ...changes.whole,
  };
}

function dataOf(
  state: State,
  kept: KeptCredential,
  changes: Changes,
  attested?: Parameters<typeof encodeAuthenticatorData>[0]['attested'],
): Uint8Array {
  const isSynced = state.isSynced === true;
  const flags = { up: true, uv: true, be: isSynced, bs: isSynced, at: attested !== undefined, ...changes.flags };
  const data = encodeAuthenticatorData({
    rpId: changes.rpId ?? kept.rpId,
    flags,
    counter: changes.counter ?? kept.counter,
    ...(attested !== undefined && flags.at && { attested }),
  });
  return changed(data, changes.authenticatorData);
}

function clientDataOf(type: string, challenge: string, origin: string, { clientData }: Changes): Uint8Array {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...clientData }));
}

function signedBytes(data: Uint8Array, clientData: Uint8Array): Uint8Array {
  return Buffer.concat([data, hash('sha256', clientData, 'buffer')]);
}

function wholeOf({ isSynced = false }: State, id: Uint8Array) {
  const authenticatorAttachment = isSynced ? 'platform' : 'cross-platform';
  return {
    id: base64url(id),
    rawId: base64url(id),
    type: 'public-key',
    clientExtensionResults: {},
    authenticatorAttachment,
  };
}

function changed(bytes: Uint8Array, change: ((bytes: Uint8Array) => Uint8Array) | undefined): Uint8Array {
  return change?.(bytes) ?? bytes;
}

function domException(name: string): DOMException {
  return new DOMException('the authenticator refuses', name);
}
