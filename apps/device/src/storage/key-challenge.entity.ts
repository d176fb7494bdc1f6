import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

export const KeyChallengeEntity = defineEntity({
  name: 'KeyChallenge',
  tableName: 'key_challenges',
  schema: 'device',
  properties: {
    sessionId: p.uuid().primary(),
    deviceId: p.uuid().primary(),
    ceremony: p.text().primary(),
    id: p.uuid(),
    userId: p.uuid().index('key_challenges_user_id_index'),
    challenge: p.blob(),
    payloadDigest: p.blob().nullable(),
    expiresAt: p.datetime().index('key_challenges_expires_at_index'),
  },
  checks: [
    { name: 'key_challenges_ceremony_check', expression: `ceremony in ('bind', 'rotate', 'approve')` },
    { name: 'key_challenges_digest_check', expression: `(ceremony = 'approve') = (payload_digest is not null)` },
  ],
});

/** What a signature is asked for. */
export type Ceremony = 'bind' | 'rotate' | 'approve';

/** What a challenge is good for: one ceremony of one device, in one session of one user (SR-30). */
export interface KeyBinding {
  readonly userId: UserId;
  readonly sessionId: string;
  readonly deviceId: string;
  readonly ceremony: Ceremony;
}

/** A question for the key of a device. */
export interface KeyChallenge extends KeyBinding {
  readonly id: string;
  readonly challenge: Uint8Array;
  /** Of the transaction that is to be approved. */
  readonly payloadDigest: Uint8Array | null;
  readonly expiresAt: Date;
}
