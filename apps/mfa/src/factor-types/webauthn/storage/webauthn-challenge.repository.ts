import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { WebauthnChallenge } from '#factor-types/webauthn/storage/webauthn-challenge.entity.ts';

/** What passkeys have to sign: each is good for one answer, right or wrong. */
export class WebauthnChallengeRepository extends Repository {
  async insert(userId: UserId, id: string, { challenge, expiresAt }: WebauthnChallenge): Promise<void> {
    await this.affected(
      'insert into mfa.webauthn_challenges (id, user_id, challenge, expires_at) values (?, ?, ?, ?)',
      [id, userId, challenge, expiresAt],
    );
  }

  /** Uses one up; undefined when there is none in time. One conditional statement decides (SR-30). */
  async consume(userId: UserId, id: string, now: Date): Promise<Uint8Array | undefined> {
    const row = await this.row<{ challenge: Uint8Array }>(
      'delete from mfa.webauthn_challenges where id = ? and user_id = ? and expires_at > ? returning challenge',
      [id, userId, now],
    );
    return row?.challenge;
  }
}
