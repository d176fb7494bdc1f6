import { createPublicKey, hash, verify, X509Certificate } from 'node:crypto';
import { decodeCBOR } from '@levischuck/tiny-cbor';
import { describe, expect, test } from 'vitest';
import { attestationMaker, softwareAuthenticator, vouchedAs } from '#webauthn/index.ts';

const origin = 'https://bank.example';
const creation = { challenge: 'Y2hhbGxlbmdl', rp: { id: 'bank.example' }, user: { id: 'dXNlcg' } };
const request = { challenge: 'b3RoZXI', rpId: 'bank.example' };
const bytes = (text: string) => Buffer.from(text, 'base64url');
/** The decoder takes the whole of the memory that a view looks at: hence a copy. */
const decode = (data: Uint8Array) => decodeCBOR(new Uint8Array(data));

function objectOf(registration: { response: { attestationObject: string } }) {
  const object = decode(bytes(registration.response.attestationObject)) as Map<string, unknown>;
  return {
    format: object.get('fmt'),
    data: Buffer.from(object.get('authData') as Uint8Array),
    statement: object.get('attStmt') as Map<string, unknown>,
  };
}

/** Bit and flag as WebAuthn §6.1 numbers them. */
const flagsOf = (data: Buffer) => (data[32] ?? 0).toString(2).padStart(8, '0');

describe('softwareAuthenticator', () => {
  test.each(['ES256', 'EdDSA', 'RS256'] as const)('%s: what it signs holds against the key it gave', (algorithm) => {
    const authenticator = softwareAuthenticator({ algorithm });
    const registration = authenticator.create(creation, origin);
    const { data, format } = objectOf(registration);
    expect(format).toBe('none');
    expect(data.subarray(0, 32)).toEqual(hash('sha256', 'bank.example', 'buffer'));
    expect(flagsOf(data)).toBe('01000101');
    expect(data.subarray(55, 55 + 32)).toEqual(bytes(registration.id));
    const cose = decode(data.subarray(87)) as Map<number, number | Uint8Array>;
    const assertion = authenticator.get(request, origin);
    const signed = Buffer.concat([
      bytes(assertion.response.authenticatorData),
      hash('sha256', bytes(assertion.response.clientDataJSON), 'buffer'),
    ]);
    const digest = algorithm === 'EdDSA' ? null : 'sha256';
    expect(verify(digest, signed, keyOf(cose), bytes(assertion.response.signature))).toBe(true);
    expect(JSON.parse(bytes(assertion.response.clientDataJSON).toString())).toEqual({
      type: 'webauthn.get',
      challenge: 'b3RoZXI',
      origin,
      crossOrigin: false,
    });
    expect(assertion.response.userHandle).toBe('dXNlcg');
  });

  test('it counts, unless its credentials are copied', () => {
    const counterOf = (data: string) => bytes(data).readUInt32BE(33);
    const [single, synced] = [softwareAuthenticator(), softwareAuthenticator({ isSynced: true })];
    single.create(creation, origin);
    expect(flagsOf(objectOf(synced.create(creation, origin)).data)).toBe('01011101');
    const counts = (one: typeof single) =>
      [1, 2].map(() => counterOf(one.get(request, origin).response.authenticatorData));
    expect([counts(single), counts(synced)]).toEqual([
      [2, 3],
      [0, 0],
    ]);
  });

  test('it knows what it has: excluded, allowed, and of another relying party', () => {
    const authenticator = softwareAuthenticator();
    const first = authenticator.create(creation, origin);
    const second = authenticator.create(creation, origin);
    expect(() => authenticator.create({ ...creation, excludeCredentials: [first] }, origin)).toThrow(DOMException);
    expect(authenticator.get(request, origin).id).toBe(second.id);
    expect(authenticator.get({ ...request, allowCredentials: [first] }, origin).id).toBe(first.id);
    expect(() => authenticator.get({ ...request, rpId: 'other.example' }, origin)).toThrow(DOMException);
  });

  test('one thing is made otherwise, and signed as it is', () => {
    const authenticator = softwareAuthenticator();
    const made = authenticator.create(creation, origin, {
      flags: { uv: false },
      counter: 7,
      clientData: { crossOrigin: undefined, type: 'x' },
    });
    const { data } = objectOf(made);
    expect([flagsOf(data), data.readUInt32BE(33)]).toEqual(['01000001', 7]);
    expect(JSON.parse(bytes(made.response.clientDataJSON).toString())).toEqual({
      type: 'x',
      challenge: creation.challenge,
      origin,
    });
  });

  test('a maker vouches with the certificate of its model', async () => {
    const { key, root } = await attestationMaker();
    const { format, statement } = objectOf(softwareAuthenticator({ attestation: key }).create(creation, origin));
    expect([format, statement.get('alg')]).toEqual(['packed', -7]);
    expect(statement.get('x5c')).toHaveLength(1);
    expect(root).toContain('BEGIN CERTIFICATE');
  });

  test('client data are sent other than they were signed', async () => {
    const { key } = await attestationMaker();
    const made = softwareAuthenticator({ attestation: key }).create(creation, origin, {
      sentClientData: (data) => Buffer.concat([data, Buffer.from(' ')]),
    });
    const { data, statement } = objectOf(made);
    const sent = bytes(made.response.clientDataJSON).toString();
    expect(sent).toBe(
      `${JSON.stringify({ type: 'webauthn.create', challenge: creation.challenge, origin, crossOrigin: false })} `,
    );
    const holds = (text: string) => {
      const signed = Buffer.concat([data, hash('sha256', text, 'buffer')]);
      const [leaf] = statement.get('x5c') as Uint8Array[];
      const { publicKey } = new X509Certificate(leaf ?? '');
      return verify('sha256', signed, publicKey, statement.get('sig') as Uint8Array);
    };
    expect([holds(sent), holds(sent.trimEnd())]).toEqual([false, true]);
  });

  test.each(['apple', 'tpm', 'android-key', 'fido-u2f'] as const)('a maker vouches in the format %s', async (as) => {
    const maker = await attestationMaker({ crlUrl: 'http://maker.example/revoked' });
    const authenticator = softwareAuthenticator();
    const made = authenticator.create(creation, origin);
    const [kept] = authenticator.credentials;
    if (kept === undefined) throw new Error('nothing was made');
    const { format, data, statement } = objectOf(await vouchedAs(as, made, { maker, key: kept.key }));
    expect([format, data]).toEqual([as, objectOf(made).data]);
    const leaf = new X509Certificate((statement.get('x5c') as Uint8Array[])[0] ?? '');
    expect(leaf.verify(new X509Certificate(maker.root).publicKey)).toBe(true);
    expect(Buffer.from(leaf.raw).includes('http://maker.example/revoked')).toBe(true);
  });

  test.each([1, 2, 3] as const)('a certificate is of version %d', async (version) => {
    const { key, root } = await attestationMaker({ version });
    const [leaf = new Uint8Array()] = key.chain;
    expect(leaf.at(12)).toBe(version - 1);
    expect(new X509Certificate(leaf).verify(new X509Certificate(root).publicKey)).toBe(true);
  });
});

function keyOf(cose: Map<number, number | Uint8Array>) {
  const text = (label: number) => Buffer.from(cose.get(label) as Uint8Array).toString('base64url');
  const kty = cose.get(1);
  if (kty === 3) return createPublicKey({ key: { kty: 'RSA', n: text(-1), e: text(-2) }, format: 'jwk' });
  if (kty === 1) return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text(-2) }, format: 'jwk' });
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) }, format: 'jwk' });
}
