import { Repository } from '@bank/database';
import type { PublicJwk } from '@bank/security';

export interface StoredSigningKey {
  kid: string;
  algorithm: string;
  /** Sealed under a key-encryption key. */
  sealedPrivate: Uint8Array;
  publicJwk: PublicJwk;
  createdAt: Date;
  signsFrom: Date;
}

/** Signing keys: the past ones whose tokens may live, the present one, and the next. */
export class SigningKeyRepository extends Repository {
  all(): Promise<StoredSigningKey[]> {
    return this.rows(
      `select kid, algorithm, sealed_private as "sealedPrivate", public_jwk as "publicJwk", created_at as "createdAt",
        signs_from as "signsFrom" from auth.signing_keys order by signs_from`,
    );
  }

  /** One rotation at a time: holds everybody else's back until the transaction ends. */
  async lockForRotation(): Promise<void> {
    await this.rows('lock table auth.signing_keys in share row exclusive mode');
  }

  async insert(key: StoredSigningKey): Promise<void> {
    await this.affected(
      `insert into auth.signing_keys (kid, algorithm, sealed_private, public_jwk, created_at, signs_from)
        values (?, ?, ?, ?, ?, ?)`,
      [key.kid, key.algorithm, key.sealedPrivate, JSON.stringify(key.publicJwk), key.createdAt, key.signsFrom],
    );
  }

  /** Makes a key that waits sign from another moment on. */
  async bringForward(kid: string, signsFrom: Date): Promise<void> {
    await this.affected('update auth.signing_keys set signs_from = ? where kid = ?', [signsFrom, kid]);
  }

  async remove(kids: readonly string[]): Promise<void> {
    await this.affected('delete from auth.signing_keys where kid = any (?)', [[...kids]]);
  }
}
