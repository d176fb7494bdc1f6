import { Repository } from '@bank/database';

/** A sign-in by a passkey that has been asked for. */
export interface PasskeySignIn {
  id: string;
  clientId: string;
  challenge: Uint8Array;
  createdAt: Date;
  expiresAt: Date;
}

/** Sign-ins by a passkey between their two requests. */
export class PasskeySignInRepository extends Repository {
  async insert(s: PasskeySignIn): Promise<void> {
    await this.affected(
      `insert into auth.passkey_sign_ins (id, client_id, challenge, created_at, expires_at) values (?, ?, ?, ?, ?)`,
      [s.id, s.clientId, s.challenge, s.createdAt, s.expiresAt],
    );
  }

  /** Uses a sign-in up, which bears one answer; nothing when it is over, used, of another client, or never was. */
  consume({ id, clientId }: { id: string; clientId: string }, now: Date): Promise<PasskeySignIn | undefined> {
    return this.row(
      `update auth.passkey_sign_ins set consumed_at = ?
        where id = ? and client_id = ? and consumed_at is null and expires_at > ?
        returning id, client_id as "clientId", challenge, created_at as "createdAt", expires_at as "expiresAt"`,
      [now, id, clientId, now],
    );
  }
}
