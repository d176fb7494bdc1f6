import { Repository } from '@bank/database';
import type { KeyBinding, KeyChallenge } from '#storage/key-challenge.entity.ts';

type Asked = Pick<KeyChallenge, 'challenge' | 'payloadDigest'>;

/** Challenges for the keys of devices: one for each ceremony of a device in a session. */
export class KeyChallengeRepository extends Repository {
  /** Asks, in place of what was asked before. */
  async start(asked: KeyChallenge): Promise<void> {
    const { sessionId, deviceId, ceremony, id, userId, challenge, payloadDigest, expiresAt } = asked;
    await this.affected(
      `insert into device.key_challenges
         (session_id, device_id, ceremony, id, user_id, challenge, payload_digest, expires_at)
       values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict on constraint key_challenges_pkey do update set id = excluded.id, user_id = excluded.user_id,
         challenge = excluded.challenge, payload_digest = excluded.payload_digest, expires_at = excluded.expires_at`,
      [sessionId, deviceId, ceremony, id, userId, challenge, payloadDigest, expiresAt],
    );
  }

  /** Uses a challenge up and gives it, once; nothing when there is no such live one. */
  consume(id: string, { userId, sessionId, deviceId, ceremony }: KeyBinding, now: Date): Promise<Asked | undefined> {
    return this.row(
      `delete from device.key_challenges
       where session_id = ? and device_id = ? and ceremony = ? and id = ? and user_id = ? and expires_at > ?
       returning challenge, payload_digest as "payloadDigest"`,
      [sessionId, deviceId, ceremony, id, userId, now],
    );
  }
}
