import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createVerifier, type JwksAnswer, type RevocationFeed, type Verifier } from '#index.ts';

export const issuerName = 'https://id.bank.example';
export const startedAt = Date.parse('2026-01-01T00:00:00Z');

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function newKey(kid: string, algorithm: SigningKey['algorithm'] = 'ES256'): SigningKey {
  const pair =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  return { kid, algorithm, ...pair };
}

export function jwkOf(key: SigningKey, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...key.publicKey.export({ format: 'jwk' }), kid: key.kid, alg: key.algorithm, use: 'sig', ...extra };
}

export function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

export function signature(key: SigningKey, input: string): string {
  const digest = key.algorithm === 'ES256' ? 'sha256' : null;
  return sign(digest, Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

export interface TokenParts {
  header?: Record<string, unknown> | string;
  claims?: Record<string, unknown>;
}

/** A token as the issuer makes it, with parts exchanged as the test says; `undefined` leaves a member out. */
export function tokenOf(key: SigningKey, { header, claims }: TokenParts = {}): string {
  const usual = { alg: key.algorithm, typ: 'at+jwt', kid: key.kid };
  const head = typeof header === 'string' ? header : { ...usual, ...header };
  const input = `${encode(head)}.${encode({ ...claimsAt(startedAt), ...claims })}`;
  return `${input}.${signature(key, input)}`;
}

export function claimsAt(atMs: number): Record<string, unknown> {
  return {
    iss: issuerName,
    aud: 'customer',
    sub: '0198c0de-0000-7000-8000-000000000001',
    sid: '0198c0de-0000-7000-8000-000000000002',
    jti: '0198c0de-0000-7000-8000-000000000003',
    iat: (atMs - 1001) / 1000,
    exp: Math.floor(atMs / 1000) + 299,
    auth_time: Math.floor(atMs / 1000) - 60,
    acr: 'aal1',
    amr: ['pwd', 'device'],
    roles: ['customer'],
    did: '0198c0de-0000-7000-8000-000000000004',
  };
}

/** A feed whose state a test sets directly: the port of the verifier, with the real one tested beside its source. */
export class SettableFeed implements RevocationFeed {
  current = true;
  revoked = new Set<string>();
  revokedKeys = new Set<string>();
  whenSettled: () => void = () => undefined;

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async ping(): Promise<void> {}
  async settled(): Promise<void> {
    this.whenSettled();
  }
  isCurrent(): boolean {
    return this.current;
  }
  isKeyRevoked(kid: string): boolean {
    return this.revokedKeys.has(kid);
  }
  get keysRevoked(): number {
    return this.revokedKeys.size;
  }
  isRevoked({ sid, sub }: { sid: string; sub: string }): boolean {
    return this.revoked.has(sid) || this.revoked.has(sub);
  }
}

/** The issuer's published keys, as a source that counts how often it is asked. */
export class PublishedKeys {
  keys: readonly SigningKey[];
  maxAgeSeconds = 300;
  loads = 0;
  works: () => Promise<void> = async () => undefined;

  constructor(...keys: readonly SigningKey[]) {
    this.keys = keys;
  }

  async load(): Promise<JwksAnswer> {
    this.loads += 1;
    await this.works();
    return { document: { keys: this.keys.map((key) => jwkOf(key)) }, maxAgeSeconds: this.maxAgeSeconds };
  }
}

export function verifierOf(
  jwks: PublishedKeys,
  parts: { clock: { now(): Date }; feed?: SettableFeed; cacheMax?: number },
): Verifier {
  const { clock, feed = new SettableFeed(), cacheMax = 1000 } = parts;
  return createVerifier({ issuer: issuerName, audiences: ['customer', 'staff'], jwks, feed, clock, cacheMax });
}
